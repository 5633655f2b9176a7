import { randomBytes } from "node:crypto";
import { link, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readTextFile } from "./atomic_file.ts";
import { FileError, systemCodeOf } from "./file_error.ts";
import { isRunning, ownProcessId, type ProcessId } from "./process_id.ts";

export type LockResult =
  | { readonly kind: "acquired"; readonly release: () => Promise<void> }
  | { readonly kind: "held"; readonly by: LockHolder };

/** Who holds a lock: a process that runs, and what it said of itself. */
export interface LockHolder extends ProcessId {
  /** When the lock was taken, in milliseconds since 1970-01-01 UTC. */
  readonly startedAtMs: number;
  readonly description: string;
}

/** What a lock file holds. */
interface LockRecord extends LockHolder {
  /** Tells this lock from an earlier or later one of the same process. */
  readonly id: string;
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
    const holder = await readLockHolder(path);
    if (holder !== undefined) return { kind: "held", by: holder };
    const record = await ownRecord(owner.description);
    await replace(path, JSON.stringify(record));
    return { kind: "acquired", release: () => release(path, record.id) };
  });
}

const WAIT_POLL_MS = 20;

/** As `acquireLock`, and waits up to `msMax` for whoever holds it to be done. */
export async function waitForLock(
  path: string,
  owner: { readonly description: string },
  { msMax }: { readonly msMax: number },
): Promise<LockResult> {
  const endMs = Date.now() + msMax;
  for (;;) {
    const lock = await acquireLock(path, owner);
    if (lock.kind === "acquired" || Date.now() >= endMs) return lock;
    await delay(WAIT_POLL_MS);
  }
}

/** The process that holds the lock now; `undefined` when nobody does. Throws a `FileError`. */
export async function readLockHolder(path: string): Promise<LockHolder | undefined> {
  const record = parseRecord(await readTextFile(path));
  if (record === undefined || !await isRunning(record)) return undefined;
  const { id: _, ...holder } = record;
  return holder;
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
      if (await isAbandoned(guard)) await removeAbandoned(guard);
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

/**
 * Another process may have done the same a moment ago, so that what stands there now is the guard of
 * its work: this one is put back.
 */
async function removeAbandoned(guard: string): Promise<void> {
  const aside = `${guard}.${randomBytes(6).toString("hex")}`;
  try {
    await rename(guard, aside);
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return; // The other one was quicker.
    throw error;
  }
  try {
    if (!await isAbandoned(aside)) await link(aside, guard).catch(() => {}); // A third was quicker.
  } finally {
    await rm(aside, { force: true });
  }
}

/** A lock that we cannot read protects nothing: `undefined`. */
function parseRecord(text: string | undefined): LockRecord | undefined {
  try {
    const value = JSON.parse(text ?? "null");
    const isRecord = Number.isInteger(value?.pid) && value.pid > 0 &&
      typeof value.startedAtMs === "number" &&
      typeof value.description === "string" && typeof value.id === "string";
    return isRecord ? value : undefined;
  } catch {
    return undefined; // Files are replaced at once, so this was never one of ours.
  }
}

async function ownRecord(description: string): Promise<LockRecord> {
  const id = randomBytes(12).toString("hex");
  return { ...await ownProcessId(), startedAtMs: Date.now(), description, id };
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
