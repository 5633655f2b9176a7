import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { SandboxServer } from "../../src/sandbox/sandbox_server.ts";
import { addPost, IDS } from "./recorded_world.ts";
import type { RecordedCall, RestRecording } from "./recordings.ts";

/** An integration that answers as in a recording, and what the sandbox has called it with. */
export interface Integration extends AsyncDisposable {
  readonly calls: RecordedCall[];
}

const TRIGGERS = ["hermes84898", "hermes84898get"];

/** Puts an integration there, with the commands and buttons of the recordings that lead to it. */
export async function startIntegration(
  name: string,
  recording: RestRecording,
  sandbox: SandboxServer,
): Promise<Integration> {
  const calls: RecordedCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    request.on("end", () => {
      calls.push(readCall(request, Buffer.concat(chunks).toString()));
      const { status, type, text } = answerOf(recording.callback_answer);
      response.writeHead(status, { "Content-Type": type }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  if (!name.includes("internal-address-blocked")) {
    sandbox.settings.internalConnections = ["127.0.0.1"];
  }
  if (!name.includes("create-admin-ok")) addCommands(sandbox, `${url}/cmd`);
  addButtons(recording, sandbox, `${url}/act`);
  addHook(recording, sandbox, name.includes("used-up") ? 5 : 0);
  return {
    calls,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function addCommands({ world }: SandboxServer, url: string): void {
  for (const trigger of TRIGGERS) {
    const id = world.newId();
    world.commands.set(id, {
      id,
      token: trigger.endsWith("get") ? "<command-token-2>" : "<command-token>",
      create_at: 1,
      update_at: 1,
      delete_at: 0,
      creator_id: "",
      team_id: IDS.lab,
      trigger,
      method: trigger.endsWith("get") ? "G" : "P",
      username: "",
      icon_url: "",
      auto_complete: true,
      auto_complete_desc: "",
      auto_complete_hint: "",
      display_name: "Hermes",
      description: "",
      url,
      plugin_id: "",
    });
  }
}

function addButtons(recording: RestRecording, { world }: SandboxServer, url: string): void {
  const { request, response, callback_request_sent_by_server: calls = [] } = recording;
  const [, id, actionId] = request.url.match(/posts\/(\w{26})\/actions\/(\w+)$/) ?? [];
  if (id === undefined || actionId === undefined) return;
  const isClosed = response.status === 403;
  const place = isClosed ? { channel_id: IDS.privateNoBot } : {};
  if (isClosed || !world.posts.has(id)) addPost(world, { id, user_id: IDS.hermes, ...place });
  const post = world.posts.get(id);
  if (post === undefined || response.status === 404) return;
  const { type = "button", context = {} } = (calls[0]?.body ?? {}) as {
    readonly type?: string;
    readonly context?: Readonly<Record<string, unknown>>;
  };
  const { selected_option: _, ...made } = context;
  post.actions = new Map([[actionId, { type, url, context: made }]]);
}

function addHook({ request }: RestRecording, { world }: SandboxServer, uses: number): void {
  const [, hookId] = request.url.match(/hooks\/commands\/(\w+)$/) ?? [];
  if (hookId === undefined) return;
  const use = { channelId: IDS.general, teamId: IDS.lab, rootId: "", command: "/hermes84898" };
  world.commandHooks.set(hookId, { userId: IDS.alice, use, createdAtMs: world.nowMs(), uses });
}

function readCall(request: IncomingMessage, text: string): RecordedCall {
  const { method = "", url = "", headers } = request;
  const form = method === "GET" ? url.split("?")[1] ?? "" : text;
  const isJson = text.startsWith("{");
  return {
    method,
    headers: headers as Record<string, string>,
    ...(isJson
      ? { body: JSON.parse(text) }
      : { decoded: Object.fromEntries(new URLSearchParams(form)) }),
  };
}

function answerOf(answer: unknown): { status: number; type: string; text: string } {
  if (answer === "status 500") return { status: 500, type: "text/plain", text: "" };
  if (typeof answer === "string") return { status: 200, type: "text/html", text: answer };
  const json = "application/json";
  if (answer === null || answer === undefined) return { status: 200, type: json, text: "" };
  const given = answer as {
    status?: number;
    body?: unknown;
    body_text?: string;
    content_type?: string;
  };
  if (given.status === undefined) return { status: 200, type: json, text: JSON.stringify(answer) };
  const text = given.body_text ?? JSON.stringify(given.body);
  return { status: given.status, type: given.content_type ?? json, text };
}
