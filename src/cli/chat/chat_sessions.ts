import type { HomePaths } from "../../config/paths.ts";
import { HermesError } from "../../errors.ts";
import { openJsonSessionStore } from "../../sessions/json_session_store.ts";
import type { SessionKey, SessionStore } from "../../sessions/session_store.ts";
import type { Foundations } from "../compose.ts";
import type { KeptSession, KeptSessions } from "../sessions/kept_sessions.ts";
import { lockSession } from "../sessions/session_lock.ts";

/** Which conversation a terminal wants. */
export type WantedSession =
  | { readonly kind: "new" }
  | { readonly kind: "newest" }
  /** By a number in the list without the present one, an id or its beginning, or a title. */
  | { readonly kind: "named"; readonly name: string; readonly presentId?: string | undefined };

/** A conversation that this process alone may write. */
export interface OpenSession {
  readonly key: SessionKey;
  readonly store: SessionStore;
  /** What it is called; missing for a new one. */
  readonly name?: string;
  /** The second call does nothing. */
  close(): Promise<void>;
}

/** There is no conversation to go on with. */
export class NoConversationError extends HermesError {
  override readonly name = "NoConversationError";
  override readonly code = "chat.no_conversation";

  constructor() {
    super("Cannot go on with the newest conversation: there is none", {
      hint: "Leave the option out to begin one.",
    });
  }
}

export interface ChatSessionsDeps extends Foundations {
  readonly kept: KeptSessions;
  readonly paths: HomePaths;
}

/**
 * The conversations of the terminal. Each has a key of its own and is locked while it is open, so
 * several terminals share the folder.
 */
export class ChatSessions {
  readonly #deps: ChatSessionsDeps;

  constructor(deps: ChatSessionsDeps) {
    this.#deps = deps;
  }

  /** Opens what `find` has found, or begins one. @throws SessionBusyError */
  async open(found: KeptSession | undefined): Promise<OpenSession> {
    const { paths, random } = this.#deps;
    const key = found?.history.summary.key ?? `agent:main:cli:${random.id()}` as SessionKey;
    const name = found?.name;
    const release = await lockSession({ key, title: name ?? "a new conversation" }, paths);
    const folder = paths.terminalSessionsFolder;
    // Opened now, so that it knows what other terminals have begun.
    const store = openJsonSessionStore({ ...this.#deps, folder });
    let closed: Promise<void> | undefined;
    const close = () => closed ??= store.close().finally(release);
    try {
      // A copy that was made of it may be the current one of their key.
      if (found !== undefined) await store.resume(key, found.id);
    } catch (error) {
      await close();
      throw error;
    }
    return { key, store, ...(name !== undefined && { name }), close };
  }

  /** The newest ones but the present one, the one that was used last first. */
  async newest(limit: number, presentId?: string): Promise<readonly KeptSession[]> {
    const newest = await this.#deps.kept.newest("cli", limit + 1);
    return newest.filter(({ id }) => id !== presentId).slice(0, limit);
  }

  /** `undefined` for a new one. @throws SessionIdError, NoConversationError */
  async find(wanted: WantedSession): Promise<KeptSession | undefined> {
    switch (wanted.kind) {
      case "new":
        return undefined;
      case "newest": {
        const [newest] = await this.newest(1);
        if (newest === undefined) throw new NoConversationError();
        return newest;
      }
      case "named":
        return await this.#named(wanted.name, wanted.presentId);
      default:
        return wanted satisfies never;
    }
  }

  async #named(name: string, presentId: string | undefined): Promise<KeptSession> {
    const number = /^\d{1,3}$/.test(name) ? Number(name) : undefined;
    const listed = number === undefined
      ? undefined
      : (await this.newest(number, presentId)).at(number - 1);
    return listed ?? await this.#deps.kept.get(name, "cli");
  }
}
