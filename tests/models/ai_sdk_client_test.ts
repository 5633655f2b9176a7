import assert from "node:assert/strict";
import { test } from "node:test";
import { createModelClient } from "../../src/models/ai_sdk_client.ts";
import type { ModelRequest } from "../../src/models/model_client.ts";
import { silentLog } from "../../src/runtime/log.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { seededRandom } from "../support/seeded_random.ts";
import {
  collect,
  doneOf,
  failure,
  hello,
  LIMITS,
  sleepThrough,
  start,
  textOf,
} from "./client_on_wire.ts";
import {
  chosenAt,
  chunk,
  fails,
  says,
  streams,
  TEST_KEY,
  usageChunk,
  type WireAnswer,
  WireServer,
} from "./wire_server.ts";

test("stream() streams text, and ends with the whole message, its reason and its usage", async () => {
  await using at = await start([streams([
    chunk({ role: "assistant", content: "" }),
    chunk({ content: "Hel" }),
    chunk({ content: "lo" }),
    chunk({}, "stop"),
    usageChunk,
  ])]);
  const events = await collect(at.client);
  assert.deepEqual(events.slice(0, 2), [
    { kind: "text_delta", text: "Hel" },
    { kind: "text_delta", text: "lo" },
  ]);
  assert.deepEqual(doneOf(events), {
    kind: "done",
    message: { role: "assistant", text: "Hello", toolCalls: [] },
    finishReason: "stop",
    usage: {
      inputTokens: 100,
      outputTokens: 20,
      cachedInputTokens: 64,
      cacheWriteTokens: 0,
      reasoningTokens: 5,
    },
    cost: { usd: 0, status: "unknown" },
  });
});

test("[P117] stream() passes on what the call cost, where the provider says so", async () => {
  const priced = { ...usageChunk, usage: { ...usageChunk.usage, cost: 0.0125 } };
  await using at = await start([streams([chunk({ content: "ok" }, "stop"), priced])]);
  assert.deepEqual(doneOf(await collect(at.client)).cost, { usd: 0.0125, status: "actual" });
});

test("stream() sends the whole request, and the key in its header only", async () => {
  await using at = await start([says("ok")], { outputTokensMax: 900 });
  await collect(at.client, {
    systemPrompt: "Be brief.",
    messages: [
      { role: "user", text: "What time is it?" },
      {
        role: "assistant",
        text: "Let me look.",
        toolCalls: [{
          id: "call_1",
          name: "clock",
          arguments: { zone: "UTC", at: [{ b: 1, a: 2 }] },
        }],
      },
      { role: "tool", toolCallId: "call_1", toolName: "clock", text: "noon", isError: false },
    ],
    tools: [{
      name: "clock",
      description: "Tells the time",
      inputSchema: { type: "object", properties: { zone: { type: "string" } } },
    }],
  });
  const request = at.server.requests[0];
  assert.equal(request?.path, "/v1/chat/completions");
  assert.equal(request?.headers.authorization, `Bearer ${TEST_KEY}`);
  assert.deepEqual(request?.body, {
    model: "test-model",
    max_tokens: 900,
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "What time is it?" },
      {
        role: "assistant",
        content: "Let me look.",
        tool_calls: [{
          id: "call_1",
          type: "function",
          function: { name: "clock", arguments: '{"at":[{"a":2,"b":1}],"zone":"UTC"}' },
        }],
      },
      { role: "tool", tool_call_id: "call_1", content: "noon" },
    ],
    tools: [{
      type: "function",
      function: {
        name: "clock",
        description: "Tells the time",
        parameters: { type: "object", properties: { zone: { type: "string" } } },
      },
    }],
    stream: true,
    stream_options: { include_usage: true },
  });
  assert(!request.bodyText.includes(TEST_KEY));
});

test("stream() sends the same bytes for the same request, however its arguments are ordered", async () => {
  await using at = await start([says("one"), says("two")]);
  const withArguments = (value: unknown): ModelRequest => ({
    ...hello,
    messages: [
      ...hello.messages,
      { role: "assistant", text: "", toolCalls: [{ id: "c", name: "t", arguments: value }] },
      { role: "tool", toolCallId: "c", toolName: "t", text: "r", isError: true },
    ],
  });
  await collect(at.client, withArguments({ a: 1, b: { c: 2, d: 3 } }));
  await collect(at.client, withArguments({ b: { d: 3, c: 2 }, a: 1 }));
  assert.equal(at.server.requests[0]?.bodyText, at.server.requests[1]?.bodyText);
});

