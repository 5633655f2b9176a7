import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { runTurn, type TurnEvent } from "../../src/agent/turn.ts";
import { ModelError } from "../../src/models/errors.ts";
import { ToolError } from "../../src/tools/errors.ts";
import type { Tool } from "../../src/tools/tool.ts";
import type { Message, ToolCall } from "../../src/transcript/message.ts";
import { checkRequest, checkToolResults } from "../support/check_transcript.ts";
import {
  call,
  done,
  ModelScript,
  say,
  type ScriptedAnswer,
  USAGE,
} from "../support/model_script.ts";
import { turnDeps } from "../support/turn_deps.ts";
import { toolContext } from "../support/tool_context.ts";

const HELLO: Message = { role: "user", text: "hello" };
const never = new AbortController().signal;

test("runTurn() answers: deltas, the messages in order, and the usage", async () => {
  const { events, model } = await run([say("Hi there")]);
  assert.deepEqual(events, [
    { kind: "message", message: HELLO },
    { kind: "text_delta", text: "Hi t" },
    { kind: "text_delta", text: "here" },
    { kind: "usage", usage: USAGE },
    { kind: "message", message: answer("Hi there") },
    { kind: "ended", outcome: "answered", usage: USAGE },
  ]);
  assert.deepEqual(model.requests[0]?.messages, [HELLO]);
  assert.equal(model.requests[0]?.systemPrompt, "Be good.");
});

test("runTurn() yields the user's message before it asks the model", async () => {
  const model = new ModelScript(say("Hi"));
  const turn = runTurn(toInput([]), turnDeps([model]), never);
  const first = await turn.next();
  assert.deepEqual(first.value, { kind: "message", message: HELLO });
  assert.equal(model.requests.length, 0);
  await turn.return(undefined);
});

test("[P15] runTurn() runs a tool call, shows the model its result, and sums the usage", async () => {
  const script = [
    call([toCall("1", "echo", { text: "ping" })], { text: "One moment." }),
    say("pong"),
  ];
  const { events, messages, model } = await run(script, { tools: [echo] });
  const expected = [
    HELLO,
    { ...answer("One moment."), toolCalls: [toCall("1", "echo", { text: "ping" })] },
    result("1", "echo", "ping"),
    answer("pong"),
  ];
  assert.deepEqual(messages, expected);
  assert.deepEqual(model.requests[1]?.messages, expected.slice(0, 3));
  assert.deepEqual(events.filter((event) => event.kind.startsWith("tool_")), [
    { kind: "tool_started", callId: "1", name: "echo" },
    { kind: "tool_ended", callId: "1", name: "echo", isError: false },
  ]);
  const ended = events.at(-1);
  assert.equal(ended?.kind === "ended" && ended.usage.tokens.inputTokens, 20);
});

const failing: Tool = {
  name: "fail",
  description: "Fails.",
  input: z.object({}),
  run: () => Promise.reject(new Error("the disk is on fire")),
};
const refusing: Tool = {
  ...failing,
  name: "refuse",
  run: () => {
    throw new ToolError("Cannot do it: closed", "Try the door");
  },
};
const errorCases: [name: string, toolCall: ToolCall, text: RegExp][] = [
  ["a tool that throws", toCall("1", "fail", {}), /^the disk is on fire$/],
  ["a tool that refuses", toCall("1", "refuse", {}), /^Cannot do it: closed\. Try the door$/],
  ["an unknown tool", toCall("1", "fly", {}), /no tool named "fly". Available: echo, fail, refuse/],
  ["arguments that are no object", toCall("1", "echo", "[1]"), /must be one JSON object/],
  [
    "arguments that were cut off",
    toCall("1", "echo", '{"text":'),
    /end in the middle, so nothing was run/,
  ],
  ["arguments that are wrong", toCall("1", "echo", { text: 7 }), /^Wrong .*"echo":\n- text: /],
];
for (const [name, toolCall, text] of errorCases) {
  test(`[P15] runTurn() makes an error result of ${name} and goes on`, async () => {
    const { messages, outcome } = await run([call([toolCall]), say("Sorry")], {
      tools: [echo, failing, refusing],
    });
    const [, , toolResult] = messages;
    assert.ok(toolResult?.role === "tool" && toolResult.isError);
    assert.match(toolResult.text, text);
    assert.equal(outcome, "answered");
  });
}

test("runTurn() cuts a result that is too long, and says so", async () => {
  const script = [call([toCall("1", "echo", { text: "x".repeat(600) })]), say("ok")];
  const { messages } = await run(script, { tools: [echo], resultCharsMax: 500 });
  const note = "[Cut: the result has 600 characters, the first 500 are above.]";
  assert.equal(messages[2]?.text, `${"x".repeat(500)}\n\n${note}`);
});

