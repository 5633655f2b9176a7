import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { FetchFn } from "../runtime/network.ts";
import type { Random } from "../runtime/random.ts";
import { AnswerCollector } from "./answer_collector.ts";
import { type CallLimits, CallTimer } from "./call_timer.ts";
import type { ChosenModel } from "./choose_model.ts";
import { readFailure, ReportedError } from "./failure_facts.ts";
import { loadImages, NO_IMAGES } from "./load_images.ts";
import type { ModelClient, ModelEvent, ModelRequest } from "./model_client.ts";
import { toModelError } from "./model_failures.ts";
import { costOf } from "./prices.ts";
import { echoSource, wantsReasoningText } from "./provider_echo.ts";
import { retryingStream } from "./retrying_stream.ts";
import { toSdkCall } from "./sdk_call.ts";
import { loadSdkModel, type SdkModel, type SdkStreamPart } from "./sdk_model.ts";

export interface ModelClientDeps {
  readonly fetch: FetchFn;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly limits: CallLimits;
}

/** The model that the settings chose, behind the AI SDK, which is loaded by the first call. */
export function createModelClient(chosen: ChosenModel, deps: ModelClientDeps): ModelClient {
  let loading: Promise<SdkModel> | undefined;
  return {
    modelId: chosen.modelId,
    contextTokensMax: chosen.contextTokensMax,
    stream(request, signal) {
      const { clock, random, log, limits } = deps;
      const attempt = async function* () {
        const model = await (loading ??= loadSdkModel(chosen, deps.fetch));
        yield* streamOnce(request, { chosen, model, clock, log, limits }, signal);
      };
      return retryingStream(attempt, {
        clock,
        random,
        log,
        limits,
        toModelError: (error) => toModelError(error, chosen, clock.nowMs()),
      }, signal);
    },
  };
}

interface CallDeps {
  readonly chosen: ChosenModel;
  readonly model: SdkModel;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: CallLimits;
}

/** One HTTP request. It is over when this ends, for whatever reason. */
async function* streamOnce(
  request: ModelRequest,
  { chosen, model, clock, log, limits }: CallDeps,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  const startedAtMs = clock.nowMs();
  const exchange = new AbortController();
  const collector = new AnswerCollector({
    source: echoSource(chosen),
    splitsThinkTags: chosen.wire === "openai-compatible",
    wantsReasoningText: wantsReasoningText(chosen),
  });
  using timer = new CallTimer(chosen, limits, clock, signal);
  try {
    const images = request.withoutImages || chosen.isBlind
      ? NO_IMAGES
      : await loadImages(request.messages);
    const call = { ...toSdkCall(request, chosen, images), abortSignal: exchange.signal };
    const { stream } = await timer.wait(fromLibrary(model.doStream(call)));
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await timer.wait(fromLibrary(reader.read()));
      if (done) break;
      if (isWord(value)) timer.begin();
      yield* collector.add(value);
    }
    const answer = collector.done();
    log("debug", "model.answered", {
      durationMs: clock.nowMs() - startedAtMs,
      finishReason: answer.finishReason,
      toolCalls: answer.message.toolCalls.length,
      ...answer.usage,
    });
    yield { ...answer, cost: costOf(answer.usage, chosen, collector.reportedUsd) };
  } finally {
    exchange.abort();
  }
}

/** What stops the library is a bad answer, also where it throws an error without a name. */
async function fromLibrary<Result>(pending: PromiseLike<Result>): Promise<Result> {
  try {
    return await pending;
  } catch (error) {
    throw readFailure(error) === undefined ? new ReportedError("it cannot be read") : error;
  }
}

/** Whether the model itself has begun; servers greet long before. */
function isWord({ type }: SdkStreamPart): boolean {
  return /^(text|reasoning|tool)-/.test(type);
}
