import { createHash, timingSafeEqual } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { readTextFile, writeFileAtomic } from "../../runtime/atomic_file.ts";
import type { Clock } from "../../runtime/clock.ts";
import { acquireLock } from "../../runtime/lock_file.ts";
import type { Random } from "../../runtime/random.ts";
import {
  type ApprovedPeople,
  decodeApproved,
  decodeAttempts,
  decodePending,
  NO_ATTEMPTS,
  type PendingRequest,
} from "./pairing_records.ts";
import { PairingFileError } from "./pairing_error.ts";

/** How long a code can be used. */
export const CODE_MS_MAX = 3_600_000;
/** People who may wait for their approval at a time. */
export const PENDING_MAX = 3;
/** How long somebody has to wait before asking again. */
export const ASK_INTERVAL_MS = 600_000;
/** Wrong codes before no code is taken any more. */
export const WRONG_CODES_MAX = 5;
export const LOCK_OUT_MS = 3_600_000;
/** Letters and digits that nobody takes for one another. */
const CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const CODE_LENGTH = 8;
const LOCK_WAIT_MS_MAX = 5_000;
const LOCK_POLL_MS = 20;

export interface PairingStoreDeps {
  /** `platforms/pairing` of the home, as the Python original has it. */
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** Somebody who is not let in. */
export interface Stranger {
  readonly userId: string;
  readonly userName: string;
}

export type PairingOffer =
  | { readonly kind: "code"; readonly code: string }
  /** Asked a moment ago. */
  | { readonly kind: "too_soon" }
  /** Too many others wait. */
  | { readonly kind: "full" };

export type ApprovalOutcome =
  | { readonly kind: "approved"; readonly person: Stranger }
  | { readonly kind: "unknown_code"; readonly triesLeft: number }
  | { readonly kind: "locked"; readonly untilMs: number };

/**
 * People who ask to be let in, and those who were. The gateway writes down who asks, the command line
 * who is approved; a lock keeps the two apart. Of a code only a salted hash is kept.
 */
export class PairingStore {
  readonly #deps: PairingStoreDeps;
  /** The last change of this process, so that only other processes have to be waited for. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: PairingStoreDeps) {
    this.#deps = deps;
  }

  /**
   * Makes a code for somebody, in place of their earlier one. Throws a `FileError`.
   *
   * @param options.renew Also when they asked a moment ago.
   */
  ask(stranger: Stranger, { renew = false } = {}): Promise<PairingOffer> {
    return this.#change(async () => {
      const nowMs = this.#deps.clock.nowMs();
      const all = await this.#pending();
      const own = all.find(({ userId }) => userId === stranger.userId);
      const isTooSoon = own !== undefined && nowMs - own.createdAtMs < ASK_INTERVAL_MS;
      if (isTooSoon && !renew) return { kind: "too_soon" };
      const others = all.filter((request) => request !== own);
      if (others.length >= PENDING_MAX) return { kind: "full" };
      const code = this.#code();
      const salt = this.#deps.random.id();
      const request = { ...stranger, salt, hash: hashOf(code, salt), createdAtMs: nowMs };
      await this.#writePending([...others, request]);
      return { kind: "code", code };
    });
  }

  /** Lets in whoever was given this code. Throws a `FileError`. */
  approve(code: string): Promise<ApprovalOutcome> {
    return this.#change(async () => {
      const nowMs = this.#deps.clock.nowMs();
      const attempts = decodeAttempts(await this.#read(ATTEMPTS_FILE));
      if (nowMs < attempts.lockedUntilMs) {
        return { kind: "locked", untilMs: attempts.lockedUntilMs };
      }
      const all = await this.#pending();
      const found = all.find((request) =>
        isSame(hashOf(normalize(code), request.salt), request.hash)
      );
      if (found === undefined) {
        const failures = attempts.failures + 1;
        const isLocked = failures >= WRONG_CODES_MAX;
        const lockedUntilMs = isLocked ? nowMs + LOCK_OUT_MS : 0;
        await this.#write(ATTEMPTS_FILE, { failures: isLocked ? 0 : failures, lockedUntilMs });
        return { kind: "unknown_code", triesLeft: WRONG_CODES_MAX - failures };
      }
      const { userId, userName } = found;
      const approved = await this.approved();
      await this.#writeApproved(
        new Map([...approved, [userId, { userName, approvedAtMs: nowMs }]]),
      );
      await this.#writePending(all.filter((request) => request !== found));
      await this.#write(ATTEMPTS_FILE, NO_ATTEMPTS);
      return { kind: "approved", person: { userId, userName } };
    });
  }

  /** Takes the approval of a person back, by id or name; `undefined` when there is none. */
  revoke(idOrName: string): Promise<Stranger | undefined> {
    return this.#change(async () => {
      const approved = await this.approved();
      const wanted = idOrName.replace(/^@/, "").toLowerCase();
      const found = [...approved].find(([userId, { userName }]) =>
        [userId, userName.toLowerCase()].includes(wanted)
      );
      if (found === undefined) return undefined;
      const [userId, { userName }] = found;
      await this.#writeApproved(new Map([...approved].filter(([id]) => id !== userId)));
      return { userId, userName };
    });
  }

  /** Forgets all who wait, and the wrong codes. Returns how many waited. */
  clearPending(): Promise<number> {
    return this.#change(async () => {
      const { length } = await this.#pending();
      await this.#writePending([]);
      await this.#write(ATTEMPTS_FILE, NO_ATTEMPTS);
      return length;
    });
  }

  /** Those who wait and whose codes can still be used, the oldest first. */
  async pending(): Promise<readonly Omit<PendingRequest, "hash" | "salt">[]> {
    return (await this.#pending()).map(({ userId, userName, createdAtMs }) => {
      return { userId, userName, createdAtMs };
    });
  }

  async approved(): Promise<ApprovedPeople> {
    const text = await readTextFile(approvedFile(this.#deps.folder));
    const approved = decodeApproved(text);
    // Writing over it would let nobody in any more.
    if (approved === undefined) throw new PairingFileError(approvedFile(this.#deps.folder));
    return approved;
  }

  async #pending(): Promise<readonly PendingRequest[]> {
    const nowMs = this.#deps.clock.nowMs();
    const all = decodePending(await this.#read(PENDING_FILE));
    return all.filter(({ createdAtMs }) => nowMs - createdAtMs < CODE_MS_MAX);
  }

  /** Each character is one of 32, by five bits of a hash of what nobody can guess. */
  #code(): string {
    const bytes = createHash("sha256").update(this.#deps.random.id()).digest();
    return [...bytes.subarray(0, CODE_LENGTH)].map((byte) => CODE_ALPHABET[byte & 31]).join("");
  }

  #read(name: string): Promise<string | undefined> {
    return readTextFile(join(this.#deps.folder, name));
  }

  #write(name: string, value: unknown): Promise<void> {
    const text = `${JSON.stringify(value, undefined, 2)}\n`;
    return writeFileAtomic(join(this.#deps.folder, name), text, { mode: 0o600 });
  }

  #writePending(requests: readonly PendingRequest[]): Promise<void> {
    const named = requests.map(({ userId, userName, hash, salt, createdAtMs }) => {
      return [userId, {
        user_name: userName,
        hash,
        salt,
        created_at: createdAtMs / 1_000,
      }] as const;
    });
    return this.#write(PENDING_FILE, Object.fromEntries(named));
  }

  #writeApproved(people: ApprovedPeople): Promise<void> {
    const named = [...people].map(([userId, { userName, approvedAtMs }]) => {
      return [userId, { user_name: userName, approved_at: approvedAtMs / 1_000 }] as const;
    });
    return this.#write(APPROVED_FILE, Object.fromEntries(named));
  }

  #change<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(() => this.#changeLocked(work));
    this.#last = done.catch(() => {}); // Whoever asked for it is told.
    return done;
  }

  async #changeLocked<T>(work: () => Promise<T>): Promise<T> {
    const { clock, folder } = this.#deps;
    const endMs = clock.nowMs() + LOCK_WAIT_MS_MAX;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (;;) {
      const lock = await acquireLock(join(folder, "mattermost.lock"), { description: "pairing" });
      if (lock.kind === "acquired") return await work().finally(lock.release);
      if (clock.nowMs() >= endMs) throw new PairingFileError(join(folder, "mattermost.lock"));
      await clock.sleep(LOCK_POLL_MS, new AbortController().signal);
    }
  }
}

const PENDING_FILE = "mattermost-pending.json";
const APPROVED_FILE = "mattermost-approved.json";
const ATTEMPTS_FILE = "mattermost-attempts.json";

/** Where those who were approved are written down. */
export function approvedFile(folder: string): string {
  return join(folder, APPROVED_FILE);
}

function normalize(code: string): string {
  return code.trim().toUpperCase();
}

function hashOf(code: string, salt: string): string {
  return createHash("sha256").update(`${salt}:${code}`).digest("hex");
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
