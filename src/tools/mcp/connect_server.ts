import type { CallToolResult, Client, Tool as ServerTool } from "@modelcontextprotocol/client";
import type { FetchFn } from "../../runtime/network.ts";
import { childEnvironment } from "./child_environment.ts";
import { McpError } from "./errors.ts";
import { ProgramTransport } from "./program_transport.ts";
import type { McpServerSettings } from "./server_settings.ts";

export interface ConnectDeps {
  /** That of this process, of which programs get little. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where programs begin. */
  readonly folder: string;
  readonly fetch: FetchFn;
  readonly version: string;
  readonly onRemark: (server: string, line: string) => void;
}

/** A server that is there. */
export interface McpConnection {
  /** What the server offered last; it may change what it offers. */
  readonly tools: readonly ServerTool[];
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;
  call(
    name: string,
    input: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<CallToolResult>;
  close(): Promise<void>;
}

/** Most characters of a reason that is told. */
const REASON_CHARS_MAX = 300;

/** Reaches a server and asks what it offers. @throws McpError */
export async function connectServer(
  server: McpServerSettings,
  deps: ConnectDeps,
  signal: AbortSignal,
): Promise<McpConnection> {
  const sdk = await import("@modelcontextprotocol/client");
  const client = new sdk.Client({ name: "hermes", version: deps.version }, {
    // What a server gives is used also when it is not what the server announced.
    jsonSchemaValidator: {
      getValidator: () => (data: unknown) => ({
        valid: true,
        data: data as never,
        errorMessage: undefined,
      }),
    },
  });
  let firstError: Error | undefined;
  client.onerror = (error) => firstError ??= error;
  const closed = new Promise<void>((resolve) => client.onclose = resolve);
  const limits = { timeout: server.connectMsMax, signal };
  let tools: readonly ServerTool[] = [];
  const list = async () =>
    (await client.listTools(undefined, { ...limits, cacheMode: "bypass" })).tools;
  try {
    await client.connect(openTransport(sdk, server, deps), limits);
    tools = client.getServerCapabilities()?.tools === undefined ? [] : await list();
  } catch (error) {
    await client.close().catch(() => {}); // What is wrong is known already.
    signal.throwIfAborted();
    throw toMcpError(server.name, firstError instanceof McpError ? firstError : error);
  }
  // Later sessions are offered what there is then; running ones keep what they began with.
  client.setNotificationHandler("notifications/tools/list_changed", async () => {
    tools = await list().catch(() => tools); // The old list stands until the next change.
  });
  return {
    get tools() {
      return tools;
    },
    closed,
    call: (name, input, signal) => call(client, server, { name, arguments: input }, signal),
    close: () => client.close(),
  };
}

type Sdk = typeof import("@modelcontextprotocol/client");

function openTransport(sdk: Sdk, server: McpServerSettings, deps: ConnectDeps) {
  if (server.kind === "program") {
    return new ProgramTransport({
      server: server.name,
      argv: [server.command, ...server.args],
      cwd: deps.folder,
      env: childEnvironment(deps.environment, server.env),
      parse: sdk.parseJSONRPCMessage,
      onRemark: (line) => deps.onRemark(server.name, line),
    });
  }
  const headers = Object.entries(server.headers).map(([name, value]) => [name, value.reveal()]);
  return new sdk.StreamableHTTPClientTransport(new URL(server.url), {
    requestInit: { headers: Object.fromEntries(headers) },
    fetch: (url, init) => deps.fetch(url, init),
  });
}

async function call(
  client: Client,
  server: McpServerSettings,
  params: { readonly name: string; readonly arguments: Record<string, unknown> },
  signal: AbortSignal,
): Promise<CallToolResult> {
  try {
    return await client.callTool(params, { timeout: server.callMsMax, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** The failure in our words. */
export function toMcpError(server: string, error: unknown): McpError {
  if (error instanceof McpError) return error;
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (code === "REQUEST_TIMEOUT") return new McpError(server, "it did not answer in time");
  if (code === "CONNECTION_CLOSED") return new McpError(server, "it has ended", { cause: error });
  const words = error instanceof Error ? error.message : String(error);
  const reason = words.replaceAll(/\s+/g, " ").slice(0, REASON_CHARS_MAX);
  return new McpError(server, reason, { cause: error });
}
