import type { KnownSession, SessionKey } from "../../sessions/session_store.ts";
import type { InboundMessage } from "../inbound.ts";

/**
 * The sessions that a person may see and go back to from here. Everywhere: those of this very
 * conversation. In a direct message also the person's own ones from other places; in a channel the
 * person's own ones of that channel, since everybody there reads the answer. Pure.
 */
export function visibleSessions(
  sessions: readonly KnownSession[],
  { channelId, channelKind, senderId }: InboundMessage,
  key: SessionKey,
): readonly KnownSession[] {
  const isDm = channelKind === "dm";
  return sessions.filter((session) => {
    if (session.key === key) return true;
    const place = placeOf(session.key);
    if (place === undefined) return false;
    if (place.kind === "dm") return isDm && place.channelId === channelId;
    return place.isOf(senderId) && (isDm || place.channelId === channelId);
  });
}

/** `undefined` for sessions that belong to no conversation, such as those of jobs. */
function placeOf(key: SessionKey) {
  const [agent, name, platform, kind, channelId, ...rest] = key.split(":");
  if (agent !== "agent" || name !== "main" || platform !== "mattermost") return undefined;
  if (channelId === undefined) return undefined;
  // What several people share ends in no person: the id of a thread is nobody's.
  return { kind, channelId, isOf: (personId: string) => rest.at(-1) === personId };
}
