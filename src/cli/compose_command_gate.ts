import { type Config, loadConfig } from "../config/load_config.ts";
import type { HomePaths } from "../config/paths.ts";
import { writeSettings } from "../config/write_settings.ts";
import type { Log } from "../runtime/log.ts";
import { type AskModel, CommandGate } from "../safety/command_gate.ts";
import type { PathPlaces } from "../safety/path_rules.ts";

/** How long a question stands in the chat unless the settings say so. */
const TIMEOUT_MS = 300_000;

/** Decides about the commands of an agent, as the settings say. */
export function composeCommandGate(
  { config, paths, places, askModel, log }: {
    readonly config: Config;
    readonly paths: HomePaths;
    readonly places: PathPlaces;
    /** Judges first where the settings want it. */
    readonly askModel: AskModel;
    readonly log: Log;
  },
): CommandGate {
  const { approvals } = config;
  return new CommandGate({
    settings: { ...approvals, timeoutMs: approvals.timeoutMs ?? TIMEOUT_MS },
    places,
    askModel,
    allowAlways: (patterns) => allowAlways(patterns, paths),
    log,
  });
}

/** Adds to what the file says now: somebody may have changed it since the start. */
async function allowAlways(patterns: readonly string[], paths: HomePaths): Promise<void> {
  const { config } = await loadConfig({ home: paths.home, environment: {}, flags: {} });
  const allowed = new Set([...config?.approvals.allowedPatterns ?? [], ...patterns]);
  await writeSettings(paths, { env: {}, yaml: { command_allowlist: [...allowed] } });
}
