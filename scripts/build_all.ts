/**
 * `deno task build:all`: compiles hermes for every platform it runs on, from any of them, and leaves
 * one archive each and their SHA256SUMS in `dist/`. Needs the npm registry and `tar`.
 */

import { mkdir } from "node:fs/promises";
import process from "node:process";
import { buildArchives } from "./build_archives.ts";
import { buildTarget, TARGETS } from "./build_targets.ts";
import { ROOT_DIR } from "./run_command.ts";

process.chdir(ROOT_DIR);
await mkdir("dist", { recursive: true });
console.log(`\n${await buildArchives(TARGETS, "dist", buildTarget)}`);