test("runTurn() runs calls that only read side by side, at most 8, with results in call order", async () => {
  const work = new Work();
  const calls = Array.from({ length: 10 }, (_, index) => toCall(`${index}`, "look", { index }));
  const { messages } = await run([call(calls), say("ok")], { tools: [work.tool("look", true)] });
  assert.equal(work.runningMost, 8);
  const ids = messages.flatMap((message) => message.role === "tool" ? [message.toolCallId] : []);
  assert.deepEqual(ids, calls.map((each) => each.id));
});

test("runTurn() runs a call that changes something alone, and in order with the others", async () => {
  const work = new Work();
  const names = ["look", "write", "write", "look"];
  const calls = names.map((name, index) => toCall(`${index}`, name, { index }));
  const tools = [work.tool("look", true), work.tool("write", false)];
  await run([call(calls), say("ok")], { tools });
  assert.equal(work.runningMost, 1);
  assert.deepEqual(work.started, names);
});

test("runTurn() asks for a closing word at the step limit and runs no more tools", async () => {
  const calling = call([toCall("1", "echo", { text: "a" })]);
  const script = [
    calling,
    calling,
    call([toCall("2", "echo", { text: "b" })], { text: "So far so good." }),
  ];
  const { events, messages, model, outcome } = await run(script, { tools: [echo], stepsMax: 2 });
  assert.equal(outcome, "step_limit");
  assert.equal(model.requests.length, 3);
  assert.match(model.requests[2]?.messages.at(-1)?.text ?? "", /used up the steps/);
  assert.deepEqual(messages.at(-1), answer("So far so good."));
  assert.equal(messages.filter((message) => message.role === "user").length, 1);
  const ended = events.at(-1);
  assert.equal(ended?.kind === "ended" && ended.usage.tokens.inputTokens, 30);
});

test("runTurn() has words of its own when the closing word is blank", async () => {
  const calling = call([toCall("1", "echo", { text: "a" })]);
  const { events, messages } = await run([calling, say(""), say(" ")], {
    tools: [echo],
    stepsMax: 1,
  });
  const text = messages.at(-1)?.text ?? "";
  assert.match(text, /^I stopped here/);
  assert.ok(events.some((event) => event.kind === "text_delta" && event.text === text));
});

test("runTurn() has an answer that was cut off continued, and keeps it as one", async () => {
  const script = [say("one ", "length"), say("two ", "length"), say("three")];
  const { messages, model, outcome } = await run(script);
  assert.equal(outcome, "answered");
  assert.deepEqual(messages, [HELLO, answer("one two three")]);
  const [, , last] = model.requests;
  assert.deepEqual(last?.messages.slice(0, 2), [HELLO, answer("one two ")]);
  assert.match(last?.messages[2]?.text ?? "", /cut off/);
});

test("runTurn() gives up an answer that is cut off after three continuations", async () => {
  const { messages, model, outcome } = await run(
    ["a", "b", "c", "d"].map((text) => say(text, "length")),
  );
  assert.equal(outcome, "cut_off");
  assert.equal(model.requests.length, 4);
  assert.deepEqual(messages.at(-1), answer("abcd"));
});

test("runTurn() runs the calls that a continuation ends with", async () => {
  const calling = call([toCall("1", "echo", { text: "a" })], { text: "look" });
  const { messages } = await run([say("Let me ", "length"), calling, say("ok")], { tools: [echo] });
  assert.equal(messages[1]?.text, "Let me look");
  assert.deepEqual(messages[2], result("1", "echo", "a"));
});

test("runTurn() keeps what the provider wants back with a continued answer", async () => {
  const toEcho = (text: string) => ({ source: "a model", content: [{ type: "reasoning", text }] });
  const signed = (text: string, reason: "length" | "stop"): ScriptedAnswer =>
    async function* () {
      yield done({ ...answer(text), providerData: toEcho(text) }, reason);
    };
  const { messages } = await run([signed("one ", "length"), signed("two", "stop")]);
  const content = [...toEcho("one ").content, ...toEcho("two").content];
  assert.deepEqual(messages[1], {
    ...answer("one two"),
    providerData: { source: "a model", content },
  });
});

test("[P15] runTurn() does not run calls that were cut off, and says why", async () => {
  const work = new Work();
  const cut = call([toCall("1", "write", {})], { finishReason: "length" });
  const { messages, outcome } = await run([cut, say("ok")], { tools: [work.tool("write", false)] });
  assert.deepEqual(work.started, []);
  assert.match(messages[2]?.text ?? "", /^Not run: the answer was cut off/);
  assert.equal(outcome, "answered");
});

