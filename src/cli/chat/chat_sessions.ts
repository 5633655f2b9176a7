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
  /** By a number in the list, an id or its beginning, or a title. */
  | { readonly kind: "named"; readonly name: string };

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

  /** @throws SessionBusyError, SessionIdError, NoConversationError */
  async open(wanted: WantedSession): Promise<OpenSession> {
    const { paths, random } = this.#deps;
    const found = await this.#find(wanted);
    const key = found?.history.summary.key ?? `agent:main:cli:${random.id()}` as SessionKey;
    const name = found?.name;
    const release = await lockSession({ key, title: name ?? "a new conversation" }, paths);
    const folder = paths.terminalSessionsFolder;
    // Opened now, so that it knows what other terminals have begun.
    const store = openJsonSessionStore({ ...this.#deps, folder });
    let closed: Promise<void> | undefined;
    return {
      key,
      store,
      ...(name !== undefined && { name }),
      close: () => closed ??= store.close().finally(release),
    };
  }

  /** The newest ones, the one that was used last first. */
  newest(limit: number): Promise<readonly KeptSession[]> {
    return this.#deps.kept.newest("cli", limit);
  }

  async #find(wanted: WantedSession): Promise<KeptSession | undefined> {
    switch (wanted.kind) {
      case "new":
        return undefined;
      case "newest": {
        const [newest] = await this.newest(1);
        if (newest === undefined) throw new NoConversationError();
        return newest;
      }
      case "named":
        return await this.#deps.kept.get(wanted.name, "cli");
      default:
        return wanted satisfies never;
    }
  }
}
