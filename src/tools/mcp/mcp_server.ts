import type { CallToolResult, Tool as ServerTool } from "@modelcontextprotocol/client";
import { backoffDelayMs } from "../../runtime/backoff.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";
import type { Random } from "../../runtime/random.ts";
import { type McpConnection, toMcpError } from "./connect_server.ts";
import { McpError } from "./errors.ts";
import type { McpServerSettings } from "./server_settings.ts";

export interface McpServerDeps {
  readonly connect: (server: McpServerSettings, signal: AbortSignal) => Promise<McpConnection>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Tries in a row by which a lost server is looked for; the next call looks once more. */
const TRIES_MAX = 5;
const BACKOFF = { delayMsMin: 1_000, delayMsMax: 60_000 };
/** After so many failures in a row, calls fail at once for a while. */
const FAILURES_MAX = 3;
const REST_MS = 60_000;

/** One server: looked for at the start and whenever it is lost. */
export class McpServer {
  readonly settings: McpServerSettings;
  readonly #deps: McpServerDeps;
  readonly #ended = new AbortController();
  #connection: McpConnection | undefined;
  #connecting: Promise<McpConnection> | undefined;
  #failures = 0;
  #restsUntilMs = 0;

  constructor(settings: McpServerSettings, deps: McpServerDeps) {
    this.settings = settings;
    this.#deps = deps;
  }

  /** What it offers; nothing while it is not there. */
  get tools(): readonly ServerTool[] {
    return this.#connection?.tools ?? [];
  }

  /** Resolves after the first try, whatever came of it; a few more follow if need be. It never throws. */
  async start(): Promise<void> {
    if (!await this.#try(1)) void this.#tryLater(2);
  }

  /** @throws McpError when the server cannot be reached or does not answer. */
  async call(
    name: string,
    input: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<CallToolResult> {
    const { clock } = this.#deps;
    if (clock.nowMs() < this.#restsUntilMs) {
      const reason = `it failed ${FAILURES_MAX} times in a row and is left alone for a minute`;
      throw new McpError(this.settings.name, reason, { hint: "Do without it for now." });
    }
    try {
      const connection = await this.#connected();
      const result = await connection.call(name, input, signal);
      this.#failures = 0;
      return result;
    } catch (error) {
      signal.throwIfAborted();
      await this.#noteFailure(error);
      throw toMcpError(this.settings.name, error);
    }
  }

  async close(): Promise<void> {
    this.#ended.abort();
    await this.#connecting?.catch(() => {}); // It was told already, or nobody is left to be told.
    await this.#connection?.close();
  }

  #connected(): Promise<McpConnection> {
    if (this.#connection !== undefined) return Promise.resolve(this.#connection);
    return this.#connecting ??= this.#connect().finally(() => this.#connecting = undefined);
  }

  async #connect(): Promise<McpConnection> {
    const { connect, log } = this.#deps;
    this.#ended.signal.throwIfAborted();
    const connection = await connect(this.settings, this.#ended.signal);
    this.#connection = connection;
    log("info", "mcp.connected", { server: this.settings.name, tools: connection.tools.length });
    void connection.closed.then(() => this.#lost(connection));
    return connection;
  }

  #lost(connection: McpConnection): void {
    if (this.#connection === connection) this.#connection = undefined;
    if (this.#ended.signal.aborted) return;
    this.#deps.log("warn", "mcp.lost", { server: this.settings.name });
    if (this.#deps.clock.nowMs() >= this.#restsUntilMs) void this.#tryLater(1);
  }

  /** Not at once: what ends as soon as it begins would be begun again and again. */
  async #tryLater(from: number): Promise<void> {
    const { clock, random } = this.#deps;
    const { signal } = this.#ended;
    for (let attempt = from; attempt <= TRIES_MAX; attempt++) {
      await clock.sleep(backoffDelayMs(attempt, BACKOFF, random), signal);
      if (signal.aborted || await this.#try(attempt)) return;
    }
  }

  async #try(attempt: number): Promise<boolean> {
    try {
      await this.#connected();
      return true;
    } catch (error) {
      const reason = toMcpError(this.settings.name, error).message;
      const { signal } = this.#ended;
      if (!signal.aborted) {
        this.#deps.log("warn", "mcp.not_connected", {
          server: this.settings.name,
          attempt,
          reason,
        });
      }
      return false;
    }
  }

  async #noteFailure(error: unknown): Promise<void> {
    // The server has answered: it just does not like what it was asked.
    if (isAnswer(error)) {
      this.#failures = 0;
      return;
    }
    this.#failures++;
    const isGone = (error as { readonly status?: unknown } | null)?.status === 404;
    if (this.#failures >= FAILURES_MAX) {
      this.#failures = 0;
      this.#restsUntilMs = this.#deps.clock.nowMs() + REST_MS;
      this.#deps.log("warn", "mcp.resting", { server: this.settings.name, restMs: REST_MS });
    } else if (!isGone) return;
    await this.#connection?.close(); // The next call begins anew.
  }
}

/** Errors of the protocol have numbers; those of the way to the server have words. */
function isAnswer(error: unknown): boolean {
  return typeof (error as { readonly code?: unknown } | null)?.code === "number";
}
