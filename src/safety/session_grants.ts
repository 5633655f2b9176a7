import { NewestEntries } from "../runtime/newest_entries.ts";

/** Sessions of which it is remembered what was allowed; of older ones it is asked anew. */
const SESSIONS_MAX = 1_000;

interface Grants {
  readonly patterns: Set<string>;
  isUnguarded: boolean;
}

/** What people have allowed: for one session, or for all from now on. It ends with the process. */
export class SessionGrants {
  readonly #always: Set<string>;
  readonly #sessions = new NewestEntries<string, Grants>(SESSIONS_MAX);

  /** @param always Patterns that the settings allow. */
  constructor(always: readonly string[]) {
    this.#always = new Set(always);
  }

  allow(sessionKey: string, patterns: readonly string[], scope: "session" | "always"): void {
    const allowed = scope === "always" ? this.#always : this.#grantsOf(sessionKey).patterns;
    for (const pattern of patterns) allowed.add(pattern);
  }

  isAllowed(sessionKey: string, pattern: string): boolean {
    return this.#always.has(pattern) ||
      this.#sessions.get(sessionKey)?.patterns.has(pattern) === true;
  }

  setUnguarded(sessionKey: string, isUnguarded: boolean): void {
    this.#grantsOf(sessionKey).isUnguarded = isUnguarded;
  }

  isUnguarded(sessionKey: string): boolean {
    return this.#sessions.get(sessionKey)?.isUnguarded === true;
  }

  forget(sessionKey: string): void {
    this.#sessions.delete(sessionKey);
  }

  #grantsOf(sessionKey: string): Grants {
    const grants = this.#sessions.get(sessionKey) ?? { patterns: new Set(), isUnguarded: false };
    this.#sessions.put(sessionKey, grants);
    return grants;
  }
}
