/**
 * `deno task build:all`: compiles hermes for every platform it runs on, from any of them, and leaves
 * one archive each and their SHA256SUMS in `dist/`. Needs the npm registry and `tar`.
 */

import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import manifest from "../deno.json" with { type: "json" };
import { fetchBunPackage } from "./bun_package.ts";
import { compile } from "./compile.ts";
import { ROOT_DIR, runCommand } from "./run_command.ts";

/**
 * `target` is what `bun build` calls the platform, `runtime` the npm package with its Bun. Baseline is
 * for processors without AVX2: Bun 1.4 runs on them as it is (its baseline packages hold the same
 * bytes), and the archives are there for scripts that ask for them by name.
 */
const TARGETS = [
  { name: "linux-x64", target: "bun-linux-x64", runtime: "bun-linux-x64" },
  {
    name: "linux-x64-baseline",
    target: "bun-linux-x64-baseline",
    runtime: "bun-linux-x64",
  },
  { name: "linux-arm64", target: "bun-linux-arm64", runtime: "bun-linux-aarch64" },
  { name: "linux-x64-musl", target: "bun-linux-x64-musl", runtime: "bun-linux-x64-musl" },
  {
    name: "linux-x64-musl-baseline",
    target: "bun-linux-x64-musl-baseline",
    runtime: "bun-linux-x64-musl",
  },
  { name: "linux-arm64-musl", target: "bun-linux-arm64-musl", runtime: "bun-linux-aarch64-musl" },
  { name: "darwin-x64", target: "bun-darwin-x64", runtime: "bun-darwin-x64" },
  { name: "darwin-arm64", target: "bun-darwin-arm64", runtime: "bun-darwin-aarch64" },
  // Experimental: no test has run on Windows.
  { name: "windows-x64", target: "bun-windows-x64", runtime: "bun-windows-x64" },
] as const;
type Target = typeof TARGETS[number];

const BUN_VERSION = manifest.imports.bun.slice("npm:bun@".length);
const DIST_DIR = "dist";
const CACHE_DIR = join(DIST_DIR, ".cache");
const TAR_LIMIT_MS = 120_000;

process.chdir(ROOT_DIR);
const sums: string[] = [];
for (const [index, target] of TARGETS.entries()) {
  console.log(`\n[${index + 1}/${TARGETS.length}] ${target.name}`);
  sums.push(await buildArchive(target));
}
await writeFile(join(DIST_DIR, "SHA256SUMS"), sums.join(""));
console.log(`\n${sums.join("")}`);

/** Makes the archive of one platform and gives its line for SHA256SUMS. */
async function buildArchive({ name, target, runtime }: Target): Promise<string> {
  const archive = `hermes-${manifest.version}-${name}.tar.gz`;
  const suffix = target.includes("windows") ? ".exe" : "";
  const runtimePackage = await fetchBunPackage(runtime, BUN_VERSION, CACHE_DIR);
  const folder = await mkdtemp(join(tmpdir(), "hermes-archive-"));
  try {
    await run("tar", "-xzf", runtimePackage, "-C", folder);
    const bun = join(folder, "package", "bin", `bun${suffix}`);
    const staged = join(folder, "archive");
    await mkdir(staged);
    const flags = [`--target=${target}`, `--compile-executable-path=${bun}`];
    const hermes = `hermes${suffix}`;
    if (!await compile("main.ts", join(staged, hermes), flags)) {
      throw new Error(`Cannot compile for ${name}: see above`);
    }
    for (const file of ["LICENSE", "README.md"]) await copyFile(file, join(staged, file));
    const path = join(DIST_DIR, archive);
    await run("tar", "-czf", path, "-C", staged, hermes, "LICENSE", "README.md");
    const sum = createHash("sha256").update(await readFile(path)).digest("hex");
    return `${sum}  ${archive}\n`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(...command: [string, ...string[]]): Promise<void> {
  if (!await runCommand(command, TAR_LIMIT_MS)) throw new Error(`${command[0]} failed: see above`);
}