test("[P15] stream() joins tool calls whose arguments come in pieces", async () => {
  const call = (index: number, piece: Record<string, unknown>) =>
    chunk({ tool_calls: [{ index, ...piece }] });
  await using at = await start([streams([
    chunk({ content: "Looking." }),
    call(0, { id: "c1", type: "function", function: { name: "clock", arguments: "" } }),
    call(0, { function: { arguments: '{"zo' } }),
    call(0, { function: { arguments: 'ne":"UTC"}' } }),
    call(1, { id: "c2", type: "function", function: { name: "clock", arguments: "{}" } }),
    chunk({}, "tool_calls"),
    usageChunk,
  ])]);
  const { message, finishReason } = doneOf(await collect(at.client));
  assert.equal(finishReason, "tool_calls");
  assert.deepEqual(message, {
    role: "assistant",
    text: "Looking.",
    toolCalls: [
      { id: "c1", name: "clock", arguments: { zone: "UTC" } },
      { id: "c2", name: "clock", arguments: {} },
    ],
  });
});

test("stream() tells calls apart that a server counts as one, and keeps broken arguments as text", async () => {
  const call = (id: string, text: string) =>
    chunk({
      tool_calls: [{ index: 0, id, type: "function", function: { name: "t", arguments: text } }],
    });
  await using at = await start([streams([
    call("c1", '{"a":1}'),
    call("c2", '{"a":'),
    chunk({}, "tool_calls"),
    usageChunk,
  ])]);
  assert.deepEqual(doneOf(await collect(at.client)).message.toolCalls, [
    { id: "c1", name: "t", arguments: { a: 1 } },
    { id: "c2", name: "t", arguments: '{"a":' },
  ]);
});

test("stream() gives a tool a name that every provider takes back", async () => {
  const call = (index: number, name: string) =>
    chunk({ tool_calls: [{ index, id: `c${index}`, function: { name, arguments: "{}" } }] });
  await using at = await start([streams([
    call(0, "read file"),
    call(1, "x".repeat(99)),
    chunk({}, "tool_calls"),
  ])]);
  const { toolCalls } = doneOf(await collect(at.client)).message;
  assert.deepEqual(toolCalls.map(({ name }) => name), ["read_file", "x".repeat(64)]);
});

test("stream() keeps reasoning apart, from its own field and from think tags", async () => {
  await using at = await start([streams([
    chunk({ reasoning_content: "First, " }),
    chunk({ content: "<thi" }),
    chunk({ content: "nk>then</think>\n\nHello" }),
    chunk({}, "stop"),
    usageChunk,
  ])]);
  const events = await collect(at.client);
  assert.equal(textOf(events, "text_delta"), "Hello");
  assert.equal(textOf(events, "reasoning_delta"), "First, then");
  const { message } = doneOf(events);
  assert.equal(message.text, "Hello");
  assert.match(message.reasoning ?? "", /First,\s+then/);
});

const finishReasons = [
  ["length", "length"],
  ["content_filter", "refused"],
  ["something_new", "other"],
] as const;
for (const [wire, expected] of finishReasons) {
  test(`stream() calls the finish reason ${wire} ${expected}`, async () => {
    await using at = await start([streams([chunk({ content: "x" }), chunk({}, wire), usageChunk])]);
    assert.equal(doneOf(await collect(at.client)).finishReason, expected);
  });
}

test("stream() takes an empty answer as it is, also one of nothing but reasoning", async () => {
  for (const reason of ["stop", "length", "content_filter"]) {
    await using at = await start([
      streams([chunk({ reasoning_content: "hm" }), chunk({ content: "" }), chunk({}, reason)]),
    ]);
    const { message } = doneOf(await collect(at.client));
    assert.deepEqual(message, { role: "assistant", text: "", toolCalls: [], reasoning: "hm" });
  }
});

test("stream() sends DeepSeek its reasoning back with its tool calls", async () => {
  const first = streams([
    chunk({ reasoning_content: "I need the clock." }),
    chunk({
      tool_calls: [{
        index: 0,
        id: "c1",
        type: "function",
        function: { name: "clock", arguments: "{}" },
      }],
    }),
    chunk({}, "tool_calls"),
    usageChunk,
  ]);
  await using at = await start([first, says("noon")], { modelId: "deepseek-chat" });
  const { message } = doneOf(await collect(at.client));
  const stored = JSON.parse(JSON.stringify(message));
  await collect(at.client, {
    ...hello,
    messages: [
      ...hello.messages,
      stored,
      { role: "tool", toolCallId: "c1", toolName: "clock", text: "12:00", isError: false },
    ],
  });
  assert.deepEqual(at.server.requests[1]?.body.messages[2], {
    role: "assistant",
    content: null,
    reasoning_content: "I need the clock.",
    tool_calls: [{ id: "c1", type: "function", function: { name: "clock", arguments: "{}" } }],
  });
});

