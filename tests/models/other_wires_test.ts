import assert from "node:assert/strict";
import { test } from "node:test";
import type { AssistantMessage } from "../../src/transcript/message.ts";
import type { ModelRequest } from "../../src/models/model_client.ts";
import { joinProviderData } from "../../src/models/provider_echo.ts";
import { collect, doneOf, failure, hello, sleepThrough, start, textOf } from "./client_on_wire.ts";
import { fails, streams, TEST_KEY, type WireAnswer } from "./wire_server.ts";

const clockTool = {
  name: "clock",
  description: "Tells the time",
  inputSchema: { type: "object", properties: { zone: { type: "string" } } },
};

/** The request after `message` has called the clock. */
function afterCall(message: AssistantMessage): ModelRequest {
  const stored: AssistantMessage = JSON.parse(JSON.stringify(message));
  return {
    ...hello,
    messages: [
      ...hello.messages,
      stored,
      {
        role: "tool",
        toolCallId: stored.toolCalls[0]?.id ?? "",
        toolName: "clock",
        text: "noon",
        isError: false,
      },
    ],
    tools: [clockTool],
  };
}

const anthropic = {
  wire: "anthropic",
  providerId: "anthropic",
  modelId: "claude-opus-4-5",
} as const;

function anthropicStream(blocks: readonly unknown[][], stopReason: string): WireAnswer {
  return streams([
    {
      type: "message_start",
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "claude-opus-4-5",
        content: [],
        stop_reason: null,
        usage: { input_tokens: 10, cache_read_input_tokens: 30, output_tokens: 1 },
      },
    },
    { type: "ping" },
    ...blocks.flatMap(([start, ...deltas], index) => [
      { type: "content_block_start", index, content_block: start },
      ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
      { type: "content_block_stop", index },
    ]),
    {
      type: "message_delta",
      delta: { stop_reason: stopReason, stop_sequence: null },
      usage: { output_tokens: 25 },
    },
    { type: "message_stop" },
  ]);
}

const anthropicCall = anthropicStream([
  [
    { type: "thinking", thinking: "", signature: "" },
    { type: "thinking_delta", thinking: "The clock " },
    { type: "thinking_delta", thinking: "knows." },
    { type: "signature_delta", signature: "signed" },
  ],
  [{ type: "redacted_thinking", data: "hidden" }],
  [{ type: "text", text: "" }, { type: "text_delta", text: "Let me look." }],
  [
    { type: "tool_use", id: "toolu_1", name: "clock", input: {} },
    { type: "input_json_delta", partial_json: '{"zo' },
    { type: "input_json_delta", partial_json: 'ne":"UTC"}' },
  ],
], "tool_use");

test("stream() speaks Anthropic's wire: text, thinking, a tool call and usage", async () => {
  await using at = await start([anthropicCall], anthropic);
  const events = await collect(at.client, { ...hello, tools: [clockTool] });
  assert.equal(textOf(events, "text_delta"), "Let me look.");
  assert.equal(textOf(events, "reasoning_delta"), "The clock knows.");
  const { message, finishReason, usage } = doneOf(events);
  assert.equal(finishReason, "tool_calls");
  assert.deepEqual(message.toolCalls, [
    { id: "toolu_1", name: "clock", arguments: { zone: "UTC" } },
  ]);
  assert.deepEqual(usage, {
    inputTokens: 40,
    outputTokens: 25,
    cachedInputTokens: 30,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  });
  const request = at.server.requests[0];
  assert.equal(request?.path, "/v1/messages");
  assert.equal(request?.headers["x-api-key"], TEST_KEY);
  assert.equal(request?.headers["anthropic-version"], "2023-06-01");
  assert.equal(request?.body.model, "claude-opus-4-5");
  assert.equal(request?.body.stream, true);
  assert(request?.body.max_tokens > 4_096);
  assert.equal(request?.body.tools[0].name, "clock");
  assert(!request?.bodyText.includes(TEST_KEY));
});

test("stream() gives Anthropic its signed thinking back, and marks what to cache", async () => {
  const end = anthropicStream(
    [[{ type: "text", text: "" }, { type: "text_delta", text: "Noon." }]],
    "end_turn",
  );
  await using at = await start([anthropicCall, end, end], anthropic);
  const { message } = doneOf(await collect(at.client, { ...hello, tools: [clockTool] }));
  await collect(at.client, afterCall(message));
  const body = at.server.requests[1]?.body;
  assert.deepEqual(body.system, [
    { type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } },
  ]);
  assert.deepEqual(body.messages.slice(1), [
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "The clock knows.", signature: "signed" },
        { type: "redacted_thinking", data: "hidden" },
        { type: "text", text: "Let me look." },
        { type: "tool_use", id: "toolu_1", name: "clock", input: { zone: "UTC" } },
      ],
    },
    {
      role: "user",
      content: [{
        type: "tool_result",
        tool_use_id: "toolu_1",
        content: "noon",
        cache_control: { type: "ephemeral" },
      }],
    },
  ]);
  await collect(at.client, afterCall(message));
  assert.equal(at.server.requests[2]?.bodyText, at.server.requests[1]?.bodyText);
});

