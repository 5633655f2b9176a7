import { ModelError } from "../models/errors.ts";
import type { ModelClient, ModelEvent, ModelRequest } from "../models/model_client.ts";
import { redactKeys } from "../models/redact_keys.ts";
import type { Clock } from "../runtime/clock.ts";
import type { AssistantMessage, Message } from "../transcript/message.ts";

/** What a scripted model does with one request. A function decides when the request is there. */
export type ScriptedAnswer =
  | string
  | AssistantMessage
  | Error
  | Hang
  | ((request: ModelRequest, signal: AbortSignal) => ScriptedAnswer | Promise<ScriptedAnswer>);

interface Hang {
  readonly kind: "hang";
  readonly afterText: string;
}

/** A model that says what it was told to, in order, and remembers what it was asked. */
export class ScriptedModel implements ModelClient {
  readonly modelId = "scripted";
  /** A test may shrink it to force a compaction. */
  contextTokensMax = 128_000;
  /** Every request so far, as it was when it came. */
  readonly requests: ModelRequest[] = [];
  readonly #answers: ScriptedAnswer[];
  readonly #watchers: { count: number; resolve: () => void }[] = [];

  constructor(...answers: ScriptedAnswer[]) {
    this.#answers = answers;
  }

  /** Adds answers behind those that wait. */
  push(...answers: ScriptedAnswer[]): void {
    this.#answers.push(...answers);
  }

  /** Resolves as soon as there have been `count` requests. */
  requested(count: number): Promise<void> {
    if (this.requests.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#watchers.push({ count, resolve }));
  }

  async *stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    this.requests.push({ ...request, messages: [...request.messages] });
    for (const watcher of this.#watchers) {
      if (this.requests.length >= watcher.count) watcher.resolve();
    }
    const next = this.#answers.shift();
    if (next === undefined) throw new Error("the script has no answer for this request");
    yield* perform(await resolveAnswer(next, request, signal), request, signal);
  }
}

/** Says `afterText` and then nothing more, until the call is aborted. */
export function hang(afterText = ""): ScriptedAnswer {
  return { kind: "hang", afterText };
}

/** Between two pieces of an answer: slow enough to be seen growing. */
const PIECE_DELAY_MS = 40;
/** Pieces of the longest answer; with the delay, it takes about five seconds. */
const PIECES_MAX = 120;
/** Length of the long answer, in characters: more than one Mattermost post may hold. */
const LONG_ANSWER_CHARS_MIN = 17_500;

const HELP = [
  "I am the **built-in scripted model**, not a language model: I run without a network and know " +
  "a few tricks. Write a message with one of these words:",
  "",
  "- `time`: I call a tool and tell you its result",
  "- `long`: an answer that is longer than one post may be, with a code block",
  "- `error`: what a failing model looks like",
  "- `what did I say?`: I remember this conversation",
  "- `help`: this list",
].join("\n");

/** The model of `hermes demo`: it answers by itself, and shows what an answer can look like. */
export function demoModel(clock: Clock): ModelClient {
  return {
    modelId: "built-in",
    contextTokensMax: 128_000,
    async *stream(request, signal): AsyncGenerator<ModelEvent> {
      const message = demoAnswer(request);
      const size = Math.max(12, Math.ceil(message.text.length / PIECES_MAX));
      for (let start = 0; start < message.text.length; start += size) {
        await clock.sleep(PIECE_DELAY_MS, signal);
        signal.throwIfAborted();
        yield { kind: "text_delta", text: message.text.slice(start, start + size) };
      }
      signal.throwIfAborted();
      yield answered(message, request);
    },
  };
}

async function resolveAnswer(
  answer: ScriptedAnswer,
  request: ModelRequest,
  signal: AbortSignal,
): Promise<Exclude<ScriptedAnswer, (...input: never[]) => unknown>> {
  if (typeof answer !== "function") return answer;
  return resolveAnswer(await answer(request, signal), request, signal);
}

