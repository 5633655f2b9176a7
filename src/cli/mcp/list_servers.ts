import type { McpServerEntry } from "../../config/mcp_servers.ts";
import { nearest } from "../../config/nearest.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { loadUsableConfig } from "../load_usable_config.ts";
import { shellWord } from "../shell_word.ts";

/** `hermes mcp list`: the servers of the settings, without what may be a secret. */
export async function listServers(options: { readonly json: boolean }, io: CliIo): Promise<number> {
  const loaded = await loadUsableConfig(io);
  if (loaded === undefined) return EXIT.failure;
  const { servers } = loaded.config.mcp;
  if (options.json) {
    const shown = servers.map((server) => ({
      name: server.name,
      enabled: server.enabled,
      ...(server.kind === "http"
        ? { url: server.url, headers: Object.keys(server.headers) }
        : { command: server.command, args: server.args, env: Object.keys(server.env) }),
    }));
    io.out(JSON.stringify({ servers: shown }, undefined, 2));
    return EXIT.ok;
  }
  if (servers.length === 0) io.out("There are no MCP servers: hermes mcp add adds one.");
  for (const server of servers) io.out(describeServer(server));
  return EXIT.ok;
}

function describeServer(server: McpServerEntry): string {
  const way = server.kind === "http"
    ? server.url
    : [server.command, ...server.args].map(shellWord).join(" ");
  return `${server.name}${server.enabled ? "" : " (disabled)"}: ${way}`;
}

/** One server of the settings; `undefined` when there is none of this name, which is told. */
export function findServer(
  name: string,
  servers: readonly McpServerEntry[],
  io: CliIo,
): McpServerEntry | undefined {
  const server = servers.find((each) => each.name === name);
  if (server !== undefined) return server;
  const meant = nearest(name, servers.map((each) => each.name));
  const remedy = meant === undefined ? "hermes mcp list lists them" : `did you mean ${meant}?`;
  io.err(`There is no MCP server called "${name}": ${remedy}`);
  return undefined;
}
