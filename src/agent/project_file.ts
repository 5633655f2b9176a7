import { join } from "node:path";
import { readTextFile } from "../runtime/atomic_file.ts";
import { cutMiddle } from "../transcript/cut_middle.ts";

/** The first that there is counts; the names are those that other agents look for. */
const NAMES = [".hermes.md", "HERMES.md", "AGENTS.md", "CLAUDE.md", ".cursorrules"];
const CHARS_MAX = 20_000;

/**
 * What the working folder says about the project in it, for the prompt; `""` when it says nothing.
 * `blocked` tells why a text must not be shown, e.g. because it tries to give orders.
 */
export async function loadProjectFile(
  folder: string,
  blocked: (text: string) => string | undefined,
): Promise<string> {
  for (const name of NAMES) {
    const text = (await readTextFile(join(folder, name)).catch(() => undefined))?.trim() ?? "";
    if (text === "") continue;
    const reason = blocked(text);
    if (reason !== undefined) return `The file ${name} of the project is not shown: ${reason}.`;
    return `What ${name} says about the project in your working folder:\n\n` +
      cutMiddle(text, CHARS_MAX, name);
  }
  return "";
}