test("stream() sends no reasoning to models that did not ask for it, or that are another", async () => {
  await using at = await start([says("ok")]);
  await collect(at.client, {
    ...hello,
    messages: [
      ...hello.messages,
      {
        role: "assistant",
        text: "Hi",
        toolCalls: [],
        reasoning: "secret thoughts",
        providerData: {
          source: "anthropic anthropic claude",
          content: [{ type: "reasoning", text: "secret thoughts" }],
        },
      },
      { role: "user", text: "And?" },
    ],
  });
  assert.doesNotMatch(at.server.requests[0]?.bodyText ?? "", /secret thoughts/);
  assert.equal(at.server.requests[0]?.body.messages[2].content, "Hi");
});

test("stream() sends OpenRouter its reasoning details back, pieces joined", async () => {
  const first = streams([
    chunk({
      reasoning: "Hm",
      reasoning_details: [{ type: "reasoning.text", text: "H", index: 0 }],
    }),
    chunk({
      reasoning_details: [{ type: "reasoning.text", text: "m", signature: "sig", index: 0 }],
    }),
    chunk({ reasoning_details: [{ type: "reasoning.encrypted", data: "e1", index: 1 }] }),
    chunk({ content: "Hello" }),
    chunk({}, "stop"),
    usageChunk,
  ]);
  await using at = await start([first, says("ok")], {
    providerId: "openrouter",
    modelId: "anthropic/claude-sonnet-5",
  });
  const { message } = doneOf(await collect(at.client));
  await collect(at.client, {
    ...hello,
    messages: [...hello.messages, message, { role: "user", text: "And?" }],
  });
  const body = at.server.requests[1]?.body;
  assert.deepEqual(body.messages[2], {
    role: "assistant",
    content: "Hello",
    reasoning_details: [
      { type: "reasoning.text", text: "Hm", signature: "sig", index: 0 },
      { type: "reasoning.encrypted", data: "e1", index: 1 },
    ],
  });
  assert.deepEqual(body.cache_control, { type: "ephemeral" });
});

test("stream() mends broken characters, and sends words for an empty message", async () => {
  await using at = await start([says("ok")]);
  await collect(at.client, {
    systemPrompt: "",
    messages: [
      { role: "user", text: "one \ud800" },
      { role: "assistant", text: "", toolCalls: [{ id: "c", name: "t", arguments: "broken" }] },
      { role: "tool", toolCallId: "c", toolName: "t", text: "no", isError: true },
      { role: "user", text: "  " },
    ],
    tools: [],
  });
  assert.deepEqual(at.server.requests[0]?.body.messages, [
    { role: "user", content: "one \ufffd" },
    {
      role: "assistant",
      content: null,
      tool_calls: [{
        id: "c",
        type: "function",
        function: { name: "t", arguments: '{"malformed_arguments":"broken"}' },
      }],
    },
    { role: "tool", tool_call_id: "c", content: "no" },
    { role: "user", content: "(empty message)" },
  ]);
});

test("stream() waits as long as Retry-After says, and tries again", async () => {
  const limited = fails(429, { error: { message: "slow down" } }, { "retry-after": "20" });
  await using at = await start([limited, says("Hello")]);
  const result = collect(at.client);
  await at.server.requested(1);
  await at.clock.sleeperFor(20_000);
  while (at.clock.nextWakeMs() !== 20_000) await new Promise((resolve) => setImmediate(resolve));
  at.clock.advance(20_000);
  assert.equal(doneOf(await result).message.text, "Hello");
  assert.deepEqual(at.logged[0], {
    event: "model.retry",
    fields: { kind: "rate_limit", status: 429, retry: 1, delayMs: 20_000 },
  });
});

test("stream() does not wait longer than two minutes for a provider", async () => {
  await using at = await start([fails(429, {}, { "retry-after": "121" })]);
  const error = await failure(collect(at.client));
  assert.equal(error.kind, "rate_limit");
  assert.equal(at.server.requests.length, 1);
});

