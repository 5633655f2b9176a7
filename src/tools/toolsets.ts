/**
 * Sets of tools, as the settings name them; the names are those of the Python original. Every tool is
 * in one of them.
 */
export const TOOLSETS: Readonly<Record<string, readonly string[]>> = {
  terminal: ["terminal", "process"],
  file: ["read_file", "write_file", "patch", "search_files"],
  web: ["web_search", "web_extract"],
  vision: ["vision_analyze"],
  memory: ["memory"],
  session_search: ["session_search"],
  skills: ["skill_view", "skill_manage"],
  todo: ["todo"],
  clarify: ["clarify"],
  messaging: ["send_message"],
  cronjob: ["cronjob"],
  delegation: ["delegate_task"],
  clock: ["current_time"],
};

/** Where a turn runs: in the chat, in a terminal, by itself. */
export type Platform = "mattermost" | "cli" | "cron";

/** Left out where nobody can answer, or where the answer is delivered by itself. */
const NOT_IN_JOBS = ["clarify", "messaging", "cronjob", "memory"];
/** Names of the original that mean all sets of a platform. */
const ALL_SETS = /^(?:all|hermes-(?:mattermost|cli|cron))$/;
/** In the list of a platform: no tools of MCP servers. */
const NO_SERVERS = "no_mcp";

export interface ToolsetSettings {
  /** The only sets for a platform, by its name; without an entry it has all. */
  readonly byPlatform: Readonly<Record<string, readonly string[]>>;
  readonly disabled: readonly string[];
}

/** The sets of tools in force on a platform, in the order of the table. */
export function chooseToolsets(platform: Platform, settings: ToolsetSettings): readonly string[] {
  const wanted = settings.byPlatform[platform] ?? ["all"];
  const hasAll = wanted.some((name) => ALL_SETS.test(name));
  return Object.keys(TOOLSETS).filter((name) =>
    (hasAll || wanted.includes(name)) && !settings.disabled.includes(name) &&
    !(platform === "cron" && NOT_IN_JOBS.includes(name))
  );
}

/** The set that a tool belongs to; `undefined` for those that come from elsewhere, as over MCP. */
export function toolsetOf(toolName: string): string | undefined {
  return Object.keys(TOOLSETS).find((name) => TOOLSETS[name]?.includes(toolName));
}

/**
 * The MCP servers whose tools a platform has, of those in the settings. A list that names one of them
 * (`linear`, or `mcp-linear`) means no other one; a list that names none means all, unless it says
 * `no_mcp`.
 */
export function chooseServers(
  platform: Platform,
  settings: ToolsetSettings,
  servers: readonly string[],
): readonly string[] {
  const wanted = settings.byPlatform[platform] ?? [];
  if (wanted.includes(NO_SERVERS)) return [];
  const allowed = servers.filter((server) => !isNamed(server, settings.disabled));
  const named = allowed.filter((server) => isNamed(server, wanted));
  return servers.some((server) => isNamed(server, wanted)) ? named : allowed;
}

/** Names in the settings that are no set, and none of these MCP servers. */
export function unknownToolsets(
  { byPlatform, disabled }: ToolsetSettings,
  servers: readonly string[],
): readonly string[] {
  const named = [...Object.values(byPlatform).flat(), ...disabled];
  return named.filter((name) =>
    TOOLSETS[name] === undefined && !ALL_SETS.test(name) && name !== NO_SERVERS &&
    !servers.some((server) => isNamed(server, [name]))
  );
}

function isNamed(server: string, names: readonly string[]): boolean {
  return names.includes(server) || names.includes(`mcp-${server}`);
}
