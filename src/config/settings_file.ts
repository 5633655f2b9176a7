import { readFile, stat } from "node:fs/promises";
import { FileError, systemCodeOf } from "../runtime/file_error.ts";
import { type Finding, findingInFile } from "./finding.ts";

/** Largest `.env` or config.yaml that is read; the original's commented example has 126 kB. */
export const SETTINGS_FILE_BYTES_MAX = 1_048_576;

export type SettingsFile =
  | { readonly kind: "absent" }
  | { readonly kind: "read"; readonly text: string }
  | { readonly kind: "refused"; readonly problem: Finding };

/** The text of a file that a person writes, or one clear sentence why it cannot be used. */
export async function readSettingsFile(file: string): Promise<SettingsFile> {
  try {
    const facts = await stat(file);
    if (!facts.isFile()) {
      return refusal(file, "is not a file: move it away and write a file in its place");
    }
    if (facts.size > SETTINGS_FILE_BYTES_MAX) {
      return refusal(file, "is larger than 1 MiB: keep nothing but settings in it");
    }
    return decode(file, await readFile(file));
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return { kind: "absent" };
    const { message, hint } = new FileError("read", file, error);
    const remedy = hint.charAt(0).toLowerCase() + hint.slice(1).replace(/\.$/, "");
    const problem = { message: `${message}; ${remedy}`, file, key: undefined, line: undefined };
    return { kind: "refused", problem };
  }
}

function decode(file: string, bytes: Uint8Array): SettingsFile {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) ||
    (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (isUtf16) return refusal(file, "is written in UTF-16: save it as UTF-8");
  const text = decodeUtf8(bytes);
  if (text === undefined) {
    return refusal(file, "has bytes that are not UTF-8: save it as UTF-8");
  }
  const nul = text.indexOf("\0");
  if (nul === -1) return { kind: "read", text };
  const problem = findingInFile(file, lineAt(text, nul), "has a NUL character: delete it");
  return { kind: "refused", problem };
}

/** The text without its byte order mark, which some editors put in front; or `undefined`. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined; // A fatal decoder throws for nothing but bytes that are not UTF-8.
  }
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

function refusal(file: string, predicate: string): SettingsFile {
  return { kind: "refused", problem: findingInFile(file, undefined, predicate) };
}
