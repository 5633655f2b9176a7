import { accessSync, constants, realpathSync } from "node:fs";
import { delimiter, isAbsolute, resolve } from "node:path";
import process from "node:process";

/** What a process knows of the program that it runs. */
export interface ProcessFacts {
  /** The file that runs, without links. */
  readonly execPath: string;
  /** What was typed to start it. */
  readonly argv0: string;
  /** Where the code stands; inside of itself in a compiled program. */
  readonly script: string;
  readonly cwd: string;
  /** Where the shell looks for programs. */
  readonly searchPath: string;
}

/** Where a compiled program keeps its code, on Linux and macOS. Source: Bun 1.4, `process.argv[1]`. */
const COMPILED_ROOT = "/$bunfs/";

/**
 * The path by which this program can be started again: the link that leads to it, if it was started
 * by one, since an update may turn the link to another file. `undefined` when a runtime runs us from
 * source.
 */
export function ownProgram(facts: ProcessFacts = factsOfThisProcess()): string | undefined {
  if (!facts.script.startsWith(COMPILED_ROOT)) return undefined;
  const typed = facts.argv0.includes("/")
    ? [resolve(facts.cwd, facts.argv0)]
    : facts.searchPath.split(delimiter).filter(isAbsolute).map((dir) => resolve(dir, facts.argv0));
  return typed.find((path) => leadsTo(path, facts.execPath)) ?? facts.execPath;
}

function leadsTo(path: string, program: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return realpathSync(path) === realpathSync(program);
  } catch {
    return false; // Not there, or not for us: another path has to do.
  }
}

function factsOfThisProcess(): ProcessFacts {
  return {
    execPath: process.execPath,
    argv0: process.argv0,
    script: process.argv[1] ?? "",
    cwd: process.cwd(),
    searchPath: process.env.PATH ?? "",
  };
}
