import { basename } from "node:path";
import { simpleCommands } from "./simple_commands.ts";

/** Codes that are no failure, or tell one by their number alone. */
const BY_PROGRAM: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  ...sameFor(["grep", "egrep", "fgrep", "rg", "ag", "pgrep", "git grep"], { 1: "nothing matched" }),
  ...sameFor(["diff", "cmp", "colordiff", "git diff"], { 1: "the files differ" }),
  ...sameFor(["test", "["], { 1: "the condition is false" }),
  ...sameFor(["which", "command", "type"], { 1: "there is no such program" }),
  find: { 1: "some folders could not be read" },
  timeout: { 124: "the time limit in the command was reached" },
  curl: {
    3: "the address is malformed",
    6: "the name of the host is unknown",
    7: "the connection was refused",
    22: "the server answered with an error",
    23: "the answer could not be written",
    28: "it took too long",
    35: "TLS could not be set up",
    47: "there were too many redirects",
    52: "the server answered nothing",
    56: "the connection broke",
    60: "the certificate is not trusted",
  },
};

/** What a shell says of any program. */
const BY_SHELL: Readonly<Record<number, string>> = {
  126: "the program may not be executed",
  127: "there is no such program",
  130: "it was interrupted",
  134: "it aborted",
  137: "it was killed, perhaps for want of memory",
  139: "it crashed",
  141: "its reader had gone, which is usual for head",
  143: "it was asked to end",
};

/** What the exit code of a command line means; `undefined` when it speaks for itself. */
export function exitMeaning(commandLine: string, code: number): string | undefined {
  const [name = "", action = ""] = simpleCommands(commandLine).at(-1)?.split(/\s+/) ?? [];
  const program = name === "git" ? `git ${action}` : basename(name);
  const own = Object.hasOwn(BY_PROGRAM, program) ? BY_PROGRAM[program]?.[code] : undefined;
  return own ?? BY_SHELL[code];
}

function sameFor<T>(programs: readonly string[], meaning: T): Record<string, T> {
  return Object.fromEntries(programs.map((program) => [program, meaning]));
}
