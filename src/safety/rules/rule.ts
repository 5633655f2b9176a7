import { join, normalize, resolve } from "node:path";
import type { PathPlaces } from "../path_rules.ts";
import { type CallParts, takeOptions } from "../shell/call_parts.ts";
import type { RunCommand } from "../shell/run_commands.ts";
import type { ShellCommand, Word } from "../shell/syntax.ts";

/** One thing about a command that a person should know before it runs. */
export interface CommandFinding {
  /** Stable: `command_allowlist` in the settings holds it. Mostly the words of the Python original. */
  readonly pattern: string;
  /** In a person's words, going on after "it", e.g. `deletes a folder with all that is in it`. */
  readonly reason: string;
  /** The command is never run, whoever allows it. */
  readonly isForbidden?: true;
}

/** Looks at one command. Rules do not know of each other: what several find is all told. */
export type CommandRule = (command: RunCommand, places: PathPlaces) => readonly CommandFinding[];

export function finding(pattern: string, reason: string): CommandFinding {
  return { pattern, reason };
}

export function forbidden(pattern: string, reason: string): CommandFinding {
  return { pattern, reason, isForbidden: true };
}

/** The options and operands of a command; `withValue` as `takeOptions` takes it. */
export function partsOf({ args }: RunCommand, withValue = ""): CallParts {
  const flags = new Set<string>();
  const rest: Word[] = [];
  let left = args;
  // Most programs also take options after operands.
  for (let round = 0; left.length > 0 && round < OPERANDS_MAX; round++) {
    const parts = takeOptions(left, withValue);
    for (const flag of parts.flags) flags.add(flag);
    const isAfterMark = left[left.length - parts.rest.length - 1]?.text === "--";
    if (isAfterMark) return { flags, rest: [...rest, ...parts.rest] };
    const [operand] = parts.rest;
    if (operand !== undefined) rest.push(operand);
    left = parts.rest.slice(1);
  }
  return { flags, rest: [...rest, ...left] };
}

/** Operands after which options are looked for; more are a list of files. */
const OPERANDS_MAX = 64;

export function isNamed({ name }: RunCommand, ...names: readonly string[]): boolean {
  return names.includes(name);
}

/** Absolute paths that a word may mean: one for each folder that the command may run in. */
export function pathsOf(text: string, command: RunCommand, places: PathPlaces): readonly string[] {
  const path = text.trim().replace(/^~(?=\/|$)/, () => places.userHome)
    .replace(/^~(\w[\w.-]*)/, (_, user: string) => join(places.userHome, "..", user));
  if (path.startsWith("/")) return [trimSlash(normalize(path))];
  return command.shell.folders.map((folder) => trimSlash(resolve(folder, path)));
}

function trimSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}

/** Commands of a pipeline that are looked at on either side of one. */
const NEARBY_MAX = 8;

/** The commands of the same pipeline that stand next to one, without itself. */
export function nearbyCommands({ pipeline, index }: ShellCommand): readonly ShellCommand[] {
  const before = pipeline.slice(Math.max(0, index - NEARBY_MAX), index);
  return [...before, ...pipeline.slice(index + 1, index + 1 + NEARBY_MAX)];
}
