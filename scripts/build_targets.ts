import { chmod, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import manifest from "../deno.json" with { type: "json" };
import { fetchBunPackage } from "./bun_package.ts";
import { compile } from "./compile.ts";
import { runCommand } from "./run_command.ts";

/**
 * Every platform that hermes is compiled for. `target` is what `bun build` calls it, `runtime` the npm
 * package with its Bun. Baseline is for processors without AVX2: Bun 1.4 runs on them as it is (its
 * baseline packages hold the same bytes), and the archives are there for scripts that ask for them by
 * name.
 */
export const TARGETS = [
  { name: "linux-x64", target: "bun-linux-x64", runtime: "bun-linux-x64" },
  { name: "linux-x64-baseline", target: "bun-linux-x64-baseline", runtime: "bun-linux-x64" },
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
export type Target = typeof TARGETS[number];

const BUN_VERSION = manifest.imports.bun.slice("npm:bun@".length);
const CACHE_DIR = join("dist", ".cache");
const TAR_LIMIT_MS = 120_000;

/** What the program is called on a platform. */
export function programName({ name }: Target): string {
  return name.startsWith("windows-") ? "hermes.exe" : "hermes";
}

/**
 * Compiles hermes for one platform, from any of them, into the file `path`. The Bun of the platform
 * comes from the npm registry, or from an earlier build.
 */
export async function buildTarget(
  target: Target,
  path: string,
  flags: readonly string[] = [],
): Promise<void> {
  const runtimePackage = await fetchBunPackage(target.runtime, BUN_VERSION, CACHE_DIR);
  const folder = await mkdtemp(join(dirname(path), ".bun-"));
  try {
    if (!await runCommand(["tar", "-xzf", runtimePackage, "-C", folder], TAR_LIMIT_MS)) {
      throw new Error("tar failed: see above");
    }
    const program = programName(target);
    const bun = join(folder, "package", "bin", program.replace("hermes", "bun"));
    const made = join(folder, program);
    const compileFlags = [
      `--target=${target.target}`,
      `--compile-executable-path=${bun}`,
      ...flags,
    ];
    if (!await compile("main.ts", made, compileFlags)) {
      throw new Error(`Cannot compile for ${target.name}: see above`);
    }
    await chmod(made, 0o755);
    await rename(made, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
