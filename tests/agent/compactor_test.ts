import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Compactor } from "../../src/agent/compactor.ts";
import { ModelError } from "../../src/models/errors.ts";
import { type ScriptedAnswer, ScriptedModel } from "../../src/sandbox/scripted_model.ts";
import { hang } from "../../src/sandbox/scripted_model.ts";
import type { SessionKey } from "../../src/sessions/session_store.ts";
import type { Message } from "../../src/transcript/message.ts";
import { repairTranscript } from "../../src/transcript/repair_transcript.ts";
import { checkRequest } from "../support/check_transcript.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { anyTranscript } from "../support/transcripts.ts";

const KEY = "agent:main:test" as SessionKey;
const never = new AbortController().signal;
const user = (text: string): Message => ({ role: "user", text });
const answer = (text: string): Message => ({ role: "assistant", text, toolCalls: [] });

/** Twenty long exchanges and a newest message. */
const LONG: Message[] = [
  ...Array.from({ length: 20 }, (_, index) => [
    user(`question ${index} ${"x".repeat(400)}`),
    answer(`answer ${index} ${"y".repeat(400)}`),
  ]).flat(),
  user("and now?"),
];

interface Options {
  readonly messages?: readonly Message[];
  readonly isForced?: boolean;
  readonly topic?: string;
}

function openCompactor(...answers: ScriptedAnswer[][]) {
  const models = answers.map((each) => new ScriptedModel(...each));
  const clock = new FakeClock();
  const compactedKeys: string[] = [];
  const compactor = new Compactor({
    models,
    clock,
    log: () => {},
    redact: (text) => text.replaceAll("s3cret", "***"),
    unfinished: () => "",
    onCompacted: (sessionKey) => compactedKeys.push(sessionKey),
  });
  const compact = ({ messages = LONG, isForced = false, topic }: Options = {}, signal = never) =>
    compactor.compact(
      { sessionKey: KEY, messages, triggerTokens: 2_000, isForced, topic },
      signal,
    );
  return { compact, models, clock, compactedKeys };
}

test("[P118] compact() puts a summary in the place of what is old, and the newest message last", async () => {
  const { compact, models } = openCompactor(["They asked 17 things."]);
  const compacted = await compact();
  const messages = compacted?.messages ?? [];
  assert.equal(compacted?.how, "summarized");
  assert.equal(compacted?.usage.calls, 1);
  checkRequest(messages);
  const [summary] = messages;
  assert(summary?.role === "user" && summary.isSummary === true);
  assert.match(summary.text, /as background.*do not take it up.*They asked 17 things\..*newer/s);
  assert.deepEqual(messages.at(-1), user("and now?"));
  assert.deepEqual(messages.slice(2), LONG.slice(-(messages.length - 2)));
  const [request] = models[0]?.requests ?? [];
  assert.match(request?.systemPrompt ?? "", /Write in the language of the people/);
  const asked = request?.messages[0]?.text ?? "";
  assert.match(asked, /question 0 x/);
  assert.doesNotMatch(asked, /and now\?/);
  assert.deepEqual(request?.tools, []);
});

test("[P118] compact() is content with shortening where that is enough", async () => {
  const call = { id: "1", name: "read_file", arguments: { path: "a" } };
  const work: Message[] = [
    user("read"),
    { role: "assistant", text: "", toolCalls: [call] },
    {
      role: "tool",
      toolCallId: "1",
      toolName: "read_file",
      text: "z".repeat(9_000),
      isError: false,
    },
    answer("read it"),
  ];
  const messages = [...work, ...LONG.slice(-3)];
  const { compact, models } = openCompactor([]);
  const compacted = await compact({ messages });
  assert.equal(compacted?.how, "shortened");
  assert.equal(models[0]?.requests.length, 0);
  assert.deepEqual(compacted?.messages.slice(3), messages.slice(3));
  checkRequest(compacted?.messages ?? []);
});

