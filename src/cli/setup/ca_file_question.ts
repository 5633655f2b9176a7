import { homedir } from "node:os";
import { resolve } from "node:path";
import { HermesError } from "../../errors.ts";
import { trustedCertificates } from "../../runtime/certificates.ts";
import type { SetupContext } from "./setup_context.ts";
import { settle, type Verdict } from "./settle.ts";

/**
 * For a server whose certificate is not trusted: asks for the file of its authority. `false` when the
 * person wants another address instead.
 */
export async function askCaFile(context: SetupContext): Promise<boolean> {
  const { prompter } = context;
  const hasFile = await prompter.choose({
    message: "What now?",
    options: [
      { value: true, label: "Name the PEM file of the authority" },
      { value: false, label: "Give another address" },
    ],
  });
  if (!hasFile) return false;
  await settleCaFile(undefined, context);
  return true;
}

/** Reads the file and leaves its path in the draft. */
export async function settleCaFile(
  given: string | undefined,
  { draft, prompter }: SetupContext,
): Promise<void> {
  const path = await settle<string, string>({
    given,
    ask: (wrong) =>
      prompter.text({
        message: "Path of the PEM file",
        initial: wrong,
        example: "/etc/ssl/company-ca.pem",
      }),
    doing: undefined,
    check: readCaFile,
  }, prompter);
  draft.set("mattermost.ca_file", path);
}

async function readCaFile(typed: string): Promise<Verdict<string>> {
  // From here the path has to hold in any folder, and no shell replaces its tilde.
  const path = resolve(typed.trim().replace(/^~(?=\/|$)/, () => homedir()));
  try {
    await trustedCertificates({ caFile: path })();
    return { kind: "good", answer: path };
  } catch (error) {
    if (!(error instanceof HermesError)) throw error;
    return { kind: "refused", problem: error.message, remedy: "Name a file that can be read." };
  }
}
