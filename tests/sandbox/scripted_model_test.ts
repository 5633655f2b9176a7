import assert from "node:assert/strict";
import { test } from "node:test";
import { ModelError } from "../../src/models/errors.ts";
import type { ModelDone, ModelEvent, ModelRequest } from "../../src/models/model_client.ts";
import { demoModel, hang, ScriptedModel } from "../../src/sandbox/scripted_model.ts";
import type { Message } from "../../src/transcript/message.ts";
import { FakeClock } from "../support/fake_clock.ts";

const POST_RUNES_MAX = 16_383;
const clockTool = {
  name: "current_time",
  description: "Tells the time",
  inputSchema: { type: "object" },
};
const never = new AbortController().signal;

function asking(text: string, ...earlier: Message[]): ModelRequest {
  return { systemPrompt: "", messages: [...earlier, { role: "user", text }], tools: [clockTool] };
}

async function collect(stream: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

function doneOf(events: readonly ModelEvent[]): ModelDone {
  const last = events.at(-1);
  assert(last?.kind === "done");
  return last;
}

function textOf(events: readonly ModelEvent[]): string {
  return events.map((event) => event.kind === "text_delta" ? event.text : "").join("");
}

/** What the model of the demo says, with a clock that moves as it sleeps. */
async function demo(request: ModelRequest) {
  const clock = new FakeClock();
  const startMs = clock.nowMs();
  const stream = demoModel(clock).stream(request, never)[Symbol.asyncIterator]();
  const events: ModelEvent[] = [];
  for (;;) {
    const next = stream.next();
    while (clock.nextWakeMs() !== undefined) clock.advance(clock.nextWakeMs() ?? 0);
    const { done, value } = await next;
    if (done) return { events, tookMs: clock.nowMs() - startMs };
    events.push(value);
  }
}

test("ScriptedModel gives its answers in order and keeps the requests", async () => {
  const model = new ScriptedModel("Hello there", {
    role: "assistant",
    text: "",
    toolCalls: [{ id: "c", name: "current_time", arguments: {} }],
  });
  model.push((request) => `You wrote ${request.messages.length} message`);
  const first = await collect(model.stream(asking("one"), never));
  assert.equal(textOf(first), "Hello there");
  assert.equal(doneOf(first).message.text, "Hello there");
  const second = await collect(model.stream(asking("two"), never));
  assert.equal(doneOf(second).finishReason, "tool_calls");
  assert.equal(textOf(await collect(model.stream(asking("three"), never))), "You wrote 1 message");
  assert.deepEqual(
    model.requests.map(({ messages }) => messages.map((message) => message.text)),
    [["one"], ["two"], ["three"]],
  );
});

test("ScriptedModel throws what it was given, and complains when it has no answer left", async () => {
  const failure = new ModelError("refused", "no", { hint: "Ask otherwise." });
  const model = new ScriptedModel(failure);
  await assert.rejects(collect(model.stream(asking("x"), never)), failure);
  await assert.rejects(collect(model.stream(asking("x"), never)), /no answer for this request/);
});

test("requested() resolves when the request comes", async () => {
  const model = new ScriptedModel("a");
  const requested = model.requested(1);
  await collect(model.stream(asking("x"), never));
  await requested;
  await model.requested(1);
});

test("hang() says its beginning and stops, until the call is aborted", async () => {
  const model = new ScriptedModel(hang("Well"));
  const abort = new AbortController();
  const stream = model.stream(asking("x"), abort.signal)[Symbol.asyncIterator]();
  assert.deepEqual((await stream.next()).value, { kind: "text_delta", text: "Well" });
  const next = stream.next();
  abort.abort(new Error("enough"));
  await assert.rejects(next, /enough/);
});

test("[P24] demoModel() says what it is, and what it can do", async () => {
  assert.match(textOf((await demo(asking("hi"))).events), /built-in scripted model.*`help`/);
  assert.match(textOf((await demo(asking("help"))).events), /`time`[^]*`long`[^]*`error`/);
});

test("[P24] demoModel() streams an answer that is longer than one post, within seconds", async () => {
  const { events, tookMs } = await demo(asking("Give me a long answer"));
  const { text } = doneOf(events).message;
  assert.equal(textOf(events), text);
  assert(text.length >= 17_000 && text.length > POST_RUNES_MAX);
  assert(text.slice(0, POST_RUNES_MAX).split("```").length === 2, "the cut lies in the code block");
  assert.equal(text.split("```").length, 3);
  assert(tookMs >= 2_000 && tookMs <= 10_000, `${tookMs} ms`);
});

test("[P24] demoModel() calls the clock and tells its result", async () => {
  const call = doneOf((await demo(asking("what time is it?"))).events).message;
  assert.deepEqual(call.toolCalls.map(({ name }) => name), ["current_time"]);
  const result: Message = {
    role: "tool",
    toolCallId: call.toolCalls[0]?.id ?? "",
    toolName: "current_time",
    text: "12:00",
    isError: false,
  };
  const { events } = await demo({
    ...asking("what time is it?"),
    messages: [{ role: "user", text: "what time is it?" }, call, result],
  });
  assert.match(textOf(events), /`current_time` says: 12:00/);
});

test("demoModel() calls no tool that it was not offered", async () => {
  const { events } = await demo({ ...asking("time"), tools: [] });
  assert.deepEqual(doneOf(events).message.toolCalls, []);
});

test("[P24] demoModel() fails on request, as a model does", async () => {
  await assert.rejects(demo(asking("show me an error")), (error) => {
    assert(error instanceof ModelError);
    assert.match(error.message, /was asked to fail/);
    return true;
  });
});

test("[P24] demoModel() remembers the conversation, and repeats no key", async () => {
  const { events } = await demo(asking(
    "What did I say?",
    { role: "user", text: "I like tea\nand sk-proj-0123456789" },
    { role: "assistant", text: "Fine", toolCalls: [] },
  ));
  assert.match(textOf(events), /> I like tea\n> and \*\*\*/);
  assert.match(textOf((await demo(asking("what did I say?"))).events), /first thing/);
});

test("demoModel() stops in the middle when it is aborted", async () => {
  const abort = new AbortController();
  const clock = new FakeClock();
  const next = demoModel(clock).stream(asking("long"), abort.signal)[Symbol.asyncIterator]().next();
  abort.abort(new Error("enough"));
  await assert.rejects(next, /enough/);
});
