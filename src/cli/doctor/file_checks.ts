import { constants, type Stats } from "node:fs";
import { access, chmod, readdir, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readTextFile } from "../../runtime/atomic_file.ts";
import { FileError } from "../../runtime/file_error.ts";
import { isRunning } from "../../runtime/process_id.ts";
import { type Check, failure, ok, warning } from "./check.ts";
import type { DoctorInput } from "./doctor_input.ts";
import { formatBytes } from "./format_bytes.ts";

/** The rights of group and others in the mode of a file. */
const OTHERS_MASK = 0o077;
/** Below this a conversation may not be kept any more; below the second it is time to look. */
const DISK_BYTES_MIN = 100e6;
const DISK_BYTES_SCARCE = 1e9;
/** What the Python original keeps and this one does not read. */
const FILES_OF_THE_ORIGINAL: readonly string[] = ["state.db", "auth.json", "processes.json"];

/** The home, its `.env`, what the Python original left there, and the disk below. */
export async function checkFiles({ paths }: DoctorInput): Promise<readonly Check[]> {
  const { home, envFile, stateFolder } = paths;
  const facts = await statOf(home);
  if (facts === undefined) return await checkDisk(home);
  return [
    ...(facts.isDirectory() ? checkFolder(home, facts) : [notAFolder(home)]),
    ...await checkWritable([home, stateFolder]),
    ...await checkEnvFile(envFile),
    ...await checkOriginal(home),
    ...await checkDisk(home),
  ];
}

function notAFolder(home: string): Check {
  return failure("home", `${home} is not a folder`, "Move it away, or set HERMES_HOME.");
}

function checkFolder(home: string, facts: Stats): readonly Check[] {
  if ((facts.mode & OTHERS_MASK) === 0) return [ok("home", `${home} is for its owner alone`)];
  const message = `Other users of this machine can look into ${home}`;
  return [warning("home", message, `Run: chmod 700 ${home}`, { repair: chmodTo(0o700, home) })];
}

async function checkWritable(folders: readonly string[]): Promise<readonly Check[]> {
  const checks = await Promise.all(folders.map(async (folder) => {
    const isThere = await statOf(folder) !== undefined;
    const isWritable = await access(folder, constants.W_OK | constants.X_OK)
      .then(() => true, () => false);
    if (!isThere || isWritable) return [];
    const remedy = "Give the user that runs Hermes this folder, or set HERMES_HOME.";
    return [failure("home", `Hermes may not write to ${folder}`, remedy)];
  }));
  return checks.flat();
}

async function checkEnvFile(path: string): Promise<readonly Check[]> {
  const facts = await statOf(path);
  if (facts === undefined) return [];
  if ((facts.mode & OTHERS_MASK) === 0) return [ok("env-file", `${path} is for its owner alone`)];
  const message = `Other users of this machine can read ${path}, which holds the token`;
  return [warning("env-file", message, `Run: chmod 600 ${path}`, { repair: chmodTo(0o600, path) })];
}

function chmodTo(mode: number, path: string): () => Promise<string> {
  return async () => {
    await chmod(path, mode).catch((error) => {
      throw new FileError("write", path, error);
    });
    return `${path} is for its owner alone now`;
  };
}

/** Two programs on one home would answer every message twice. */
async function checkOriginal(home: string): Promise<readonly Check[]> {
  const name = "original";
  const pid = Number(
    /"pid":\s*(\d+)/.exec(await readTextFile(join(home, "gateway.pid")) ?? "")?.[1],
  );
  if (pid > 0 && await isRunning({ pid })) {
    const message = `The gateway of the Python original seems to run in this home (pid ${pid})`;
    return [warning(name, message, `Stop it, so that nobody is answered twice: kill ${pid}`)];
  }
  const names: string[] = await readdir(home).catch(() => []); // That it cannot be read is told already.
  const left = FILES_OF_THE_ORIGINAL.filter((file) => names.includes(file));
  if (left.length === 0) return [];
  return [ok(name, `Left by the Python original and not used here: ${left.join(", ")}`)];
}

async function checkDisk(home: string): Promise<readonly Check[]> {
  const folder = await nearestFolder(home);
  const disk = await statfs(folder).catch(() => undefined);
  if (disk === undefined) return []; // The system does not tell.
  const free = disk.bavail * disk.bsize;
  const message = `${formatBytes(free)} are free on the disk of ${folder}`;
  const remedy = "Free some space: conversations and the state are kept there.";
  if (free < DISK_BYTES_MIN) return [failure("disk", message, remedy)];
  return [free < DISK_BYTES_SCARCE ? warning("disk", message, remedy) : ok("disk", message)];
}

async function nearestFolder(path: string): Promise<string> {
  return await statOf(path) === undefined && path !== "/" ? nearestFolder(dirname(path)) : path;
}

/** `undefined` for what is not there, or not for us to see. */
async function statOf(path: string): Promise<Stats | undefined> {
  return await stat(path).catch(() => undefined);
}
