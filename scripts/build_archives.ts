import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import manifest from "../deno.json" with { type: "json" };
import { programName, type Target } from "./build_targets.ts";
import { tarGz } from "./tar_archive.ts";

/** Puts the program for a platform at a path. */
export type BuildProgram = (target: Target, path: string) => Promise<void>;

/**
 * Leaves the archive of each platform in `folder`, which exists, and their SHA256SUMS, which it gives
 * back. The same programs give the same bytes.
 */
export async function buildArchives(
  targets: readonly Target[],
  folder: string,
  build: BuildProgram,
): Promise<string> {
  const sums: string[] = [];
  for (const [index, target] of targets.entries()) {
    console.log(`[${index + 1}/${targets.length}] ${target.name}`);
    const name = `hermes-${manifest.version}-${target.name}.tar.gz`;
    const archive = await buildArchive(target, folder, build);
    await writeFile(join(folder, name), archive);
    sums.push(`${createHash("sha256").update(archive).digest("hex")}  ${name}\n`);
  }
  const text = sums.join("");
  await writeFile(join(folder, "SHA256SUMS"), text);
  return text;
}

async function buildArchive(
  target: Target,
  folder: string,
  build: BuildProgram,
): Promise<Uint8Array> {
  const work = await mkdtemp(join(folder, ".archive-"));
  try {
    const program = join(work, programName(target));
    await build(target, program);
    return tarGz([
      { name: programName(target), mode: 0o755, bytes: await readFile(program) },
      { name: "LICENSE", mode: 0o644, bytes: await readFile("LICENSE") },
      { name: "README.md", mode: 0o644, bytes: await readFile("README.md") },
    ]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