test("[P118] compact() updates the earlier summary instead of summing it up again", async () => {
  const { compact, models } = openCompactor(["First.", "Second."]);
  const first = await compact();
  const second = await compact({ messages: [...first?.messages ?? [], answer("well"), ...LONG] });
  const asked = models[0]?.requests[1]?.messages[0]?.text ?? "";
  assert.match(asked, /^# The summary so far\n\nFirst\.\n\nUpdate it/);
  assert.doesNotMatch(asked, /as background|I know the summary/);
  const summaries = second?.messages.filter((each) => each.role === "user" && each.isSummary) ?? [];
  assert.equal(summaries.length, 1);
  assert.match(summaries[0]?.text ?? "", /Second\./);
});

test("[P118] compact() tells the model that sums up what is being answered, and what matters", async () => {
  const { compact, models } = openCompactor(["Done so far: 3."]);
  const call = (index: number): Message[] => [
    { role: "assistant", text: "", toolCalls: [{ id: `${index}`, name: "look", arguments: {} }] },
    {
      role: "tool",
      toolCallId: `${index}`,
      toolName: "look",
      text: "z".repeat(190),
      isError: false,
    },
  ];
  const work = Array.from({ length: 60 }, (_, index) => call(index)).flat();
  const messages = [user("hello"), answer("hi"), user("look everywhere"), ...work];
  const compacted = await compact({ messages, isForced: true, topic: "the database" });
  const asked = models[0]?.requests[0]?.messages[0]?.text ?? "";
  assert.match(asked, /# Being answered now\n\nlook everywhere/);
  assert.match(asked, /# To be kept above all\n\nthe database/);
  assert.deepEqual(compacted?.messages[2], user("look everywhere"));
  assert.equal(compacted?.messages[3]?.role, "assistant");
  checkRequest(compacted?.messages ?? []);
});

test("[P118] compact() shows no model a secret, and keeps none that a model repeats", async () => {
  const { compact, models } = openCompactor(["The key is s3cret."]);
  const compacted = await compact({ messages: [user("my key is s3cret"), ...LONG.slice(1)] });
  assert.doesNotMatch(JSON.stringify(models[0]?.requests), /s3cret/);
  assert.doesNotMatch(JSON.stringify(compacted), /s3cret/);
});

const failure = new ModelError("overloaded", "it fails", { hint: "Wait." });

test("[P118] compact() asks the next model when the first one fails", async () => {
  const { compact, models } = openCompactor([failure], ["From the other."]);
  const compacted = await compact();
  assert.match(compacted?.messages[0]?.text ?? "", /From the other\./);
  assert.equal(models[1]?.requests.length, 1);
});

test("[P118] compact() makes an extract when no model sums up, and then lets them rest", async () => {
  const { compact, models, clock } = openCompactor([failure, "Again."], [""]);
  const compacted = await compact();
  assert.equal(compacted?.how, "extracted");
  const [summary] = compacted?.messages ?? [];
  assert.match(summary?.text ?? "", /- Person: question 10 xxx/);
  assert.ok((summary?.text.length ?? 0) < 8_600);
  checkRequest(compacted?.messages ?? []);
  assert.equal((await compact())?.how, "extracted");
  assert.equal(models[0]?.requests.length, 1);
  clock.advance(60_000);
  assert.equal((await compact())?.how, "summarized");
});

test("[P118] compact() waits two minutes for a summary and no longer", async () => {
  const { compact, clock, models } = openCompactor([hang()]);
  const pending = compact();
  await models[0]?.requested(1);
  await clock.sleeperFor(120_000);
  clock.advance(120_000);
  assert.equal((await pending)?.how, "extracted");
});

test("compact() ends at once when it is aborted", async () => {
  const abort = new AbortController();
  const { compact, models } = openCompactor([hang()]);
  const pending = compact({}, abort.signal);
  await models[0]?.requested(1);
  abort.abort(new Error("stop"));
  await assert.rejects(pending, /stop/);
});

test("[P118] compact() leaves a session alone after two that saved next to nothing, unless it must", async () => {
  const useless = "z".repeat(16_000);
  const { compact, models } = openCompactor([useless, useless, "Short."]);
  assert.equal(await compact(), undefined);
  assert.equal(await compact(), undefined);
  assert.equal(await compact(), undefined);
  assert.equal(models[0]?.requests.length, 2);
  assert.equal((await compact({ isForced: true }))?.how, "summarized");
});

test("compact() tells that a session is not shown any more what it has seen", async () => {
  const { compact, compactedKeys } = openCompactor(["They asked 17 things."]);
  await compact({ messages: [user("hi")] });
  assert.deepEqual(compactedKeys, []);
  await compact();
  assert.deepEqual(compactedKeys, [KEY]);
});

test("compact() has nothing to do where there is nothing old", async () => {
  const { compact } = openCompactor([]);
  assert.equal(await compact({ messages: [user("hello")], isForced: true }), undefined);
});

test("[P118] compact() makes of any transcript one that a model takes, with the newest message last", async () => {
  await fc.assert(fc.asyncProperty(anyTranscript, fc.boolean(), async (said, isForced) => {
    const messages = repairTranscript([...said, user("the newest")]);
    const { compact } = openCompactor(["Summary."]);
    const compacted = await compact({ messages, isForced });
    if (compacted === undefined) return;
    checkRequest(compacted.messages);
    const lastUser = compacted.messages.findLast(({ role }) => role === "user");
    assert.equal(lastUser, messages.findLast(({ role }) => role === "user"));
  }));
});
