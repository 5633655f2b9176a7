import { lstat, mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { HermesError } from "../../errors.ts";
import { FileError, systemCodeOf } from "../../runtime/file_error.ts";
import { type DownloadDeps, downloadFile, downloadText, type Progress } from "./download.ts";
import { archiveUrl, findArchive, type ReleaseArchive, sumsUrl } from "./release_files.ts";
import { type ProgramPaths, replaceProgram } from "./replace_program.ts";
import { tryProgram } from "./try_program.ts";
import { unpackProgram } from "./unpack_program.ts";
import { UpdateError } from "./update_error.ts";

export interface ReleaseDeps extends DownloadDeps {
  /** The address of the releases. */
  readonly releases: string;
  readonly platform: string;
}

/** The archive of a version, or of the newest one. @throws UpdateError, NetworkError */
export async function findRelease(
  wanted: string | undefined,
  deps: ReleaseDeps,
  signal: AbortSignal,
): Promise<ReleaseArchive> {
  const url = sumsUrl(deps.releases, wanted);
  const archive = findArchive(await downloadText(url, deps, signal), deps.platform, wanted);
  if (archive !== undefined) return archive;
  throw new UpdateError(
    "not_found",
    `Cannot find hermes for ${deps.platform} in ${url}`,
    "Choose another version with --version.",
  );
}

/**
 * Downloads a version, verifies and tries it, and puts it in the place of the program. When something
 * fails, nothing has changed. @throws UpdateError, NetworkError, FileError
 */
export async function installRelease(
  archive: ReleaseArchive,
  paths: ProgramPaths,
  deps: ReleaseDeps & { readonly onProgress: (progress: Progress) => void },
  signal: AbortSignal,
): Promise<void> {
  await inFolderBeside(paths.program, async (folder) => {
    const download = join(folder, "archive.tar.gz");
    const fresh = join(folder, "hermes");
    const sha256 = await downloadFile(archiveUrl(deps.releases, archive), download, deps, signal);
    if (sha256 !== archive.sha256) throw damaged(archive, `its SHA-256 is not ${archive.sha256}`);
    const unpacked = await unpackProgram(download, "hermes", fresh);
    if (unpacked === "damaged") throw damaged(archive, "it cannot be unpacked");
    if (unpacked === "not_found") throw damaged(archive, "there is no hermes in it");
    const said = await tryProgram(fresh, `hermes ${archive.version}`, signal);
    if (said !== archive.version) throw damaged(archive, `its program says that it is "${said}"`);
    await replaceProgram(paths, { fresh, aside: join(folder, "aside") });
  });
}

/** Changes the places of the program and the previous one. Gives the version that is used now. */
export async function rollBack(paths: ProgramPaths, signal: AbortSignal): Promise<string> {
  if (!await lstat(paths.previous).then(() => true, () => false)) {
    throw new UpdateError(
      "no_previous",
      `Cannot go back: there is no ${paths.previous}`,
      "Choose a version with --version.",
    );
  }
  const version = await tryProgram(paths.previous, "the previous program", signal);
  await inFolderBeside(paths.program, async (folder) => {
    await replaceProgram(paths, { fresh: paths.previous, aside: join(folder, "aside") });
  });
  return version;
}

/** In the file system of the program, so that the last step is to rename a file. */
async function inFolderBeside(
  program: string,
  work: (folder: string) => Promise<void>,
): Promise<void> {
  let folder: string;
  try {
    folder = await mkdtemp(join(dirname(program), ".hermes-update-"));
  } catch (error) {
    throw cannotReplace(program, error);
  }
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function cannotReplace(program: string, error: unknown): HermesError {
  if (!["EACCES", "EPERM", "EROFS"].includes(systemCodeOf(error) ?? "")) {
    return new FileError("write", dirname(program), error);
  }
  return new UpdateError(
    "not_permitted",
    `Cannot replace ${program}: you may not write to its folder`,
    "Run this as the person who installed hermes, or with sudo.",
    error,
  );
}

function damaged({ name }: ReleaseArchive, reason: string): UpdateError {
  return new UpdateError("damaged", `Cannot use ${name}: ${reason}`, "Try it again.");
}
