import { asNumber, asObject, asText } from "../../mattermost/decode.ts";
import type { Place } from "./find_place.ts";
import type { Target } from "./target.ts";

/** A message that answers nothing. */
export interface Outgoing {
  /**
   * Names this message for good: given again with the same id, also after a crash, it is the same
   * one, and nothing is posted twice.
   */
  readonly id: string;
  readonly target: Target;
  /** Markdown of any length, without secrets. */
  readonly text: string;
  /** Absolute paths of files to post with it. */
  readonly files: readonly string[];
  /** `may_wait`: in quiet hours it waits for their end. */
  readonly urgency: "now" | "may_wait";
  /** Where it comes from, for those who read the conversation later, e.g. `the job "Backup"`. */
  readonly about?: string;
  /** After this time it is dropped without a word; without it after a day, with a note. */
  readonly validForMs?: number;
  /** Messages that waited for the end of the quiet hours, whose texts are in this one. */
  readonly holds?: readonly string[];
  /** Hermes did not write the text, so it may hold anything. */
  readonly isForeign?: boolean;
  /** A person wrote it who wants `@channel` in it to notify the channel. */
  readonly notifies?: boolean;
  /** The conversation that knows of it already. */
  readonly toldTo?: string;
}

/** A message in the outbox, as its file holds it. */
export interface OutboxEntry extends Outgoing {
  readonly queuedAtMs: number;
  readonly state: EntryState;
}

export type EntryState =
  /** `place` is there as soon as something of it may be on the server: there it is finished. */
  | { readonly kind: "waiting"; readonly place?: Place }
  | {
    readonly kind: "delivered";
    readonly place: Place;
    readonly postIds: readonly [string, ...string[]];
    readonly problems: readonly string[];
    readonly atMs: number;
    /** Conversations that know of it. */
    readonly toldTo: readonly string[];
  }
  /** `reason` goes on after a colon. */
  | { readonly kind: "failed"; readonly reason: string; readonly atMs: number };

/** Longest text of a message, in characters. */
export const TEXT_CHARS_MAX = 1_000_000;

/** What a file of the outbox holds; `undefined` for what is none. */
export function decodeEntry(value: unknown): OutboxEntry | undefined {
  const entry = asObject(value);
  const target = decodeTarget(entry?.target);
  const state = decodeState(entry?.state);
  const queuedAtMs = asNumber(entry?.queuedAtMs);
  const id = asText(entry?.id);
  if (entry === undefined || target === undefined || state === undefined) return undefined;
  if (queuedAtMs === undefined || id === "" || typeof entry.text !== "string") return undefined;
  const about = asText(entry.about);
  const toldTo = asText(entry.toldTo);
  const validForMs = asNumber(entry.validForMs);
  const holds = texts(entry.holds);
  return {
    id,
    target,
    text: entry.text,
    files: texts(entry.files),
    urgency: entry.urgency === "may_wait" ? "may_wait" : "now",
    ...(about === "" ? {} : { about }),
    ...(validForMs === undefined ? {} : { validForMs }),
    ...(holds.length === 0 ? {} : { holds }),
    ...(entry.isForeign === true ? { isForeign: true } : {}),
    ...(entry.notifies === true ? { notifies: true } : {}),
    ...(toldTo === "" ? {} : { toldTo }),
    queuedAtMs,
    state,
  };
}

function decodeTarget(value: unknown): Target | undefined {
  const target = asObject(value);
  switch (target?.kind) {
    case "home":
    case "origin":
      return { kind: target.kind };
    case "channel": {
      const threadId = asText(target.threadId) || undefined;
      const channel = asText(target.channel);
      return channel === "" ? undefined : { kind: "channel", channel, threadId };
    }
    case "person": {
      const username = asText(target.username);
      return username === "" ? undefined : { kind: "person", username };
    }
    case "post": {
      const postId = asText(target.postId);
      return postId === "" ? undefined : { kind: "post", postId };
    }
    default:
      return undefined;
  }
}

function decodeState(value: unknown): EntryState | undefined {
  const state = asObject(value);
  const place = decodePlace(state?.place);
  const atMs = asNumber(state?.atMs) ?? 0;
  switch (state?.kind) {
    case "waiting":
      return place === undefined ? { kind: "waiting" } : { kind: "waiting", place };
    case "failed":
      return { kind: "failed", reason: asText(state.reason), atMs };
    case "delivered": {
      const [first, ...rest] = texts(state.postIds);
      if (first === undefined || place === undefined) return undefined;
      const problems = texts(state.problems);
      const toldTo = texts(state.toldTo);
      return { kind: "delivered", place, postIds: [first, ...rest], problems, atMs, toldTo };
    }
    default:
      return undefined;
  }
}

function decodePlace(value: unknown): Place | undefined {
  const place = asObject(value);
  const channelId = asText(place?.channelId);
  if (place === undefined || channelId === "") return undefined;
  const { rootId, isDirect, label } = place;
  return {
    channelId,
    rootId: asText(rootId),
    isDirect: isDirect === true,
    label: asText(label),
  };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
