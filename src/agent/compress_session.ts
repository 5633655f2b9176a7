import type { ModelChain } from "../models/model_chain.ts";
import type { SessionKey, SessionStore } from "../sessions/session_store.ts";
import { estimateTokens } from "../transcript/estimate_tokens.ts";
import { compactionTrigger } from "./compaction_bounds.ts";
import type { Compacted, Compactor } from "./compactor.ts";

/** A session whose owner wants it shorter. */
export interface CompressionRequest {
  readonly sessionKey: SessionKey;
  /** Most characters of the session that are read. */
  readonly charsMax: number;
  /** What is to be kept above all. */
  readonly topic?: string | undefined;
}

export interface CompressionDeps {
  readonly sessions: SessionStore;
  readonly compactor: Compactor;
  readonly models: ModelChain;
  /** Which part of the model's window may be full. */
  readonly triggerShare: number;
}

export type CompressionOutcome =
  | {
    readonly kind: "compressed";
    readonly how: Compacted["how"];
    readonly tokensBefore: number;
    readonly tokensAfter: number;
  }
  | { readonly kind: "nothing_to_gain" };

/** Sums a session up because somebody asks for it. No turn of the session may run meanwhile. */
export async function compressSession(
  { sessionKey, charsMax, topic }: CompressionRequest,
  { sessions, compactor, models, triggerShare }: CompressionDeps,
  signal: AbortSignal,
): Promise<CompressionOutcome> {
  const messages = await sessions.load(sessionKey, { charsMax });
  const tokensBefore = estimateTokens(messages);
  const trigger = compactionTrigger(models.primary.contextTokensMax, triggerShare);
  // Of a session that is not full yet, a fifth stays as well.
  const triggerTokens = Math.min(trigger, tokensBefore);
  const input = { sessionKey, messages, triggerTokens, isForced: true, topic };
  const compacted = await compactor.compact(input, signal);
  if (compacted === undefined) return { kind: "nothing_to_gain" };
  await sessions.compact(sessionKey, compacted.messages);
  await sessions.addUsage(sessionKey, compacted.usage);
  const tokensAfter = estimateTokens(compacted.messages);
  return { kind: "compressed", how: compacted.how, tokensBefore, tokensAfter };
}
