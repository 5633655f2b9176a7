/** `deno task build`: compiles `dist/hermes` for this machine. */

import { stat } from "node:fs/promises";
import process from "node:process";
import { compile } from "./compile.ts";
import { ROOT_DIR } from "./run_command.ts";

const BINARY = "dist/hermes";
const BYTES_PER_MB = 1_000_000;

process.chdir(ROOT_DIR);
if (await compile("main.ts", BINARY)) {
  const { size } = await stat(BINARY);
  console.log(`${BINARY}: ${Math.round(size / BYTES_PER_MB)} MB`);
} else {
  process.exitCode = 1;
}
