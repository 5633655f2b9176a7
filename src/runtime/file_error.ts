import { HermesError } from "../errors.ts";

/** What a person reads for the system's error names, and what they can do about each. */
const REASONS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  EACCES: ["permission denied", "Give the user that runs Hermes access to this path."],
  EPERM: ["not permitted", "Give the user that runs Hermes access to this path."],
  EROFS: ["the file system is read-only", "Choose a writable place with HERMES_HOME."],
  ENOSPC: ["no space left on the disk", "Free some space on the disk."],
  EDQUOT: ["the disk quota is used up", "Free some space or raise the quota."],
  ENOENT: ["no such file", "Check the path."],
  EEXIST: ["a file stands where a folder has to be", "Move the file that stands in the way."],
  EISDIR: ["it is a folder", "Move the folder away."],
  ENOTDIR: ["a part of the path is not a folder", "Move the file that stands in the way."],
  EMFILE: ["too many open files", "Raise the limit of open files (ulimit -n)."],
};

/** The operating system refused to read or write a file. */
export class FileError extends HermesError {
  override readonly name = "FileError";
  /** `file.` and the system's error name, e.g. `file.enospc`. */
  override readonly code: string;

  constructor(action: "read" | "write" | "lock" | "start", path: string, cause: unknown) {
    const systemCode = systemCodeOf(cause) ?? "other";
    const [reason, hint] = REASONS[systemCode] ??
      [`system error ${systemCode}`, "Check the path and the disk."];
    super(`Cannot ${action} "${path}": ${reason}`, { hint, cause });
    this.code = `file.${systemCode.toLowerCase()}`;
  }
}

/** The system's name of a failure, e.g. `ENOENT`; `undefined` when `error` is not one of the system. */
export function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