test("stream() sends Anthropic the calls of another model under ids that it takes", async () => {
  await using at = await start([anthropicCall], anthropic);
  const toolCalls = [{ id: "functions.clock:0", name: "clock", arguments: {} }];
  const answer = { role: "assistant", text: "", toolCalls } as const;
  await collect(at.client, afterCall(answer));
  const [, call, result] = at.server.requests[0]?.body.messages ?? [];
  assert.equal(call.content[0].id, "functions_clock_0");
  assert.equal(result.content[0].tool_use_id, "functions_clock_0");
});

test("stream() sends Anthropic's thinking to no other model", async () => {
  await using first = await start([anthropicCall], anthropic);
  const { message } = doneOf(await collect(first.client));
  const end = anthropicStream(
    [[{ type: "text", text: "" }, { type: "text_delta", text: "x" }]],
    "end_turn",
  );
  await using second = await start([end], { ...anthropic, modelId: "claude-haiku-4-5" });
  await collect(second.client, afterCall(message));
  assert.doesNotMatch(second.server.requests[0]?.bodyText ?? "", /signed|hidden|knows/);
});

test("stream() leaves think tags of a model that has thinking of its own alone", async () => {
  const text = "The tag <think> begins it.";
  const answer = anthropicStream(
    [[{ type: "text", text: "" }, { type: "text_delta", text }]],
    "end_turn",
  );
  await using at = await start([answer], anthropic);
  assert.equal(doneOf(await collect(at.client)).message.text, text);
});

test("stream() lets an Anthropic-like server of an unknown model answer at length", async () => {
  const answer = anthropicStream(
    [[{ type: "text", text: "" }, { type: "text_delta", text: "x" }]],
    "end_turn",
  );
  await using at = await start([answer], { ...anthropic, modelId: "MiniMax-M3" });
  await collect(at.client);
  assert.equal(at.server.requests[0]?.body.max_tokens, 32_000);
});

