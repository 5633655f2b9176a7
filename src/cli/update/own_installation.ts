import { realpath } from "node:fs/promises";
import { ownProgram } from "../../runtime/own_program.ts";
import type { ProgramPaths } from "./replace_program.ts";
import { UpdateError } from "./update_error.ts";

const PREVIOUS_SUFFIX = ".previous";

/**
 * The file of this program, and the one of the version before, which is beside it. The previous
 * program is asked too: it is what helps when the newer one is broken.
 * @throws UpdateError when a runtime runs us from source
 */
export async function ownInstallation(
  own: string | undefined = ownProgram(),
): Promise<ProgramPaths> {
  if (own === undefined) {
    throw new UpdateError(
      "from_source",
      "Cannot update: this hermes runs from its source",
      "Get the newer source, and build it: deno task build",
    );
  }
  const file = await realpath(own);
  const program = file.endsWith(PREVIOUS_SUFFIX) ? file.slice(0, -PREVIOUS_SUFFIX.length) : file;
  return { program, previous: `${program}${PREVIOUS_SUFFIX}` };
}
