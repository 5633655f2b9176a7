import type { Config } from "../config/load_config.ts";
import { refuseInjection } from "../safety/injection.ts";
import type { McpServers } from "../tools/mcp/mcp_servers.ts";
import type { Tool } from "../tools/tool.ts";
import { chooseServers, type Platform } from "../tools/toolsets.ts";
import { composeModelNetwork } from "./compose.ts";
import type { AgentHost } from "./compose_agent.ts";
import { VERSION } from "./version.ts";

/** The tools of other servers. */
export interface McpParts {
  /** Begins to look for the servers; it waits for none. */
  start(): void;
  /** What those of the servers offer now that are there, and that a platform has. */
  tools(platform: Platform): Promise<readonly Tool[]>;
}

/** Without servers in the settings, nothing of this is ever loaded. */
export function composeMcp(
  host: Omit<AgentHost, "models" | "wake">,
  { opened, redact }: {
    readonly opened: AsyncDisposableStack;
    readonly redact: (text: string) => string;
  },
): McpParts {
  let servers: Promise<McpServers> | undefined;
  const open = () => servers ??= openServers(host, opened, redact);
  const { config } = host;
  const hasNone = config.mcp.servers.every(({ enabled }) => !enabled);
  return {
    start() {
      if (!hasNone) void open().then((opened) => opened.start());
    },
    async tools(platform) {
      const names = hasNone ? [] : chooseServers(platform, config.tools, serverNames(config));
      return names.length === 0 ? [] : await (await open()).tools(names);
    },
  };
}

/** The names of all servers in the settings, also of those that are switched off. */
export function serverNames({ mcp }: Pick<Config, "mcp">): readonly string[] {
  return mcp.servers.map(({ name }) => name);
}

async function openServers(
  { clock, config, environment, log, paths, random }: Omit<AgentHost, "models" | "wake">,
  opened: AsyncDisposableStack,
  redact: (text: string) => string,
): Promise<McpServers> {
  const [{ McpServers }, { connectServer }] = await Promise.all([
    import("../tools/mcp/mcp_servers.ts"),
    import("../tools/mcp/connect_server.ts"),
  ]);
  const deps = {
    environment,
    folder: paths.home,
    fetch: composeModelNetwork(config).fetch,
    version: VERSION,
    onRemark: (server: string, line: string) =>
      log("debug", "mcp.server_says", { server, line: redact(line) }),
  };
  const servers = new McpServers(config.mcp.servers, {
    connect: (server, signal) => connectServer(server, deps, signal),
    refuse: refuseInjection,
    clock,
    random,
    log,
  });
  if (opened.disposed) await servers.close();
  else opened.defer(() => servers.close());
  return servers;
}