test("runTurn() nudges once after an empty answer", async () => {
  const { messages, model, outcome } = await run([say(" "), say("Here I am")]);
  assert.equal(outcome, "answered");
  assert.deepEqual(messages, [HELLO, answer("Here I am")]);
  assert.match(model.requests[1]?.messages[0]?.text ?? "", /^hello\n\nYour last answer was empty/);
});

test("runTurn() ends as empty after two empty answers, and keeps none", async () => {
  const { messages, outcome } = await run([say(""), say("")]);
  assert.equal(outcome, "empty");
  assert.deepEqual(messages, [HELLO]);
});

test("runTurn() ends as cut_off when thinking used up all that the model may write", async () => {
  const { outcome } = await run([say("", "length"), say("", "length")]);
  assert.equal(outcome, "cut_off");
});

test("runTurn() ends as refused, without a nudge and without a trace of the calls", async () => {
  assert.equal((await run([say("", "refused")])).outcome, "refused");
  const toolCalls = [toCall("1", "echo", { text: "a" })];
  const { messages, outcome } = await run([
    async function* () {
      yield done({ ...answer("I won't"), toolCalls, providerData: { toolCalls } }, "refused");
    },
  ], { tools: [echo] });
  assert.equal(outcome, "refused");
  assert.deepEqual(messages, [HELLO, answer("I won't")]);
});

test("runTurn() passes on a restart, and says again what came before it in the same answer", async () => {
  const script: ScriptedAnswer[] = [
    say("one ", "length"),
    async function* () {
      yield { kind: "text_delta", text: "tw" };
      yield { kind: "restarted", reason: "lost" };
      yield { kind: "text_delta", text: "two" };
      yield done(answer("two"), "stop");
    },
  ];
  const { events, messages } = await run(script);
  const shown = events.reduce((text, event) => {
    if (event.kind === "restarted") return "";
    return event.kind === "text_delta" ? text + event.text : text;
  }, "");
  assert.equal(shown, "one two");
  assert.deepEqual(messages.at(-1), answer("one two"));
});

test("[P15] runTurn() lets a ModelError through and keeps the part that was said", async () => {
  const failure = new ModelError("network", "the line went dead", { hint: "Try again." });
  const { messages, error } = await run([
    async function* () {
      yield { kind: "text_delta", text: "void" };
      yield { kind: "restarted", reason: "lost" };
      yield { kind: "text_delta", text: "The answer is" };
      throw failure;
    },
  ]);
  assert.equal(error, failure);
  assert.deepEqual(messages, [
    HELLO,
    answer("The answer is"),
  ]);
});

test("runTurn() keeps no message when the model failed before a word", async () => {
  const failure = new ModelError("auth", "no key", { hint: "Set a key." });
  const { messages, error } = await run([
    // deno-lint-ignore require-yield
    async function* () {
      throw failure;
    },
  ]);
  assert.equal(error, failure);
  assert.deepEqual(messages, [HELLO]);
});

test("runTurn() calls it a bug when a model's stream ends without an end", async () => {
  const { error } = await run([async function* () {}]);
  assert.match(String(error), /ended without `done`/);
});

test("[P15] runTurn() gives every call a result when it is aborted in the middle of them", async () => {
  const abort = new AbortController();
  const stop: Tool = {
    ...failing,
    name: "stop",
    run: () => {
      abort.abort(new Error("stopped by the test"));
      return new Promise(() => {}); // Ignores the signal, and is not waited for.
    },
  };
  const calls = [
    toCall("1", "echo", { text: "a" }),
    toCall("2", "stop", {}),
    toCall("3", "echo", { text: "b" }),
  ];
  const { events, messages, error } = await run(
    [call(calls)],
    { tools: [echo, stop] },
    abort.signal,
  );
  assert.match(String(error), /stopped by the test/);
  checkToolResults(messages);
  const texts = messages.slice(2).map((message) => message.text);
  assert.equal(texts[0], "a");
  assert.match(texts[1] ?? "", /^Cancelled: the turn was stopped. The call may/);
  assert.match(texts[2] ?? "", /^Cancelled: the turn was stopped before/);
  const started = events.flatMap((event) => event.kind === "tool_started" ? [event.callId] : []);
  assert.deepEqual(started, ["1", "2"]);
});

