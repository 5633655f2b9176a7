import type { Finding } from "../../config/finding.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { sentence } from "../render_error.ts";
import { openSettings } from "./settings_at_hand.ts";

/** `hermes config check`: what is wrong with the files. Exit code 1 when Hermes could not start. */
export async function checkSettings(
  options: { readonly json: boolean },
  io: CliIo,
): Promise<number> {
  const { paths, loaded } = await openSettings(io);
  const { problems, warnings } = loaded;
  const isBroken = problems.length > 0;
  if (options.json) {
    io.out(JSON.stringify(
      {
        ok: !isBroken,
        problems: problems.map(toJson),
        warnings: warnings.map(toJson),
      },
      undefined,
      2,
    ));
    return isBroken ? EXIT.failure : EXIT.ok;
  }
  for (const { message } of problems) io.out(`✗ ${sentence(message)}`);
  for (const { message } of warnings) io.out(`! ${sentence(message)}`);
  if (!isBroken && warnings.length === 0) {
    io.out(`✓ ${paths.configFile} and ${paths.envFile} can be used.`);
  }
  return isBroken ? EXIT.failure : EXIT.ok;
}

function toJson({ message, file, key, line }: Finding) {
  return { message, file: file ?? null, key: key ?? null, line: line ?? null };
}