async function* perform(
  answer: Exclude<ScriptedAnswer, (...input: never[]) => unknown>,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  signal.throwIfAborted();
  if (answer instanceof Error) throw answer;
  if (typeof answer === "object" && "kind" in answer) {
    yield* say(answer.afterText, signal);
    await aborted(signal);
    throw signal.reason;
  }
  const message: AssistantMessage = typeof answer === "string"
    ? { role: "assistant", text: answer, toolCalls: [] }
    : answer;
  if (message.reasoning !== undefined) yield { kind: "reasoning_delta", text: message.reasoning };
  yield* say(message.text, signal);
  yield answered(message, request);
}

async function* say(text: string, signal: AbortSignal): AsyncGenerator<ModelEvent> {
  for (const word of text.match(/\s*\S+\s*/g) ?? []) {
    signal.throwIfAborted();
    yield { kind: "text_delta", text: word };
  }
}

/** The end of an answer, with a count of tokens that is plausible and always the same. */
function answered(message: AssistantMessage, request: ModelRequest): ModelEvent {
  const tokens = (value: unknown) => Math.ceil(JSON.stringify(value).length / 4);
  return {
    kind: "done",
    message,
    finishReason: message.toolCalls.length > 0 ? "tool_calls" : "stop",
    usage: {
      inputTokens: tokens([request.systemPrompt, request.messages]),
      outputTokens: tokens([message.text, message.toolCalls]),
      cachedInputTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true })
  );
}

function demoAnswer(request: ModelRequest): AssistantMessage {
  const last = request.messages.at(-1);
  if (last?.role === "tool") {
    return speak(
      last.isError
        ? `The tool \`${last.toolName}\` failed: ${last.text}`
        : `The tool \`${last.toolName}\` says: ${last.text}`,
    );
  }
  const asked = last?.role === "user" ? last.text : "";
  const mentions = (words: RegExp) => words.test(asked);
  if (mentions(/\b(did|have) i (say|said|write|written|tell|told)\b|\bremember\b/i)) {
    return speak(recall(request.messages));
  }
  if (mentions(/\berror\b|\bfail/i)) throw demonstratedError();
  if (mentions(/\b(time|clock|tool)\b/i)) return tellTime(request);
  if (mentions(/\blong\b/i)) return speak(longAnswer());
  if (mentions(/\bhelp\b|\bwhat can you\b/i)) return speak(HELP);
  return speak(
    "Hello from the built-in scripted model. I understand only a few words, so this answer does " +
      "not depend on what you wrote. Say `help` to see what I can show you.",
  );
}

function recall(messages: readonly Message[]): string {
  const earlier = messages.slice(0, -1).filter((message) => message.role === "user");
  if (earlier.length === 0) return "This is the first thing that you said in this conversation.";
  const quotes = earlier.map(({ text }) => `> ${redactKeys(text).replaceAll("\n", "\n> ")}`);
  return `You said, in this order:\n\n${quotes.join("\n\n")}`;
}

function demonstratedError(): ModelError {
  return new ModelError("overloaded", "the built-in scripted model was asked to fail", {
    hint: "Nothing is broken: ask anything without the word error.",
  });
}

function tellTime({ tools, messages }: ModelRequest): AssistantMessage {
  if (!tools.some(({ name }) => name === "current_time")) {
    return speak("I would call the tool `current_time` now, but nobody gave it to me.");
  }
  return {
    role: "assistant",
    text: "Let me look at the clock.\n\n",
    toolCalls: [{ id: `call_${messages.length}`, name: "current_time", arguments: {} }],
  };
}

function longAnswer(): string {
  const parts = [
    "This is a long answer of the built-in scripted model. It does not fit into one post, so it " +
    "is continued in the next one, and the code block below stays a code block in both.",
    "```ts",
  ];
  let length = parts.join("\n").length;
  for (let line = 1; length < LONG_ANSWER_CHARS_MIN; line++) {
    const code = `export const line${line} = "number ${line} of a long, long block of code";`;
    parts.push(code);
    length += code.length + 1;
  }
  return [...parts, "```", "", "That was all of it."].join("\n");
}

function speak(text: string): AssistantMessage {
  return { role: "assistant", text, toolCalls: [] };
}
