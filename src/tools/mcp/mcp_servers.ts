import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";
import type { RefuseText } from "../../safety/injection.ts";
import type { Tool } from "../tool.ts";
import { McpServer, type McpServerDeps } from "./mcp_server.ts";
import { offerTools } from "./mcp_tools.ts";
import type { McpServerSettings } from "./server_settings.ts";

export interface McpServersDeps extends McpServerDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Why a description may not be shown to the model. */
  readonly refuse: RefuseText;
}

/** How long the first turn waits for servers that have not come up yet. */
const START_MS_MAX = 10_000;

/** All servers of the settings. They are started once; sessions take what is there. */
export class McpServers {
  readonly #servers: readonly McpServer[];
  readonly #deps: McpServersDeps;
  readonly #ended = new AbortController();
  readonly #told = new Set<string>();
  #started: Promise<unknown> | undefined;

  constructor(settings: readonly McpServerSettings[], deps: McpServersDeps) {
    this.#deps = deps;
    this.#servers = settings.filter(({ enabled }) => enabled)
      .map((server) => new McpServer(server, deps));
  }

  /** Begins to look for the servers; it waits for none. */
  start(): void {
    if (this.#servers.length === 0) return;
    this.#started ??= Promise.race([
      Promise.all(this.#servers.map((server) => server.start())),
      this.#deps.clock.sleep(START_MS_MAX, this.#ended.signal),
    ]);
  }

  /** What these servers, or all, offer now; soon after the start, it waits a moment for them. */
  async tools(names?: readonly string[]): Promise<readonly Tool[]> {
    this.start();
    await this.#started;
    const servers = this.#servers.filter(({ settings }) => names?.includes(settings.name) ?? true);
    const { tools, leftOut } = offerTools(servers, this.#deps.refuse);
    for (const { tool, reason } of leftOut) {
      if (!this.#told.has(tool)) this.#deps.log("warn", "mcp.tool_left_out", { tool, reason });
      this.#told.add(tool);
    }
    return tools;
  }

  async close(): Promise<void> {
    this.#ended.abort();
    await Promise.all(this.#servers.map((server) => server.close()));
  }
}