test("[P14] stream() gives up after three more tries, with growing waits", async () => {
  const overloaded = fails(529, { type: "error", error: { type: "overloaded_error" } });
  await using at = await start([overloaded, overloaded, overloaded, overloaded]);
  const error = await failure(sleepThrough(at.clock, collect(at.client)));
  assert.equal(error.kind, "overloaded");
  assert.match(error.message, /Test Provider is overloaded or failing \(HTTP 529\)$/);
  const waits = at.logged.map(({ fields }) => Number(fields["delayMs"]));
  assert.equal(waits.length, 3);
  for (const [index, waitMs] of waits.entries()) {
    const ceilingMs = 2_000 * 2 ** index;
    assert(waitMs >= ceilingMs / 2 && waitMs <= ceilingMs, `${waitMs} of ${ceilingMs}`);
  }
});

for (
  const [status, kind] of [
    [400, "bad_request"],
    [401, "auth"],
    [402, "billing"],
    [403, "auth"],
    [404, "model_not_found"],
    [413, "context_overflow"],
  ] as const
) {
  test(`[P14] stream() reports ${status} at once as ${kind}`, async () => {
    await using at = await start([fails(status, { error: { message: "no" } })]);
    const error = await failure(collect(at.client));
    assert.equal(error.kind, kind);
    assert.equal(error.status, status);
    assert.equal(at.server.requests.length, 1);
  });
}

test("[P14] stream() tells a web page from an answer", async () => {
  const page: WireAnswer = (response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end("<!doctype html><title>Welcome</title>");
  };
  await using at = await start([page]);
  const error = await failure(collect(at.client));
  assert.equal(error.kind, "bad_answer");
  assert.match(error.message, /answered with a web page/);
  assert.match(error.hint, /model\.base_url/);
});

test("stream() reads an error that comes with status 200 and no stream", async () => {
  const body = { error: { message: "Rate limit exceeded", code: 429 } };
  await using at = await start([fails(200, body), says("Hello")]);
  const events = await sleepThrough(at.clock, collect(at.client));
  assert.equal(doneOf(events).message.text, "Hello");
  assert.equal(at.logged[0]?.fields["kind"], "rate_limit");
});

test("stream() follows no redirect, so that the key stays where it was sent", async () => {
  await using elsewhere = await WireServer.start(says("stolen"));
  await using at = await start([
    (response) => response.writeHead(307, { location: `${elsewhere.url}/v1` }).end(),
  ]);
  const error = await failure(collect(at.client));
  assert.equal(error.kind, "bad_answer");
  assert.match(error.message, /a redirect/);
  assert.equal(elsewhere.requests.length, 0);
});

test("stream() starts again when the connection breaks in the middle, and says so", async () => {
  await using at = await start([
    streams([chunk({ content: "Half an ans" })], "cut"),
    says("A whole answer"),
  ]);
  const events = await sleepThrough(at.clock, collect(at.client));
  assert.deepEqual(events.slice(0, 2), [
    { kind: "text_delta", text: "Half an ans" },
    { kind: "restarted", reason: "network" },
  ]);
  assert.equal(textOf(events.slice(2), "text_delta"), "A whole answer");
  assert.equal(doneOf(events).message.text, "A whole answer");
});

test("stream() starts again when the stream ends without an end", async () => {
  await using at = await start([streams([chunk({ content: "Half" })]), says("Whole")]);
  const events = await sleepThrough(at.clock, collect(at.client));
  assert.equal(events[1]?.kind, "restarted");
  assert.equal(doneOf(events).message.text, "Whole");
});

test("stream() starts again when the stream reports an error that may pass", async () => {
  const reported = {
    ...chunk({ content: "" }, "error"),
    error: { code: 502, message: "Provider disconnected" },
  };
  await using at = await start([streams([chunk({ content: "Ha" }), reported]), says("Whole")]);
  const events = await sleepThrough(at.clock, collect(at.client));
  assert.equal(doneOf(events).message.text, "Whole");
  assert.deepEqual(at.logged[0]?.fields["kind"], "overloaded");
});

test("[P14] stream() explains a server that cannot be reached", async () => {
  const server = await WireServer.start();
  const { url } = server;
  await server[Symbol.asyncDispose]();
  const clock = new FakeClock();
  const client = createModelClient(chosenAt(`${url}/v1`), {
    fetch: (target, init) => fetch(target, init),
    clock,
    random: seededRandom(7),
    log: silentLog,
    limits: { ...LIMITS, retriesMax: 0 },
  });
  const error = await failure(collect(client));
  assert.equal(error.kind, "network");
  assert.match(error.message, /Test Provider at 127\.0\.0\.1:\d+ cannot be reached/);
});