test("stream() tries again when Anthropic is overloaded after it has said 200", async () => {
  const overloaded = streams([
    { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
  ]);
  const broken = streams([
    {
      type: "message_start",
      message: {
        id: "m",
        type: "message",
        role: "assistant",
        model: "c",
        content: [],
        usage: { input_tokens: 1, output_tokens: 1 },
      },
    },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Ha" } },
  ], "cut");
  const answer = anthropicStream([[{ type: "text", text: "" }, {
    type: "text_delta",
    text: "Whole",
  }]], "end_turn");
  await using at = await start([overloaded, broken, answer], anthropic);
  const events = await sleepThrough(at.clock, collect(at.client));
  assert.equal(doneOf(events).message.text, "Whole");
  assert.deepEqual(
    at.logged.filter(({ event }) => event === "model.retry").map(({ fields }) => fields["kind"]),
    [
      "overloaded",
      "network",
    ],
  );
});

test("stream() tries again when Anthropic's stream ends before the first word", async () => {
  const cutShort = streams([{
    type: "message_start",
    message: {
      id: "m",
      type: "message",
      role: "assistant",
      model: "c",
      content: [],
      usage: { input_tokens: 1, output_tokens: 0 },
    },
  }]);
  await using at = await start([cutShort, fails(401, {})], anthropic);
  const error = await failure(sleepThrough(at.clock, collect(at.client)));
  assert.equal(error.kind, "auth", error.message);
  assert.equal(at.logged[0]?.fields["kind"], "network");
});

test("[P14] stream() explains a conversation that Anthropic finds too long", async () => {
  const body = {
    type: "error",
    error: {
      type: "invalid_request_error",
      message: "prompt is too long: 208310 tokens > 200000 maximum",
    },
  };
  await using at = await start([fails(400, body)], anthropic);
  const error = await failure(collect(at.client));
  assert.equal(error.kind, "context_overflow");
  assert.match(error.message, /more than "claude-opus-4-5" can read at once/);
});

test("[P14] stream() takes a first event that makes no sense for a bad answer", async () => {
  await using at = await start([streams([{ type: "message_start", message: {} }])], anthropic);
  assert.equal((await failure(collect(at.client))).kind, "bad_answer");
});

const openai = { wire: "openai", providerId: "openai-api", modelId: "gpt-5.4" } as const;

function openaiStream(
  items: readonly { item: Record<string, unknown>; deltas?: unknown[] }[],
): WireAnswer {
  const response = { id: "resp_1", object: "response", created_at: 1, model: "gpt-5.4" };
  return streams([
    {
      type: "response.created",
      sequence_number: 0,
      response: { ...response, status: "in_progress", output: [] },
    },
    ...items.flatMap(({ item, deltas = [] }, index) => [
      {
        type: "response.output_item.added",
        output_index: index,
        item: {
          ...item,
          status: "in_progress",
          ...(item["type"] === "function_call" && { arguments: "" }),
          ...(item["type"] === "message" && { content: [] }),
        },
      },
      ...deltas.map((delta) => ({
        output_index: index,
        item_id: item["id"],
        ...(delta as object),
      })),
      {
        type: "response.output_item.done",
        output_index: index,
        item: { ...item, status: "completed" },
      },
    ]),
    {
      type: "response.completed",
      response: {
        ...response,
        status: "completed",
        output: [],
        usage: {
          input_tokens: 50,
          input_tokens_details: { cached_tokens: 32 },
          output_tokens: 9,
          output_tokens_details: { reasoning_tokens: 4 },
          total_tokens: 59,
        },
      },
    },
  ]);
}

const openaiCall = openaiStream([
  {
    item: {
      type: "reasoning",
      id: "rs_1",
      summary: [{ type: "summary_text", text: "Clock." }],
      encrypted_content: "sealed",
    },
    deltas: [
      { type: "response.reasoning_summary_part.added", summary_index: 0 },
      { type: "response.reasoning_summary_text.delta", summary_index: 0, delta: "Clock." },
    ],
  },
  {
    item: {
      type: "message",
      id: "msg_1",
      role: "assistant",
      content: [{ type: "output_text", text: "Let me look.", annotations: [] }],
    },
    deltas: [{ type: "response.output_text.delta", content_index: 0, delta: "Let me look." }],
  },
  {
    item: {
      type: "function_call",
      id: "fc_1",
      call_id: "call_1",
      name: "clock",
      arguments: '{"zone":"UTC"}',
    },
    deltas: [
      { type: "response.function_call_arguments.delta", delta: '{"zone":' },
      { type: "response.function_call_arguments.delta", delta: '"UTC"}' },
    ],
  },
]);

test("stream() speaks OpenAI's wire, keeps nothing there, and gives sealed reasoning back", async () => {
  await using at = await start([openaiCall, openaiCall], openai);
  const events = await collect(at.client, { ...hello, tools: [clockTool] });
  assert.equal(textOf(events, "text_delta"), "Let me look.");
  assert.equal(textOf(events, "reasoning_delta"), "Clock.");
  const { message, finishReason, usage } = doneOf(events);
  assert.equal(finishReason, "tool_calls");
  assert.deepEqual(message.toolCalls, [{
    id: "call_1",
    name: "clock",
    arguments: { zone: "UTC" },
  }]);
  assert.deepEqual(usage, {
    inputTokens: 50,
    outputTokens: 9,
    cachedInputTokens: 32,
    cacheWriteTokens: 0,
    reasoningTokens: 4,
  });
  const request = at.server.requests[0];
  assert.equal(request?.path, "/v1/responses");
  assert.equal(request?.headers.authorization, `Bearer ${TEST_KEY}`);
  assert.equal(request?.body.store, false);
  assert.deepEqual(request?.body.include, ["reasoning.encrypted_content"]);
  assert.equal(request?.body.tools[0].strict, false);

  await collect(at.client, afterCall(message));
  assert.deepEqual(at.server.requests[1]?.body.input.slice(2), [
    {
      type: "reasoning",
      id: "rs_1",
      encrypted_content: "sealed",
      summary: [{ type: "summary_text", text: "Clock." }],
    },
    { role: "assistant", content: "Let me look." },
    { type: "function_call", call_id: "call_1", name: "clock", arguments: '{"zone":"UTC"}' },
    { type: "function_call_output", call_id: "call_1", output: "noon" },
  ]);
});

test("stream() reads a failure inside of OpenAI's stream", async () => {
  const failed = streams([
    {
      type: "error",
      sequence_number: 1,
      error: {
        type: "insufficient_quota",
        code: "insufficient_quota",
        message: "You exceeded your current quota",
        param: null,
      },
    },
  ]);
  await using at = await start([failed], openai);
  assert.equal((await failure(collect(at.client))).kind, "billing");
});

const google = { wire: "google", providerId: "gemini", modelId: "gemini-3.5-flash" } as const;

function googleStream(parts: readonly Record<string, unknown>[], finishReason: string): WireAnswer {
  return streams([
    ...parts.map((part) => ({
      candidates: [{ index: 0, content: { role: "model", parts: [part] } }],
    })),
    {
      candidates: [{ index: 0, content: { role: "model", parts: [{ text: "" }] }, finishReason }],
      usageMetadata: {
        promptTokenCount: 12,
        candidatesTokenCount: 5,
        thoughtsTokenCount: 3,
        totalTokenCount: 20,
      },
    },
  ]);
}

test("stream() speaks Google's wire, and gives thought signatures back", async () => {
  const call = googleStream([
    { text: "Clock.", thought: true },
    { text: "Let me look." },
    { functionCall: { name: "clock", args: { zone: "UTC" } }, thoughtSignature: "signed" },
  ], "STOP");
  await using at = await start([call, googleStream([{ text: "Noon." }], "STOP")], google);
  const events = await collect(at.client, { ...hello, tools: [clockTool] });
  assert.equal(textOf(events, "text_delta"), "Let me look.");
  assert.equal(textOf(events, "reasoning_delta"), "Clock.");
  const { message, finishReason, usage } = doneOf(events);
  assert.equal(finishReason, "tool_calls");
  assert.equal(message.toolCalls[0]?.name, "clock");
  assert.deepEqual(message.toolCalls[0]?.arguments, { zone: "UTC" });
  assert.equal(usage.inputTokens, 12);
  const request = at.server.requests[0];
  assert.equal(request?.path, "/v1/models/gemini-3.5-flash:streamGenerateContent?alt=sse");
  assert.equal(request?.headers["x-goog-api-key"], TEST_KEY);

  await collect(at.client, afterCall(message));
  const model = at.server.requests[1]?.body.contents[1];
  assert.deepEqual(model.parts.find((part: { functionCall?: unknown }) => part.functionCall), {
    functionCall: { id: message.toolCalls[0]?.id, name: "clock", args: { zone: "UTC" } },
    thoughtSignature: "signed",
  });
});

test("joinProviderData() keeps the signatures of an answer that went on where it was cut off", async () => {
  const cut = googleStream([{ text: "Let me " }], "MAX_TOKENS");
  const rest = googleStream([
    { text: "look." },
    { functionCall: { name: "clock", args: {} }, thoughtSignature: "signed" },
  ], "STOP");
  await using at = await start([cut, rest, googleStream([{ text: "Noon." }], "STOP")], google);
  const { message: first } = doneOf(await collect(at.client));
  const { message: second } = doneOf(await collect(at.client));
  const providerData = joinProviderData(first, second);
  await collect(at.client, afterCall({ ...second, text: "Let me look.", providerData }));
  const [text, more, call] = at.server.requests[2]?.body.contents[1].parts ?? [];
  assert.equal(`${text.text}${more.text}`, "Let me look.");
  assert.equal(call.thoughtSignature, "signed");
  assert.equal(joinProviderData(first, first), undefined);
});

test("stream() calls an answer that Google's filter stopped refused", async () => {
  await using at = await start([googleStream([{ text: "I" }], "SAFETY")], google);
  assert.equal(doneOf(await collect(at.client)).finishReason, "refused");
});

const beginnings = [
  [anthropic, [
    {
      type: "message_start",
      message: {
        id: "m",
        type: "message",
        role: "assistant",
        model: "c",
        content: [],
        usage: { input_tokens: 1, output_tokens: 1 },
      },
    },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Well" } },
  ]],
  [openai, [
    { type: "response.created", response: { id: "r", created_at: 1, model: "gpt-5.4" } },
    {
      type: "response.output_item.added",
      output_index: 0,
      item: { type: "message", id: "msg_1", phase: null },
    },
    { type: "response.output_text.delta", item_id: "msg_1", delta: "Well", output_index: 0 },
  ]],
  [google, [{ candidates: [{ content: { role: "model", parts: [{ text: "Well" }] } }] }]],
] as const;

for (const [chosen, events] of beginnings) {
  test(`stream() restarts an answer over the ${chosen.wire} wire that broke off`, async () => {
    await using at = await start([streams(events, "cut"), fails(401, {})], chosen);
    const error = await failure(sleepThrough(at.clock, collect(at.client)));
    assert.equal(error.kind, "auth", error.message);
    assert.deepEqual(at.logged.map(({ fields }) => fields["kind"]), ["network"]);
  });

  test(`stream() ends at once when it is aborted over the ${chosen.wire} wire`, async () => {
    for (const begun of [[], events]) {
      const closed = Promise.withResolvers<void>();
      await using at = await start([(response, request) => {
        response.on("close", closed.resolve);
        streams(begun, "open")(response, request);
      }], chosen);
      const abort = new AbortController();
      const stream = at.client.stream(hello, abort.signal)[Symbol.asyncIterator]();
      if (begun.length > 0) assert.equal((await stream.next()).value?.kind, "text_delta");
      const next = stream.next();
      await at.server.requested(1);
      abort.abort(new Error("enough"));
      await assert.rejects(next, /enough/);
      await closed.promise;
    }
  });
}
