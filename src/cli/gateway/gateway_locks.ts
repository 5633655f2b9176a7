import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { HermesError } from "../../errors.ts";
import { acquireLock, type LockHolder } from "../../runtime/lock_file.ts";
import type { Secret } from "../../runtime/secret.ts";
import { shellWord } from "../shell_word.ts";

/** Another gateway uses this home or this token: each message would be answered twice. */
export class AlreadyRunningError extends HermesError {
  override readonly name = "AlreadyRunningError";
  override readonly code = "gateway.already_running";

  readonly holder: LockHolder;

  constructor(what: "home" | "token", holder: LockHolder, home: string) {
    const { description: itsHome, pid, startedAtMs } = holder;
    const since = new Date(startedAtMs).toISOString();
    const stop = itsHome === home ? "" : `HERMES_HOME=${shellWord(itsHome)} `;
    super(
      `Cannot start: a gateway with this ${what} is already running (pid ${pid}, home ${itsHome}, since ${since})`,
      { hint: `Stop it with ${stop}hermes gateway stop, or start with --replace.` },
    );
    this.holder = holder;
  }
}

/** Who wants to run a gateway. */
export interface GatewayOwner {
  readonly gatewayLockFile: string;
  readonly home: string;
  readonly token: Secret;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Takes this home and this token for this process. Gives back what releases both. The locks say which
 * home it is: `LockHolder.description`.
 * @throws AlreadyRunningError
 */
export async function takeGatewayLocks(owner: GatewayOwner): Promise<AsyncDisposable> {
  const { environment, gatewayLockFile, home, token } = owner;
  const places = [
    ["home", gatewayLockFile],
    ["token", tokenLockFile(token, environment)],
  ] as const;
  const releases: (() => Promise<void>)[] = [];
  const release = async () => {
    for (const one of releases.splice(0)) await one();
  };
  try {
    for (const [what, path] of places) {
      const lock = await acquireLock(path, { description: home });
      if (lock.kind === "held") throw new AlreadyRunningError(what, lock.by, home);
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