test("runTurn() keeps the part that was said when it is aborted in the middle of it", async () => {
  const abort = new AbortController();
  const { messages, error } = await run(
    [
      async function* (signal) {
        yield { kind: "text_delta", text: "Once upon" };
        abort.abort();
        signal.throwIfAborted();
      },
    ],
    {},
    abort.signal,
  );
  assert.equal(error, abort.signal.reason);
  assert.deepEqual(messages[1], answer("Once upon"));
});

test("runTurn() ends the call of the model when nobody listens any more", async () => {
  let isOpen = false;
  const model = new ModelScript(async function* () {
    isOpen = true;
    try {
      for (;;) yield { kind: "text_delta", text: "and " };
    } finally {
      isOpen = false;
    }
  });
  const turn = runTurn(toInput([]), turnDeps([model]), never);
  for await (const event of turn) if (event.kind === "text_delta") break;
  assert.equal(model.requests.length, 1);
  assert.equal(isOpen, false);
});

test("runTurn() ends in order when it is aborted after its last word", async () => {
  const abort = new AbortController();
  const { outcome } = await run(
    [
      async function* () {
        abort.abort();
        yield done(answer("done"), "stop");
      },
    ],
    {},
    abort.signal,
  );
  assert.equal(outcome, "answered");
});

test("runTurn() makes a valid request of a history that a crash left", async () => {
  const history: Message[] = [
    { role: "user", text: "read" },
    { ...answer(""), toolCalls: [toCall("1", "echo", {})] },
    { role: "user", text: "hello?" },
  ];
  const { model } = await run([say("Hi")], { history });
  const messages = model.requests[0]?.messages ?? [];
  checkRequest(messages);
  assert.equal(messages.at(-1)?.text, "hello?\n\nhello");
});

test("[P16] runTurn() sends what it sent before, unchanged, and then what is new", async () => {
  const calling = call([toCall("1", "echo", { text: "a" })]);
  const { model } = await run([calling, calling, say("ok")], { tools: [echo] });
  const texts = model.requests.map((request) => JSON.stringify(request.messages).slice(0, -1));
  assert.ok(texts[1]?.startsWith(texts[0] ?? "?") && texts[2]?.startsWith(texts[1]));
  for (const request of model.requests) {
    assert.deepEqual({ ...request, messages: [] }, { ...model.requests[0], messages: [] });
  }
});

const echo: Tool<{ text: string }> = {
  name: "echo",
  description: "Says it again.",
  input: z.object({ text: z.string() }),
  run: ({ text }) => Promise.resolve(text),
};

/** Watches which calls of its tools begin, and how many run at once. */
class Work {
  readonly started: string[] = [];
  runningMost = 0;
  #running = 0;

  tool(name: string, readOnly: boolean): Tool {
    return {
      name,
      description: name,
      input: z.object({ index: z.number().default(0) }),
      readOnly,
      run: () => this.#run(name),
    };
  }

  async #run(name: string): Promise<string> {
    this.started.push(name);
    this.#running++;
    this.runningMost = Math.max(this.runningMost, this.#running);
    await new Promise((resolve) => setImmediate(resolve));
    this.#running--;
    return "worked";
  }
}

function answer(text: string) {
  return { role: "assistant", text, toolCalls: [] } as const;
}

function result(toolCallId: string, toolName: string, text: string): Message {
  return { role: "tool", toolCallId, toolName, text, isError: false };
}

function toCall(id: string, name: string, given: unknown): ToolCall {
  return { id, name, arguments: given };
}

function toInput(history: readonly Message[]) {
  return {
    systemPrompt: "Be good.",
    history,
    userMessage: { role: "user", text: "hello" },
    context: toolContext(),
  } as const;
}

interface RunOptions {
  readonly tools?: readonly Tool[];
  readonly history?: readonly Message[];
  readonly stepsMax?: number;
  readonly resultCharsMax?: number;
}

/** Runs a turn to its end. Every request it makes must be one that a provider takes. */
async function run(
  script: readonly ScriptedAnswer[],
  { tools = [], history = [], ...rest }: RunOptions = {},
  signal: AbortSignal = never,
) {
  const model = new ModelScript(...script);
  const events: TurnEvent[] = [];
  let error: unknown;
  try {
    const turn = runTurn(toInput(history), turnDeps([model], { tools, ...rest }), signal);
    for await (const event of turn) events.push(event);
  } catch (thrown) {
    error = thrown;
  }
  for (const request of model.requests) checkRequest(request.messages);
  const messages = events.flatMap((event) => event.kind === "message" ? [event.message] : []);
  const last = events.at(-1);
  const outcome = last?.kind === "ended" ? last.outcome : undefined;
  return { events, messages, model, outcome, error };
}
