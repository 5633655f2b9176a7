import { makeTitle } from "../../agent/make_title.ts";
import type { ModelClient } from "../../models/model_client.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";
import type { SessionKey, SessionStore } from "../../sessions/session_store.ts";
import { cleanTitle, titleOf } from "../../sessions/session_titles.ts";

export interface SessionTitlerDeps {
  readonly sessions: SessionStore;
  /** Makes the titles; without one they are the first words of what was said. */
  readonly model: ModelClient | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Titles that are being made at a time; more sessions keep their first words. */
const MAKING_MAX = 4;

/** Gives each session a title after its first exchange. Nobody waits for it, and it never fails. */
export class SessionTitler {
  readonly #deps: SessionTitlerDeps;
  readonly #closed = new AbortController();
  readonly #making = new Set<Promise<void>>();

  constructor(deps: SessionTitlerDeps) {
    this.#deps = deps;
  }

  /** An exchange of the session is done, which began with this. */
  note(key: SessionKey, said: { readonly postId: string; readonly text: string }): void {
    if (this.#closed.signal.aborted) return;
    const making = this.#title(key, said).catch((error) => {
      this.#deps.log("debug", "session.not_titled", { session: key, error: String(error) });
    }).finally(() => this.#making.delete(making));
    this.#making.add(making);
  }

  /** Waits for what is being made, after asking it to end. */
  async close(): Promise<void> {
    this.#closed.abort();
    await Promise.all(this.#making);
  }

  async #title(
    key: SessionKey,
    { postId, text }: { readonly postId: string; readonly text: string },
  ): Promise<void> {
    const { sessions, model, clock } = this.#deps;
    const session = await sessions.describe(key);
    if (session === undefined || session.title !== undefined) return;
    const plain = titleOf(text);
    if (plain !== "") await this.#set(key, plain);
    if (model === undefined || this.#making.size > MAKING_MAX) return;
    const exchange = await sessions.loadExchange(key, postId);
    const made = await makeTitle(exchange, { model, clock }, this.#closed.signal);
    const now = await sessions.describe(key);
    // Meanwhile somebody may have given it another, or begun anew.
    if (made === undefined || now?.id !== session.id || now.title !== (plain || undefined)) return;
    await this.#set(key, cleanTitle(made));
  }

  async #set(key: SessionKey, title: string): Promise<void> {
    await this.#deps.sessions.setTitle(key, title);
    this.#deps.log("debug", "session.titled", { session: key });
  }
}
