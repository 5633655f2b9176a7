import picocolors from "picocolors";
import { nearest } from "../../config/nearest.ts";
import { writeSettings } from "../../config/write_settings.ts";
import { chooseToolsets, type Platform, TOOLSETS, unknownToolsets } from "../../tools/toolsets.ts";
import { composeTools } from "../compose_tools.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { loadUsableConfig } from "../load_usable_config.ts";
import { openOfflineAgent } from "./offline_agent.ts";

const PLATFORMS: readonly Platform[] = ["mattermost", "cli", "cron"];

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
  if (options.json) {
    io.out(JSON.stringify({ toolsets }, undefined, 2));
    return EXIT.ok;
  }
  const colors = picocolors.createColors(io.outTerminal.color);
  const nameWidth = Math.max(...toolsets.map(({ name }) => name.length));
  io.out(`${" ".repeat(nameWidth)}  chat  terminal  jobs  tools`);
  for (const { name, enabled, tools } of toolsets) {
    const [chat = "", terminal = "", jobs = ""] = PLATFORMS.map((platform) =>
      enabled[platform] ? colors.green("on ") : colors.dim("off")
    );
    const names = tools.map((tool) =>
      tool.offered.length > 0 || !Object.values(enabled).includes(true)
        ? tool.name
        : colors.dim(`${tool.name} (not available)`)
    );
    io.out(`${name.padEnd(nameWidth)}  ${chat}   ${terminal}       ${jobs}   ${names.join(", ")}`);
  }
  for (const name of unknownToolsets(settings)) {
    io.err(`Warning: the settings name "${name}", which is no set of tools.`);
  }
  return EXIT.ok;
}

/** `hermes tools enable|disable SET...` */
export async function switchTools(
  action: "enable" | "disable",
  names: readonly string[],
  io: CliIo,
): Promise<number> {
  const unknown = names.find((name) => TOOLSETS[name] === undefined);
  if (unknown !== undefined) {
    const meant = nearest(unknown, Object.keys(TOOLSETS));
    const remedy = meant === undefined ? "hermes tools lists them" : `did you mean ${meant}?`;
    io.err(`There is no set of tools called "${unknown}": ${remedy}`);
    return EXIT.usage;
  }
  const loaded = await loadUsableConfig(io);
  if (loaded === undefined) return EXIT.failure;
  const { disabled } = loaded.config.tools;
  const rest = disabled.filter((name) => !names.includes(name));
  const next = action === "enable" ? rest : [...rest, ...names];
  const value = next.length === 0 ? undefined : next;
  await writeSettings(loaded.paths, { env: {}, yaml: { "agent.disabled_toolsets": value } });
  io.out(`${action === "enable" ? "Offered" : "No longer offered"}: ${names.join(", ")}.`);
  return EXIT.ok;
}
