import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { HermesError } from "../../errors.ts";
import { acquireLock, type LockHolder } from "../../runtime/lock_file.ts";
import type { Secret } from "../../runtime/secret.ts";

/** Another gateway uses this home or this token: each message would be answered twice. */
export class AlreadyRunningError extends HermesError {
  override readonly name = "AlreadyRunningError";
  override readonly code = "gateway.already_running";

  constructor(what: string, holder: LockHolder) {
    const since = new Date(holder.startedAtMs).toISOString();
    super(
      `Cannot start: a gateway with ${what} is already running (${holder.description}, since ${since})`,
      { hint: `Stop it first: kill ${holder.pid}` },
    );
  }
}

/**
 * Takes this home and this token for this process. Gives back what releases both.
 * @throws AlreadyRunningError
 */
export async function takeGatewayLocks(
  owner: { readonly gatewayLockFile: string; readonly home: string; readonly token: Secret },
  environment: Readonly<Record<string, string | undefined>>,
): Promise<AsyncDisposable> {
  const description = `pid ${process.pid}, home ${owner.home}`;
  const places = [
    ["this home", owner.gatewayLockFile],
    ["this token", tokenLockFile(owner.token, environment)],
  ] as const;
  const releases: (() => Promise<void>)[] = [];
  const release = async () => {
    for (const one of releases.splice(0)) await one();
  };
  try {
    for (const [what, path] of places) {
      const lock = await acquireLock(path, { description });
      if (lock.kind === "held") throw new AlreadyRunningError(what, lock.by);
      releases.push(lock.release);
    }
  } catch (error) {
    await release();
    throw error;
  }
  return { [Symbol.asyncDispose]: release };
}

/** Held by the gateway that uses this token, whatever its home. */
export function tokenLockFile(
  token: Secret,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const digest = createHash("sha256").update(token.reveal()).digest("hex").slice(0, 16);
  return join(tokenLocksFolder(environment), `mattermost-${digest}.lock`);
}

/** Shared by all homes of this user; where the Python original keeps its own. */
function tokenLocksFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const { HERMES_GATEWAY_LOCK_DIR: own, XDG_STATE_HOME: state } = environment;
  return own || join(state || join(homedir(), ".local", "state"), "hermes", "gateway-locks");
}