test("[P14] stream() names the setting when nothing comes, and does not try again", async () => {
  await using at = await start([streams([], "open")]);
  const result = failure(collect(at.client));
  await at.server.requested(1);
  await at.clock.sleeperFor(LIMITS.firstTokenMsMax);
  at.clock.advance(LIMITS.firstTokenMsMax);
  const error = await result;
  assert.equal(error.kind, "first_token_timeout");
  assert.match(error.message, /did not begin to answer within 120 s/);
  assert.match(error.hint, /model\.first_token_timeout_seconds/);
  assert.equal(at.server.requests.length, 1);
});

test("[P14] stream() reports silence in the middle of an answer, and does not try again", async () => {
  await using at = await start([streams([chunk({ content: "Well" })], "open")]);
  const events = at.client.stream(hello, new AbortController().signal)[Symbol.asyncIterator]();
  assert.deepEqual((await events.next()).value, { kind: "text_delta", text: "Well" });
  const next = failure(events.next());
  await at.clock.sleeperFor(LIMITS.idleMsMax);
  at.clock.advance(LIMITS.idleMsMax);
  const error = await next;
  assert.equal(error.kind, "idle_timeout");
  assert.match(error.hint, /model\.stale_timeout_seconds/);
  assert.equal(at.server.requests.length, 1);
});

test("[P14] stream() ends an answer that never does", async () => {
  let say = (_text: string) => {};
  const endless: WireAnswer = (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    say = (content) => response.write(`data: ${JSON.stringify(chunk({ content }))}\n\n`);
    say("more");
  };
  await using at = await start([endless]);
  const events = at.client.stream(hello, new AbortController().signal)[Symbol.asyncIterator]();
  await events.next();
  let waitedMs = 0;
  for (; waitedMs < LIMITS.totalMsMax - LIMITS.idleMsMax; waitedMs += 50_000) {
    const next = events.next();
    await at.clock.sleeperFor(LIMITS.idleMsMax);
    at.clock.advance(50_000);
    say("more");
    assert.equal((await next).value?.kind, "text_delta");
  }
  const next = failure(events.next());
  await at.clock.sleeperFor(1);
  at.clock.advance(LIMITS.totalMsMax - waitedMs);
  const error = await next;
  assert.equal(error.kind, "total_timeout");
  assert.match(error.hint, /model\.request_timeout_seconds/);
});

for (
  const [when, answer] of [
    ["before the first word", streams([], "open")],
    ["in the middle", streams([chunk({ content: "Well" })], "open")],
  ] as const
) {
  test(`stream() ends at once when it is aborted ${when}, and closes the connection`, async () => {
    const closed = Promise.withResolvers<void>();
    await using at = await start([(response, request) => {
      response.on("close", closed.resolve);
      answer(response, request);
    }]);
    const abort = new AbortController();
    const result = collect(at.client, hello, abort.signal);
    await at.server.requested(1);
    abort.abort(new Error("enough"));
    await assert.rejects(result, /enough/);
    await closed.promise;
    assert.equal(at.server.requests.length, 1);
  });
}

test("stream() ends at once when it is aborted while it waits to try again", async () => {
  await using at = await start([fails(503, {})]);
  const abort = new AbortController();
  const result = collect(at.client, hello, abort.signal);
  await at.server.requested(1);
  while ((at.clock.nextWakeMs() ?? Infinity) > 2_000) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  abort.abort(new Error("enough"));
  await assert.rejects(result, /enough/);
});

test("stream() asks nobody when it is aborted before", async () => {
  await using at = await start([says("never")]);
  await assert.rejects(collect(at.client, hello, AbortSignal.abort(new Error("enough"))), /enough/);
  assert.equal(at.server.requests.length, 0);
});

test("stream() closes the connection when its reader stops listening", async () => {
  const closed = Promise.withResolvers<void>();
  await using at = await start([(response, request) => {
    response.on("close", closed.resolve);
    streams([chunk({ content: "Well" })], "open")(response, request);
  }]);
  for await (const event of at.client.stream(hello, new AbortController().signal)) {
    assert.equal(event.kind, "text_delta");
    break;
  }
  await closed.promise;
});

test("[C39] stream() logs lengths and reasons, never a word of the talk or a key", async () => {
  await using at = await start([fails(503, { error: { message: "Hello" } }), says("Howdy")]);
  await sleepThrough(at.clock, collect(at.client));
  const log = JSON.stringify(at.logged);
  assert.match(log, /model\.answered/);
  assert.doesNotMatch(log, new RegExp(`Hello|Howdy|Be brief|${TEST_KEY}`));
});
