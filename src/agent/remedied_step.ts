import { ModelError } from "../models/errors.ts";
import { nextRemedy, type Remedy } from "../models/remedies.ts";
import { addSessionUsage, NO_SESSION_USAGE } from "../sessions/session_usage.ts";
import { type CompactionEvent, compactTalk } from "./compact_talk.ts";
import { runStep, type StepAnswer, type StepEvent, withUserText } from "./step.ts";
import type { Talk, TalkDeps } from "./talk.ts";

/** An answer with less room than this is not worth asking for. */
const OUTPUT_TOKENS_MIN = 256;
/** How often one step may be compacted because the model finds it too long. */
const COMPACTIONS_MAX = 3;
/** When a model does not say how much it reads, it is taken to be so much of what it refused. */
const REFUSED_SHARE = 0.8;

/**
 * As `runStep`, for what is said so far and, if there is one, a last `word` of ours. When the model
 * fails, what helps against that is tried, in the order of `REMEDIES`; what was streamed meanwhile is
 * void. When nothing helps, or `signal` aborts, the part that was streamed is yielded as a message
 * before the error is thrown, so that the next turn knows of it.
 */
export async function* runRemediedStep(
  talk: Talk,
  word: string | undefined,
  deps: TalkDeps,
  signal: AbortSignal,
): AsyncGenerator<StepEvent | CompactionEvent, StepAnswer> {
  const compactions = { left: COMPACTIONS_MAX };
  let usage = NO_SESSION_USAGE;
  for (;;) {
    const heard = { text: "" };
    if (deps.models.isBlind(talk.model)) talk.withoutImages = true;
    try {
      const request = word === undefined ? talk.request() : withUserText(talk.request(), word);
      const answer = yield* runStep(request, { model: talk.model, heard }, signal);
      usage = addSessionUsage(usage, answer.usage);
      const isGood = answer.message !== undefined && answer.finishReason !== "refused";
      const reason = answer.finishReason === "refused" ? "refused" : "empty";
      const isFinal = isGood || answer.finishReason === "length" || !fallBack(talk, reason, deps);
      if (isFinal) return { ...answer, usage };
      if (heard.text !== "") yield { kind: "restarted", reason };
    } catch (error) {
      const isRemedied = error instanceof ModelError && !signal.aborted &&
        (yield* remedy(error, talk, compactions, deps, signal));
      if (isRemedied && heard.text !== "") yield { kind: "restarted", reason: error.kind };
      if (isRemedied) continue;
      if (heard.text.trim() !== "") {
        yield {
          kind: "message",
          message: { role: "assistant", text: heard.text, toolCalls: [] },
        };
      }
      throw error;
    }
  }
}

/** Does the first thing that may help. Gives false when nothing is left to be tried. */
async function* remedy(
  failure: ModelError,
  talk: Talk,
  compactions: { left: number },
  deps: TalkDeps,
  signal: AbortSignal,
): AsyncGenerator<CompactionEvent, boolean> {
  deps.models.note(talk.model, failure);
  const tried = new Set<Remedy>(["retry"]); // That has been done where it is worth it.
  for (;;) {
    const next = nextRemedy(failure.kind, (each) => !tried.has(each));
    if (next === undefined) return false;
    tried.add(next);
    const { kind, limits } = failure;
    const helps = next === "fall_back"
      ? fallBack(talk, kind, deps)
      : next === "compact"
      ? yield* compactMore(talk, failure, compactions, deps, signal)
      : next === "shorten_output"
      ? shortenOutput(talk, limits.outputTokensMax)
      : next === "strip_images"
      ? stripImages(talk)
      : next === "strip_reasoning" && stripReasoning(talk);
    if (!helps) continue;
    deps.log("warn", "turn.remedy", { kind, remedy: next, model: talk.model.modelId });
    return true;
  }
}

function fallBack(talk: Talk, reason: string, { models, log }: TalkDeps): boolean {
  const failed = talk.model;
  const next = models.after(failed);
  if (next === undefined) return false;
  talk.use(next);
  log("warn", "turn.fallback", { reason, from: failed.modelId, to: next.modelId });
  return true;
}

function shortenOutput(talk: Talk, tokensMax: number | undefined): boolean {
  if (tokensMax === undefined || tokensMax < OUTPUT_TOKENS_MIN) return false;
  if (tokensMax >= (talk.outputTokensMax ?? Infinity)) return false;
  talk.outputTokensMax = tokensMax;
  return true;
}

function stripImages(talk: Talk): boolean {
  if (talk.withoutImages || !talk.hasImages) return false;
  talk.withoutImages = true;
  return true;
}

function stripReasoning(talk: Talk): boolean {
  if (talk.withoutReasoning) return false;
  talk.withoutReasoning = true;
  return true;
}

/** Each time to less: the model has shown that its window is smaller than we thought. */
async function* compactMore(
  talk: Talk,
  { limits }: ModelError,
  compactions: { left: number },
  deps: TalkDeps,
  signal: AbortSignal,
): AsyncGenerator<CompactionEvent, boolean> {
  if (compactions.left-- <= 0) return false;
  const stated = limits.contextTokensMax ?? Infinity;
  const refused = Math.min(talk.windowTokens, talk.tokens) * REFUSED_SHARE;
  talk.windowTokens = Math.min(talk.windowTokens, stated, refused);
  return yield* compactTalk(talk, { isForced: true }, deps, signal);
}
