import type { Finding } from "../../config/finding.ts";
import { type ConfigInput, loadConfig } from "../../config/load_config.ts";
import { type MattermostConfig, requireMattermost } from "../../config/require_mattermost.ts";
import type { CliIo } from "../io.ts";
import { sentence } from "../render_error.ts";

/** Warnings told at the start; a home of the Python original may give dozens. */
const WARNINGS_SHOWN_MAX = 5;

/**
 * The settings that a gateway can run with; `undefined` when they cannot work. What is wrong with
 * them has been told then.
 */
export async function loadReadyConfig(
  input: ConfigInput,
  io: Pick<CliIo, "err">,
): Promise<Extract<MattermostConfig, { kind: "ready" }> | undefined> {
  const loaded = await loadConfig(input);
  tellWarnings(loaded.warnings, io);
  const ready = requireMattermost(loaded);
  if (ready.kind === "ready") return ready;
  for (const problem of ready.problems) io.err(sentence(problem.message));
  io.err(`Settings are read from ${input.home}.`);
  return undefined;
}

function tellWarnings(warnings: readonly Finding[], io: Pick<CliIo, "err">): void {
  for (const { message } of warnings.slice(0, WARNINGS_SHOWN_MAX)) {
    io.err(`Warning: ${sentence(message)}`);
  }
  const more = warnings.length - WARNINGS_SHOWN_MAX;
  if (more > 0) io.err(`Warning: ${more} more; hermes doctor tells them all.`);
}
