import type { PathPlaces } from "./path_rules.ts";

/** Where commands run, as far as their verdict depends on it. */
export type CommandPlaces = PathPlaces;

/** One thing about a command that a person should know before it runs. */
export interface CommandFinding {
  /** Stable: `command_allowlist` in the settings holds it. The words of the Python original. */
  readonly pattern: string;
  /** In a person's words, going on after "it", e.g. `deletes a folder with all that is in it`. */
  readonly reason: string;
}

/** `forbidden`: never run, whatever the settings say. */
export type CommandVerdict =
  | { readonly kind: "free" }
  | { readonly kind: "needs_approval"; readonly findings: readonly CommandFinding[] }
  | { readonly kind: "forbidden"; readonly findings: readonly CommandFinding[] };

/** What a command of the shell would do. Until it can be read, every command needs a yes. */
export function judgeCommand(
  _command: string,
  _places: CommandPlaces & { readonly cwd: string },
): CommandVerdict {
  const finding = { pattern: "unreadable command", reason: "cannot be read by the safety check" };
  return { kind: "needs_approval", findings: [finding] };
}
