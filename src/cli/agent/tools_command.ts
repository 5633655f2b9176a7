import picocolors from "picocolors";
import type { Config } from "../../config/load_config.ts";
import { nearest } from "../../config/nearest.ts";
import { writeSettings } from "../../config/write_settings.ts";
import {
  chooseServers,
  chooseToolsets,
  type Platform,
  TOOLSETS,
  unknownToolsets,
} from "../../tools/toolsets.ts";
import { serverNames } from "../compose_mcp.ts";
import { composeTools } from "../compose_tools.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { loadUsableConfig } from "../load_usable_config.ts";
import { openOfflineAgent } from "./offline_agent.ts";

const PLATFORMS: readonly Platform[] = ["mattermost", "cli", "cron"];

interface SwitchedSet {
  readonly name: string;
  /** By platform. */
  readonly enabled: Readonly<Record<string, boolean>>;
}

/** `hermes tools`: the sets of tools, and where each is offered. */
export async function listTools(options: { readonly json: boolean }, io: CliIo): Promise<number> {
  const agent = await openOfflineAgent(io);
  if (agent === undefined) return EXIT.failure;
  const { tools: settings } = agent.config;
  const offered = new Map(PLATFORMS.map((platform) =>
    [
      platform,
      new Set(composeTools(agent, platform).descriptions.map(({ name }) => name)),
    ] as const
  ));
  const toolsets = Object.entries(TOOLSETS).map(([name, tools]) => ({
    name,
    enabled: Object.fromEntries(
      PLATFORMS.map((platform) => [platform, chooseToolsets(platform, settings).includes(name)]),
    ),
    tools: tools.map((tool) => ({
      name: tool,
      offered: PLATFORMS.filter((platform) => offered.get(platform)?.has(tool)),
    })),
  }));
  const servers = enabledServers(agent.config);
  if (options.json) {
    io.out(JSON.stringify({ toolsets, servers }, undefined, 2));
    return EXIT.ok;
  }
  const colors = picocolors.createColors(io.outTerminal.color);
  const nameWidth = Math.max(...[...toolsets, ...servers].map(({ name }) => name.length));
  const line = ({ name, enabled }: SwitchedSet, tools: string) => {
    const [chat = "", terminal = "", jobs = ""] = PLATFORMS.map((platform) =>
      enabled[platform] ? colors.green("on ") : colors.dim("off")
    );
    io.out(`${name.padEnd(nameWidth)}  ${chat}   ${terminal}       ${jobs}   ${tools}`);
  };
  io.out(`${" ".repeat(nameWidth)}  chat  terminal  jobs  tools`);
  for (const set of toolsets) {
    const isOff = !Object.values(set.enabled).includes(true);
    const names = set.tools.map(({ name, offered }) =>
      offered.length > 0 || isOff ? name : colors.dim(`${name} (not available)`)
    );
    line(set, names.join(", "));
  }
  for (const server of servers) line(server, "(an MCP server: see hermes mcp)");
  for (const name of unknownToolsets(settings, serverNames(agent.config))) {
    io.err(`Warning: the settings name "${name}", which is no set of tools.`);
  }
  return EXIT.ok;
}

/** MCP servers that are switched on, as sets of tools. */
function enabledServers({ mcp, tools }: Config): readonly SwitchedSet[] {
  const servers = mcp.servers.filter(({ enabled }) => enabled).map(({ name }) => name);
  const offered = PLATFORMS.map((platform) =>
    [platform, chooseServers(platform, tools, servers)] as const
  );
  return servers.map((server) => ({
    name: `mcp-${server}`,
    enabled: Object.fromEntries(
      offered.map(([platform, names]) => [platform, names.includes(server)]),
    ),
  }));
}

/** `hermes tools enable|disable SET...` */
export async function switchTools(
  action: "enable" | "disable",
  names: readonly string[],
  io: CliIo,
): Promise<number> {
  const loaded = await loadUsableConfig(io);
  if (loaded === undefined) return EXIT.failure;
  const sets = [
    ...Object.keys(TOOLSETS),
    ...serverNames(loaded.config).map((server) => `mcp-${server}`),
  ];
  const unknown = names.find((name) => !sets.includes(name));
  if (unknown !== undefined) {
    const meant = nearest(unknown, sets);
    const remedy = meant === undefined ? "hermes tools lists them" : `did you mean ${meant}?`;
    io.err(`There is no set of tools called "${unknown}": ${remedy}`);
    return EXIT.usage;
  }
  const { disabled } = loaded.config.tools;
  const rest = disabled.filter((name) => !names.includes(name));
  const next = action === "enable" ? rest : [...rest, ...names];
  const value = next.length === 0 ? undefined : next;
  await writeSettings(loaded.paths, { env: {}, yaml: { "agent.disabled_toolsets": value } });
  io.out(`${action === "enable" ? "Offered" : "No longer offered"}: ${names.join(", ")}.`);
  return EXIT.ok;
}
