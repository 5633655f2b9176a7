import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { readTextFile } from "./atomic_file.ts";
import { FileError, systemCodeOf } from "./file_error.ts";

export type LockResult =
  | { readonly kind: "acquired"; readonly release: () => Promise<void> }
  | { readonly kind: "held"; readonly by: LockHolder };

export interface LockHolder {
  readonly pid: number;
  /** When the lock was taken, in milliseconds since 1970-01-01 UTC. */
  readonly startedAtMs: number;
  readonly description: string;
}

/** What a lock file holds. */
interface LockRecord extends LockHolder {
  /** Tells this lock from an earlier or later one of the same process. */
  readonly id: string;
  /** Tells the process from a later one with the same pid; absent where the system does not say. */
  readonly process?: string;
}

/**
 * Takes the lock at `path` for this process, or says who holds it. The lock of a process that has
 * died is taken over. It holds between the processes of one machine, not between machines that share
 * a folder. Throws a `FileError`.
 */
export async function acquireLock(
  path: string,
  owner: { readonly description: string },
): Promise<LockResult> {
  return await guarded(path, async () => {
    const holder = parseRecord(await readTextFile(path));
    if (holder !== undefined && await isAlive(holder)) {
      return { kind: "held", by: toHolder(holder) };
    }
    const record = await ownRecord(owner.description);
    await replace(path, JSON.stringify(record));
    return { kind: "acquired", release: () => release(path, record.id) };
  });
}

/** A guard that is older belongs to a process that died: the work under it takes milliseconds. */
const GUARD_MS_MAX = 10_000;
const GUARD_POLL_MS = 10;

/** Runs `work` while no other process looks at the lock or changes it. */
async function guarded<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const guard = `${path}.guard`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    while (!await tryCreate(guard)) {
      if (await isAbandoned(guard)) await rm(guard, { force: true });
      await delay(GUARD_POLL_MS);
    }
    try {
      return await work();
    } finally {
      await rm(guard, { force: true });
    }
  } catch (error) {
    throw error instanceof FileError ? error : new FileError("lock", path, error);
  }
}

async function tryCreate(path: string): Promise<boolean> {
  try {
    await writeFile(path, "", { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (systemCodeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function isAbandoned(guard: string): Promise<boolean> {
  const modifiedMs = (await stat(guard).catch(() => undefined))?.mtimeMs;
  if (modifiedMs === undefined) return false; // Gone meanwhile.
  return Math.abs(Date.now() - modifiedMs) > GUARD_MS_MAX; // A time far ahead is a wrong clock's.
}

/** A lock that we cannot read protects nothing: `undefined`. */
function parseRecord(text: string | undefined): LockRecord | undefined {
  try {
    const value = JSON.parse(text ?? "null");
    const isRecord = Number.isInteger(value?.pid) && typeof value.startedAtMs === "number" &&
      typeof value.description === "string" && typeof value.id === "string";
    return isRecord ? value : undefined;
  } catch {
    return undefined; // Files are replaced at once, so this was never one of ours.
  }
}

async function isAlive(record: LockRecord): Promise<boolean> {
  try {
    process.kill(record.pid, 0);
  } catch (error) {
    if (systemCodeOf(error) !== "EPERM") return false; // EPERM: it lives, and belongs to another user.
  }
  const identity = await processIdentity(record.pid);
  return record.process === undefined || identity === undefined || record.process === identity;
}

/** Boot and start time of a process; `undefined` where there is no `/proc`. */
async function processIdentity(pid: number): Promise<string | undefined> {
  try {
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The name, in parentheses, may hold anything; the start time is the 20th field after it.
    const startTicks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return `${boot.trim()}/${startTicks}`;
  } catch {
    return undefined; // Not Linux, or the process has just ended: the next try will see that.
  }
}

function toHolder(record: LockRecord): LockHolder {
  return { pid: record.pid, startedAtMs: record.startedAtMs, description: record.description };
}

async function ownRecord(description: string): Promise<LockRecord> {
  const identity = await processIdentity(process.pid);
  return {
    pid: process.pid,
    startedAtMs: Date.now(),
    description,
    id: randomBytes(12).toString("hex"),
    ...(identity === undefined ? {} : { process: identity }),
  };
}

/** Without a sync, which could take longer than the guard lasts: a lock need not outlive the machine. */
async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.tmp`, text, { mode: 0o600 });
  await rename(`${path}.tmp`, path);
}

/** Leaves a lock alone that somebody else took after ours was removed by hand. */
async function release(path: string, id: string): Promise<void> {
  await guarded(path, async () => {
    if (parseRecord(await readTextFile(path))?.id === id) await rm(path, { force: true });
  });
}
