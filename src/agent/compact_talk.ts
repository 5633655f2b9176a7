import type { SessionUsage } from "../sessions/session_store.ts";
import { estimateTokens } from "../transcript/estimate_tokens.ts";
import type { Message } from "../transcript/message.ts";
import { repairTranscript } from "../transcript/repair_transcript.ts";
import type { Talk, TalkDeps } from "./talk.ts";

/** How far an estimate of tokens may be off; no language takes more for its letters. */
const SCALE_MAX = 4;

export type CompactionEvent =
  /** From now on these messages stand for all that was said in the session. */
  | { readonly kind: "compacted"; readonly messages: readonly Message[] }
  | UsageEvent;

/** Calls of a model are over, and took this. */
export interface UsageEvent {
  readonly kind: "usage";
  readonly usage: SessionUsage;
}

/** Compacts what is said when the model's window is as full as it may be. */
export async function* compactWhenFull(
  talk: Talk,
  deps: TalkDeps,
  signal: AbortSignal,
): AsyncGenerator<CompactionEvent> {
  const share = deps.compaction?.triggerShare;
  if (share === undefined || talk.tokens < talk.triggerTokens(share)) return;
  yield* compactTalk(talk, { isForced: false }, deps, signal);
}

/** Makes what is said shorter. Gives false when there is nothing to gain. */
export async function* compactTalk(
  talk: Talk,
  { isForced }: { readonly isForced: boolean },
  { compaction }: TalkDeps,
  signal: AbortSignal,
): AsyncGenerator<CompactionEvent, boolean> {
  if (compaction === undefined) return false;
  const messages = repairTranscript(talk.messages);
  // The model's own count tells how far the estimate is off, as it is for Chinese.
  const scale = Math.max(1, talk.tokens / Math.max(1, estimateTokens(messages)));
  const compacted = await compaction.compactor.compact({
    sessionKey: talk.sessionKey,
    messages,
    triggerTokens: talk.triggerTokens(compaction.triggerShare) / Math.min(scale, SCALE_MAX),
    isForced,
  }, signal);
  if (compacted === undefined) return false;
  talk.replace(compacted.messages);
  yield { kind: "compacted", messages: compacted.messages };
  if (compacted.usage.calls > 0) yield { kind: "usage", usage: compacted.usage };
  return true;
}
