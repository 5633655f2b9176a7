import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import manifest from "../deno.json" with { type: "json" };
import { buildArchives, type BuildProgram } from "./build_archives.ts";
import type { Target } from "./build_targets.ts";

export interface Release {
  /** Where its files will be found: the folders `latest` and `download` are below. */
  readonly baseUrl: string;
  readonly targets: readonly Target[];
  /** What is new, in Markdown. */
  readonly notes: string;
}

/** What stands beside the archives, and again below `latest`, where it is looked for first. */
const SMALL_FILES = ["SHA256SUMS", "install.sh", "RELEASE_NOTES.md"];

/**
 * Leaves in `folder`, and nothing else, what has to be found below the base address. The layout is
 * that of the releases of GitHub, to which the files of `download/v*` can be uploaded as they are; a
 * web server can serve the folder itself.
 */
export async function makeRelease(
  { baseUrl, targets, notes }: Release,
  folder: string,
  build: BuildProgram,
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const versionFolder = join(folder, "download", `v${manifest.version}`);
  const latestFolder = join(folder, "latest", "download");
  await mkdir(versionFolder, { recursive: true });
  await mkdir(latestFolder, { recursive: true });

  console.log(`\n${await buildArchives(targets, versionFolder, build)}`);
  const script = await readFile(join("scripts", "install.sh"), "utf8");
  await writeFile(join(versionFolder, "install.sh"), nameReleases(script, baseUrl));
  await writeFile(join(versionFolder, "RELEASE_NOTES.md"), `${notes}\n`);
  for (const name of SMALL_FILES) {
    await copyFile(join(versionFolder, name), join(latestFolder, name));
  }
}

const PLACE = "RELEASES_URL=''";

function nameReleases(script: string, baseUrl: string): string {
  if (script.split(PLACE).length !== 2) throw new Error(`install.sh has no line ${PLACE}`);
  return script.replace(PLACE, `RELEASES_URL='${baseUrl}'`);
}
