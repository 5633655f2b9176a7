import type { Cost, Message, Usage } from "../transcript/message.ts";

/** Names one conversation, e.g. `agent:main:mattermost:dm:<channel id>`. */
export type SessionKey = string & { readonly brand: unique symbol };

/** A message as it is kept: with the time it was added and, for a user's, who said it where. */
export interface StoredMessage {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly atMs: number;
  readonly message: Message;
  /** Post that the message came from, if one did. */
  readonly postId?: string;
  /** Who said it, of a user's message. Whoever spoke in a session may find it again. */
  readonly personId?: string;
}

export interface SessionSummary {
  readonly key: SessionKey;
  /** `YYYYMMDD_HHMMSS_<8 hex>`, also the file's name. */
  readonly id: string;
  readonly createdAtMs: number;
  /** What people know it by; missing until somebody named it. */
  readonly title?: string;
  /** What people chose for it; missing while the settings hold. */
  readonly choices?: SessionChoices;
}

/** What people chose for a session in place of the settings. It ends with the session. */
export interface SessionChoices {
  readonly model?: string;
  /** Whose model that is; missing for the provider of the settings. */
  readonly provider?: string;
  readonly reasoningEffort?: string;
  readonly showsReasoning?: boolean;
  /** What is shown of tools while they run. */
  readonly toolProgress?: string;
}

/** A session among others: the current one of its key, or one that has ended. */
export interface KnownSession extends SessionSummary {
  readonly isCurrent: boolean;
}

/** A message in a session that a person may want to take back. */
export interface SaidPost {
  readonly postId: string;
  readonly text: string;
}

/** The system prompt of a session, kept so that the model reads the same bytes on every call. */
export interface SessionPrompt {
  readonly text: string;
  /**
   * What it was made of that may change while the session lasts, e.g. the model's id, in the words of
   * whoever made it: with another basis it has to be made anew.
   */
  readonly basis: string;
}

/** What model calls of a session took. */
export interface SessionUsage {
  readonly calls: number;
  readonly tokens: Usage;
  readonly cost: Cost;
  /**
   * Tokens of the newest call that the session's own transcript went into, input and output: how full
   * the model's window is. 0 where there was none.
   */
  readonly contextTokens: number;
}

/** Where conversations are kept. Appending is durable; the cost does not grow with what is stored. */
export interface SessionStore {
  /**
   * The session's newest messages in order, at most about `charsMax` characters of them, beginning
   * with a user message; every tool call has its result. Empty for a session that does not exist.
   */
  load(key: SessionKey, options: { readonly charsMax: number }): Promise<readonly Message[]>;
  /**
   * What was said in answer to the message that came from this post, beginning with that message;
   * empty when the session does not hold it.
   */
  loadExchange(key: SessionKey, postId: string): Promise<readonly Message[]>;
  /** Adds messages, in order, as one: after it resolves, a crash loses none of them. */
  append(key: SessionKey, messages: readonly StoredMessage[]): Promise<void>;
  /**
   * Takes back the message that came from this post, and all that was added since: what is about to
   * be said again. Nothing happens when the session does not hold it.
   */
  rewind(key: SessionKey, postId: string): Promise<void>;
  /** The prompt that `keepPrompt` kept; `undefined` when the session has none. */
  promptOf(key: SessionKey): Promise<SessionPrompt | undefined>;
  /** Makes this the system prompt of the session, which begins with it if there is none yet. */
  keepPrompt(key: SessionKey, prompt: SessionPrompt): Promise<void>;
  /**
   * Makes these messages stand for all that the session holds, which stays in the file. The session
   * has no prompt then: it is to be made anew, with what is remembered by now.
   */
  compact(key: SessionKey, messages: readonly Message[]): Promise<void>;
  /** All that the session's model calls took together. */
  usageOf(key: SessionKey): Promise<SessionUsage>;
  /** Adds what further calls of the session took. */
  addUsage(key: SessionKey, usage: SessionUsage): Promise<void>;
  /** The facts of a session, or `undefined` before it began. */
  describe(key: SessionKey): Promise<SessionSummary | undefined>;
  /** When the current session last got a message; `undefined` for one that has none. */
  lastUsedAtMs(key: SessionKey): Promise<number | undefined>;
  /** What was said in posts and could be taken back by `rewind`, the oldest first. */
  saidPosts(key: SessionKey): Promise<readonly SaidPost[]>;
  /** Names the current session, which begins with that if there is none. */
  setTitle(key: SessionKey, title: string): Promise<void>;
  /** Makes this what is chosen for the current session, which begins with that if there is none. */
  choose(key: SessionKey, choices: SessionChoices): Promise<void>;
  /**
   * Ends the current session and goes on in a new one that begins with all that it holds. False when
   * there is none.
   */
  fork(key: SessionKey): Promise<boolean>;
  /** All sessions, those that have ended as well, the newest first. */
  known(): Promise<readonly KnownSession[]>;
  /**
   * Makes an earlier session the current one of `key`, in place of the one that is. A key that had it
   * is left without one. False when there is no session of this id.
   */
  resume(key: SessionKey, id: string): Promise<boolean>;
  /** Names a session, whether or not it has ended. False when there is none of this id. */
  rename(id: string, title: string): Promise<boolean>;
  /** Deletes sessions for good, whether or not they have ended. No work on them may be under way. */
  remove(ids: readonly string[]): Promise<void>;
  /** How many sessions are kept and have not ended. */
  count(): Promise<number>;
  /** Ends the current session of `key`: the next message starts an empty one. */
  reset(key: SessionKey): Promise<void>;
  close(): Promise<void>;
}
