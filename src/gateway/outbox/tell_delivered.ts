import { defuseMarkers, markedBlock } from "../../agent/markers.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { SessionKey, SessionStore, StoredMessage } from "../../sessions/session_store.ts";
import { cutMiddle } from "../../transcript/cut_middle.ts";
import type { InboundMessage } from "../inbound.ts";
import type { Courier } from "./courier.ts";
import type { Delivered } from "./done_messages.ts";
import { deliveredNote } from "./outbox_texts.ts";

export interface TellDeliveredDeps {
  /** Without it nothing is posted unasked. */
  readonly courier?: Pick<Courier, "deliveredTo" | "noteTold"> | undefined;
  readonly sessions: SessionStore;
  readonly clock: Clock;
}

/** Of more, the newest are told. */
const TOLD_MAX = 3;
/** What is older is not what somebody answers. */
const TOLD_AGE_MS_MAX = 24 * 3_600_000;
const TEXT_CHARS_MAX = 4_000;
export const MESSAGES_A_POST = 2;

/**
 * Makes what Hermes posted unasked a part of the conversation in which somebody goes on from there:
 * before their message it stands in the session as something that Hermes said.
 *
 * @returns the ids of the posts that are told now; each has become `MESSAGES_A_POST` messages.
 */
export async function tellDelivered(
  message: InboundMessage,
  key: SessionKey,
  { clock, courier, sessions }: TellDeliveredDeps,
): Promise<ReadonlySet<string>> {
  const nowMs = clock.nowMs();
  const untold = (courier?.deliveredTo(message.channelId) ?? []).filter((entry) =>
    nowMs - entry.state.atMs < TOLD_AGE_MS_MAX && !entry.state.toldTo.includes(key) &&
    isReadHere(entry, message)
  ).slice(-TOLD_MAX);
  const told = new Set<string>();
  if (courier === undefined) return told;
  for (const entry of untold) {
    const [postId] = entry.state.postIds;
    const isThere = (await sessions.loadExchange(key, postId)).length > 0;
    if (!isThere) {
      await sessions.append(key, asSaid(entry));
      told.add(postId);
    }
    await courier.noteTold(entry, key);
  }
  return told;
}

/** A direct channel is one conversation; elsewhere a thread is one, and what is outside of any. */
function isReadHere({ state }: Delivered, { channelKind, rootId }: InboundMessage): boolean {
  if (channelKind === "dm") return true;
  const { place, postIds } = state;
  return place.rootId === rootId || (rootId !== "" && postIds.includes(rootId));
}

/** A session begins with a user's message, so one stands before what was posted. */
function asSaid({ about, isForeign, state, text }: Delivered): readonly StoredMessage[] {
  const { atMs, postIds: [postId] } = state;
  const posted = cutMiddle(text, TEXT_CHARS_MAX, "the post");
  const note = deliveredNote(about);
  const block = markedBlock("untrusted", defuseMarkers(posted));
  const [user, assistant] = isForeign === true
    ? [`${note}\n\n${block}`, "(Posted.)"]
    : [note, posted];
  return [
    { atMs, message: { role: "user", text: user }, postId },
    { atMs, message: { role: "assistant", text: assistant, toolCalls: [] } },
  ];
}
