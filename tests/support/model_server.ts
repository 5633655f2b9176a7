import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The part of a chat-completions request that tests look at. */
export interface ChatRequest {
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly body: string;
  readonly authorization: string;
}

/** What the model server says to one request. */
export type ChatAnswer =
  | { readonly kind: "text"; readonly text: string; readonly pauseMs?: number }
  | { readonly kind: "tool_call"; readonly name: string; readonly arguments: string }
  | { readonly kind: "failure"; readonly status: number; readonly message: string }
  /** Says the rest when it is there. */
  | { readonly kind: "halting"; readonly text: string; readonly rest: Promise<string> }
  /** Takes the request and never answers. */
  | { readonly kind: "silence" };

/** A language model on a loopback port that speaks the OpenAI wire, and says what a test wants. */
export class ModelServer {
  /** What it says that it serves; it takes any. */
  models: readonly string[] = ["test-model"];
  /** Newest last. */
  readonly requests: ChatRequest[] = [];
  /** Decides each answer; tests replace it. By default it tells what it heard. */
  answer: (request: ChatRequest) => ChatAnswer = (request) => ({
    kind: "text",
    text: `heard: ${userTexts(request).join(" | ")}`,
  });
  readonly #server = createServer((request, response) => {
    this.#handle(request, response).catch((error) => response.destroy(error));
  });

  static async start(): Promise<ModelServer> {
    const server = new ModelServer();
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  /** For `model.base_url`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "GET" && request.url?.endsWith("/models")) {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ data: this.models.map((id) => ({ id })) }));
      return;
    }
    let body = "";
    for await (const chunk of request) body += chunk;
    if (request.method === "GET") return listModels(response);
    const messages = JSON.parse(body).messages as ChatRequest["messages"];
    const heard = { messages, body, authorization: request.headers.authorization ?? "" };
    this.requests.push(heard);
    const answer = this.answer(heard);
    switch (answer.kind) {
      case "silence":
        return;
      case "failure":
        response.writeHead(answer.status, { "content-type": "application/json" });
        return void response.end(JSON.stringify({ error: { message: answer.message } }));
      case "text":
        return await streamText(response, answer.text, answer.pauseMs ?? 0);
      case "halting": {
        begin(response);
        response.write(event({ delta: { content: answer.text } }));
        response.write(event({ delta: { content: await answer.rest } }));
        return end(response, "stop");
      }
      case "tool_call": {
        const call = { name: answer.name, arguments: answer.arguments };
        const toolCalls = [{ index: 0, id: "call_1", type: "function", function: call }];
        return stream(response, [{ tool_calls: toolCalls }], "tool_calls");
      }
    }
  }
}

/** What a client gets that asks which models there are. */
function listModels(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ object: "list", data: [{ id: "test-model", object: "model" }] }));
}

/** What people said to the model, in order, without the markup of tool results. */
export function userTexts(request: ChatRequest): string[] {
  return request.messages.filter((message) => message.role === "user")
    .map((message) =>
      typeof message.content === "string"
        ? message.content
        : (message.content as { text?: string }[]).map((part) => part.text ?? "").join("")
    );
}

async function streamText(response: ServerResponse, text: string, pauseMs: number): Promise<void> {
  const pieces = text.match(/[\s\S]{1,40}/gu) ?? [];
  if (pauseMs === 0) return stream(response, pieces.map((content) => ({ content })), "stop");
  begin(response);
  for (const content of pieces) {
    response.write(event({ delta: { content } }));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  end(response, "stop");
}

function stream(response: ServerResponse, deltas: readonly unknown[], finishReason: string): void {
  begin(response);
  for (const delta of deltas) response.write(event({ delta }));
  end(response, finishReason);
}

function begin(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
}

function end(response: ServerResponse, finishReason: string): void {
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
  response.write(event({ delta: {}, finish_reason: finishReason }, { usage }));
  response.end("data: [DONE]\n\n");
}

function event(choice: Record<string, unknown>, more: Record<string, unknown> = {}): string {
  const chunk = {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1_700_000_000,
    model: "test-model",
    choices: [{ index: 0, ...choice }],
    ...more,
  };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
