import { refuseInjection } from "../../safety/injection.ts";
import { createRedactor } from "../../safety/redact.ts";
import { connectServer } from "../../tools/mcp/connect_server.ts";
import { offerTools } from "../../tools/mcp/mcp_tools.ts";
import { composeModelNetwork } from "../compose.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { loadUsableConfig } from "../load_usable_config.ts";
import { plural } from "../plural.ts";
import { VERSION } from "../version.ts";
import { findServer } from "./list_servers.ts";

/** `hermes mcp test NAME`: whether a server can be used, and what the model would be offered. */
export async function testServer(
  name: string,
  options: { readonly json: boolean },
  io: CliIo,
): Promise<number> {
  const loaded = await loadUsableConfig(io);
  if (loaded === undefined) return EXIT.failure;
  const settings = findServer(name, loaded.config.mcp.servers, io);
  if (settings === undefined) return EXIT.failure;
  const redact = createRedactor({ secrets: () => [], hidesPatterns: true });
  const connection = await connectServer(settings, {
    environment: io.environment,
    folder: loaded.paths.home,
    fetch: composeModelNetwork(loaded.config).fetch,
    version: VERSION,
    onRemark: (server, line) => io.err(`${server}: ${redact(line)}`),
  }, new AbortController().signal);
  const call = () => Promise.reject(new Error("a test calls nothing"));
  const offered = offerTools([{ settings, tools: connection.tools, call }], refuseInjection);
  await connection.close();
  const tools = offered.tools.map(({ name, description }) => ({ name, description }));
  if (options.json) {
    io.out(JSON.stringify({ name, tools, left_out: offered.leftOut }, undefined, 2));
    return EXIT.ok;
  }
  io.out(`Connected to ${name}: ${plural(tools.length, "tool")}.`);
  for (const { name, description } of tools) io.out(`  ${name}: ${firstLine(description)}`);
  for (const { tool, reason } of offered.leftOut) io.out(`  Not offered: ${tool}: ${reason}.`);
  return EXIT.ok;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
