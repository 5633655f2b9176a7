import { ModelError } from "../models/errors.ts";
import type { ModelClient } from "../models/model_client.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { NewestEntries } from "../runtime/newest_entries.ts";
import type { SessionKey, SessionUsage } from "../sessions/session_store.ts";
import { NO_SESSION_USAGE } from "../sessions/session_usage.ts";
import { estimateTokens } from "../transcript/estimate_tokens.ts";
import type { Message } from "../transcript/message.ts";
import { type Parts, partTranscript } from "./compaction_bounds.ts";
import { extractSummary } from "./extract_summary.ts";
import { shortenOlder } from "./shorten_older.ts";
import { summarize, type Summary } from "./summarize.ts";
import { readSummary, withSummary } from "./summary_message.ts";

/** A compaction that saves a smaller share is not worth the loss. */
const SAVING_MIN = 0.1;
/** Shortening alone is enough when it leaves so much room below the trigger. */
const SHORTENED_SHARE_MAX = 0.75;
/** After so many in a row that were not worth it, a session is left alone. */
const POOR_COMPACTIONS_MAX = 2;
/** Sessions that are remembered; the one unused for longest is forgotten first. */
const SESSIONS_MAX = 1_000;
/** How long no summary is asked for after a failure; longer when waiting does not help. */
const REST_MS = 60_000;
const REST_LONG_MS = 600_000;

export interface CompactorDeps {
  /** Whom to ask for a summary, in order. */
  readonly models: readonly ModelClient[];
  readonly clock: Clock;
  readonly log: Log;
  /** Takes secrets out, on the way to the model and back. */
  readonly redact: (text: string) => string;
  /** What a session has to do yet, to be told with the summary; `""` for nothing. */
  readonly unfinished: (sessionKey: SessionKey) => string;
  /** Tells that the model is not shown any more what the session has seen. */
  readonly onCompacted?: (sessionKey: SessionKey) => void;
}

export interface CompactionInput {
  readonly sessionKey: SessionKey;
  /** The whole transcript, valid as `repairTranscript` makes it. */
  readonly messages: readonly Message[];
  /**
   * From how many tokens on it is compacted, as `estimateTokens` counts them; about a fifth of it
   * stays as it is.
   */
  readonly triggerTokens: number;
  /** It has to become shorter: somebody asked, or the model does not take it. */
  readonly isForced: boolean;
  /** What is to be kept above all. */
  readonly topic?: string | undefined;
}

export interface Compacted {
  /** They stand for the whole transcript from now on. */
  readonly messages: readonly Message[];
  readonly how: "shortened" | "summarized" | "extracted";
  /** What the summary took. */
  readonly usage: SessionUsage;
}

/** Makes long transcripts shorter. One for all sessions. */
export class Compactor {
  readonly #deps: CompactorDeps;
  /** How many compactions in a row were not worth it. */
  readonly #poor = new NewestEntries<SessionKey, number>(SESSIONS_MAX);
  #restsUntilMs = 0;

  constructor(deps: CompactorDeps) {
    this.#deps = deps;
  }

  /**
   * First shortens what is old; where that is not enough, puts a summary in its place, by a model or,
   * when none gives one, an extract. `undefined` when there is nothing to gain.
   */
  async compact(input: CompactionInput, signal: AbortSignal): Promise<Compacted | undefined> {
    const { sessionKey, messages, isForced } = input;
    const poor = this.#poor.get(sessionKey) ?? 0;
    if (!isForced && poor >= POOR_COMPACTIONS_MAX) return undefined;
    const parts = partTranscript(messages, input.triggerTokens);
    const shortened = isForced ? undefined : this.#shorten(input, parts);
    const compacted = shortened ?? await this.#sumUp(input, parts, signal);
    const saving = compacted === undefined ? 0 : savingOf(messages, compacted.messages);
    const isPoor = saving < SAVING_MIN;
    this.#poor.put(sessionKey, isPoor ? poor + 1 : 0);
    this.#deps.log("info", "session.compacted", {
      session: sessionKey,
      how: compacted?.how ?? "not",
      tokens: estimateTokens(messages),
      saving: Math.round(saving * 100) / 100,
    });
    if (isPoor && !(isForced && saving > 0)) return undefined;
    this.#deps.onCompacted?.(sessionKey);
    return compacted;
  }

  /** Without a model. `undefined` when that is not enough. */
  #shorten(input: CompactionInput, { tail }: Parts): Compacted | undefined {
    const { messages, triggerTokens } = input;
    const currentFrom = messages.findLastIndex(({ role }) => role === "user");
    const tailStart = messages.length - tail.length;
    const older = shortenOlder(messages.slice(0, tailStart), currentFrom);
    const shorter = [...older, ...tail];
    const isEnough = savingOf(messages, shorter) >= SAVING_MIN &&
      estimateTokens(shorter) <= triggerTokens * SHORTENED_SHARE_MAX;
    return isEnough ? { messages: shorter, how: "shortened", usage: NO_SESSION_USAGE } : undefined;
  }

  async #sumUp(
    { sessionKey, topic }: CompactionInput,
    { summary, older, newest, tail }: Parts,
    signal: AbortSignal,
  ): Promise<Compacted | undefined> {
    if (older.length === 0) return undefined;
    const { redact, unfinished } = this.#deps;
    const before = summary === undefined ? undefined : readSummary(summary);
    const messages = older.map((message) => redacted(message, redact));
    const input = { before, messages, newest: newest && redact(newest.text), topic };
    const made = await this.#askForSummary(input, signal);
    const text = redact(made?.text ?? extractSummary(before, messages));
    const todo = unfinished(sessionKey);
    const whole = todo === "" ? text : `${text}\n\n## Steps that are not done\n${todo}`;
    return {
      messages: withSummary(whole, newest === undefined ? tail : [newest, ...tail]),
      how: made === undefined ? "extracted" : "summarized",
      usage: made?.usage ?? NO_SESSION_USAGE,
    };
  }

  /** `undefined` when no model gives one. */
  async #askForSummary(
    input: Parameters<typeof summarize>[0],
    signal: AbortSignal,
  ): Promise<Summary | undefined> {
    const { models, clock, log } = this.#deps;
    if (clock.nowMs() < this.#restsUntilMs) return undefined;
    let restMs = REST_MS;
    for (const model of new Set(models)) {
      try {
        const summary = await summarize(input, { model, clock }, signal);
        if (summary !== undefined) return summary;
        log("warn", "summary.none", { model: model.modelId });
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        log("warn", "summary.failed", { model: model.modelId, code: error.code });
        if (!error.isRetryable) restMs = REST_LONG_MS;
      }
    }
    this.#restsUntilMs = clock.nowMs() + restMs;
    return undefined;
  }
}

/** The share of tokens that `after` needs less than `before`. */
function savingOf(before: readonly Message[], after: readonly Message[]): number {
  return 1 - estimateTokens(after) / Math.max(1, estimateTokens(before));
}

function redacted(message: Message, redact: (text: string) => string): Message {
  const text = redact(message.text);
  if (message.role !== "assistant") return { ...message, text };
  const toolCalls = message.toolCalls.map((call) => ({
    ...call,
    arguments: redact(JSON.stringify(call.arguments) ?? ""),
  }));
  return { role: "assistant", text, toolCalls };
}
