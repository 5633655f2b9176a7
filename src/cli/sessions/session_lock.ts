import { join } from "node:path";
import type { HomePaths } from "../../config/paths.ts";
import { HermesError } from "../../errors.ts";
import { acquireLock, type LockHolder } from "../../runtime/lock_file.ts";
import type { SessionKey } from "../../sessions/session_store.ts";

/** Another process has a conversation open, and may write into it. */
export class SessionBusyError extends HermesError {
  override readonly name = "SessionBusyError";
  override readonly code = "sessions.busy";

  constructor(title: string, { pid, description }: LockHolder) {
    super(`Cannot open "${title}": ${description} has it open (process ${pid})`, {
      hint: "Leave it there first, or take another conversation.",
    });
  }
}

/** What a lock is about. */
export interface LockedSession {
  readonly key: SessionKey;
  /** What people know it by. */
  readonly title: string;
}

/**
 * Keeps a conversation of the terminal to this process. Gives what ends that.
 * @throws SessionBusyError while another process has it.
 */
export async function lockSession(
  { key, title }: LockedSession,
  { terminalLocksFolder }: Pick<HomePaths, "terminalLocksFolder">,
): Promise<() => Promise<void>> {
  const name = encodeURIComponent(key.slice(key.lastIndexOf(":") + 1));
  const path = join(terminalLocksFolder, `${name}.lock`);
  const lock = await acquireLock(path, { description: "another hermes" });
  if (lock.kind === "held") throw new SessionBusyError(title, lock.by);
  return lock.release;
}
