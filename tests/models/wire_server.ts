import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Secret } from "../../src/runtime/secret.ts";
import type { ChosenModel } from "../../src/models/choose_model.ts";

/** One request that a model server got. */
export interface WireRequest {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly bodyText: string;
  // deno-lint-ignore no-explicit-any -- the tests name the fields they expect
  readonly body: any;
}

export type WireAnswer = (response: ServerResponse, request: WireRequest) => void;

/** A model server on a loopback port that answers as it was told, in order. */
export class WireServer implements AsyncDisposable {
  readonly requests: WireRequest[] = [];
  readonly #answers: WireAnswer[];
  readonly #server = createServer((request, response) => this.#handle(request, response));
  readonly #watchers: { count: number; resolve: () => void }[] = [];

  private constructor(answers: WireAnswer[]) {
    this.#answers = answers;
  }

  static async start(...answers: WireAnswer[]): Promise<WireServer> {
    const server = new WireServer(answers);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  requested(count: number): Promise<void> {
    if (this.requests.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#watchers.push({ count, resolve }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let bodyText = "";
    for await (const chunk of request) bodyText += chunk;
    const seen = {
      path: request.url ?? "",
      headers: request.headers,
      bodyText,
      body: bodyText === "" ? undefined : JSON.parse(bodyText),
    };
    this.requests.push(seen);
    for (const watcher of this.#watchers) {
      if (this.requests.length >= watcher.count) watcher.resolve();
    }
    const answer = this.#answers.shift() ?? fails(599, "the test has no answer for this request");
    answer(response, seen);
  }
}

/** A refused request: a JSON body, or text as it is. */
export function fails(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): WireAnswer {
  return (response) => {
    const isText = typeof body === "string";
    response.writeHead(status, {
      "content-type": isText ? "text/html" : "application/json",
      ...headers,
    });
    response.end(isText ? body : JSON.stringify(body));
  };
}

/** A stream of server-sent events. `end` says how it stops; `open` leaves it hanging. */
export function streams(
  events: readonly unknown[],
  end: "done" | "cut" | "open" = "done",
): WireAnswer {
  return (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    for (const event of events) {
      const type = (event as { type?: string }).type;
      const name = type === undefined ? "" : `event: ${type}\n`;
      response.write(`${name}data: ${JSON.stringify(event)}\n\n`);
    }
    if (end === "done") response.end();
    // The bytes have to leave before the connection breaks.
    if (end === "cut") response.write("", () => setTimeout(() => response.destroy(), 20));
  };
}

/** A chunk of the OpenAI-compatible wire. */
export function chunk(delta: Record<string, unknown>, finishReason: string | null = null) {
  return {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1,
    model: "test-model",
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  };
}

/** The last chunk of the OpenAI-compatible wire, which counts the tokens. */
export const usageChunk = {
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "test-model",
  choices: [],
  usage: {
    prompt_tokens: 100,
    completion_tokens: 20,
    total_tokens: 120,
    prompt_tokens_details: { cached_tokens: 64 },
    completion_tokens_details: { reasoning_tokens: 5 },
  },
};

/** A whole answer of the OpenAI-compatible wire. */
export function says(text: string): WireAnswer {
  return streams([
    chunk({ role: "assistant", content: "" }),
    chunk({ content: text }),
    chunk({}, "stop"),
    usageChunk,
  ]);
}

export const TEST_KEY = "sk-test-0123456789abcdef";

/** A model at `baseUrl`, as `chooseModel` would give it. */
export function chosenAt(baseUrl: string, differences: Partial<ChosenModel> = {}): ChosenModel {
  return {
    kind: "chosen",
    providerId: "custom",
    providerName: "Test Provider",
    modelId: "test-model",
    baseUrl,
    wire: "openai-compatible",
    apiKey: new Secret(TEST_KEY),
    apiKeySetting: "model.api_key",
    contextTokensMax: 128_000,
    isBlind: false,
    outputTokensMax: undefined,
    reasoningEffort: "none",
    showsReasoning: false,
    ...differences,
  };
}
