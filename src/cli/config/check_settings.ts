import type { Finding } from "../../config/finding.ts";
import { missingForMattermost } from "../../config/require_mattermost.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { sentence } from "../render_error.ts";
import { openSettings } from "./settings_at_hand.ts";

/**
 * `hermes config check`: what is wrong with the files. Exit code 1 for problems. What a gateway still
 * lacks is a warning: other commands get on without it.
 */
export async function checkSettings(
  options: { readonly json: boolean },
  io: CliIo,
): Promise<number> {
  const { paths, loaded } = await openSettings(io);
  const { problems } = loaded;
  const warnings = [...loaded.warnings, ...missingForMattermost(loaded)];
  const exitCode = problems.length > 0 ? EXIT.failure : EXIT.ok;
  if (options.json) {
    const found = { problems: problems.map(toJson), warnings: warnings.map(toJson) };
    io.out(JSON.stringify({ ok: problems.length === 0, ...found }, undefined, 2));
    return exitCode;
  }
  for (const { message } of problems) io.out(`✗ ${sentence(message)}`);
  for (const { message } of warnings) io.out(`! ${sentence(message)}`);
  if (problems.length + warnings.length === 0) io.out(`✓ The settings in ${paths.home} are right.`);
  return exitCode;
}

function toJson({ message, file, key, line }: Finding) {
  return { message, file: file ?? null, key: key ?? null, line: line ?? null };
}
