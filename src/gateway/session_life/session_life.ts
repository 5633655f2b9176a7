import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";
import type { SessionKey, SessionStore } from "../../sessions/session_store.ts";
import { dueReset, type ResetPolicy } from "./due_reset.ts";

export interface SessionLifeDeps {
  readonly sessions: SessionStore;
  readonly policy: ResetPolicy;
  /** Whether people are told that a conversation began anew by itself. */
  readonly notifies: boolean;
  /** Lets go of all that is kept for a session beside its transcript: folders, grants, lists. */
  readonly forget: (key: SessionKey) => Promise<void>;
  /** How many programs run in the background for a session. */
  readonly jobsOf: (key: SessionKey) => number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Begins, ends and changes the session that a conversation has at the moment. */
export class SessionLife {
  readonly #deps: SessionLifeDeps;

  constructor(deps: SessionLifeDeps) {
    this.#deps = deps;
  }

  /** Ends the session: the next message begins another. No turn of it may run. */
  async reset(key: SessionKey): Promise<void> {
    await this.#deps.sessions.reset(key);
    await this.#deps.forget(key);
  }

  /** Makes an earlier session the one of `key`. No turn may run in either. False when there is none. */
  async resume(key: SessionKey, id: string): Promise<boolean> {
    if (!await this.#deps.sessions.resume(key, id)) return false;
    await this.#deps.forget(key);
    return true;
  }

  jobsOf(key: SessionKey): number {
    return this.#deps.jobsOf(key);
  }

  /**
   * Ends a session that nobody has used for long enough. Looked at when somebody comes back: it costs
   * the same however many sessions there are.
   *
   * @returns what to tell the person, if anything.
   */
  async resetWhenDue(key: SessionKey): Promise<string | undefined> {
    const { sessions, policy, notifies, clock, log } = this.#deps;
    if (policy.mode === "none") return undefined;
    const lastUsedAtMs = await sessions.lastUsedAtMs(key);
    if (lastUsedAtMs === undefined) return undefined;
    const why = dueReset({ lastUsedAtMs, nowMs: clock.nowMs() }, policy);
    if (why === undefined || this.jobsOf(key) > 0) return undefined;
    await this.reset(key);
    log("info", "session.reset", { session: key, why });
    return notifies ? RESET_NOTES[why] : undefined;
  }
}

const RESET_NOTES = {
  idle: "_(It was quiet here for long, so I begin a new conversation. `!resume 1` goes back.)_",
  daily: "_(A new day, so I begin a new conversation. `!resume 1` goes back.)_",
} as const;
