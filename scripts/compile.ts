import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { BUN, runCommand } from "./run_command.ts";

const FLAGS = [
  "--compile",
  "--minify",
  "--sourcemap",
  // What is behind `import()` becomes a chunk that is read when it is first needed: `--version` then
  // costs what an empty program costs, however much the other commands import.
  "--format=esm",
  "--splitting",
  "--bytecode",
  // A compiled program would otherwise obey the .env and bunfig.toml of the folder it is started in.
  "--no-compile-autoload-dotenv",
  "--no-compile-autoload-bunfig",
];
const COMPILE_LIMIT_MS = 120_000;

/** Compiles `entry` into the executable `outFile`, which is there whole or not at all. */
export async function compile(
  entry: string,
  outFile: string,
  extraFlags: readonly string[] = [],
): Promise<boolean> {
  await mkdir(dirname(outFile), { recursive: true });
  await rm(outFile, { force: true });
  // Bun puts the source maps (which are in the executable too) beside it: they are not kept.
  const folder = await mkdtemp(join(dirname(outFile), ".compile-"));
  try {
    const made = join(folder, basename(outFile));
    const flags = [...FLAGS, ...extraFlags, `--outfile=${made}`];
    const command = [BUN, "build", ...flags, entry] as const;
    if (!await runCommand(command, COMPILE_LIMIT_MS, "ignore")) return false;
    await rename(made, outFile);
    return true;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
