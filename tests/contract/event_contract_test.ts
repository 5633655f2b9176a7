import assert from "node:assert/strict";
import { test } from "node:test";
import { SCENARIOS } from "./event_scenarios.ts";
import { startRecordedSandbox } from "./recorded_sandbox.ts";
import { loadSocket, type RecordedFrame } from "./recordings.ts";
import { shapeDifferences } from "./shape.ts";
import { SocketStage } from "./socket_stage.ts";

for (const [name, scenario] of Object.entries(SCENARIOS)) {
  const recording = loadSocket(name);
  test(`[P30] the sandbox sends the events of ${name}: ${recording.about}`, async () => {
    await using started = await startRecordedSandbox();
    const { sandbox } = started;
    const stage = await SocketStage.open(sandbox);
    const made = await scenario.before?.(sandbox);
    await stage.settle();
    const [botFrom, aliceFrom] = [stage.bot.texts.length, stage.alice.texts.length];
    await scenario.act(sandbox, made?.body ?? made);
    await stage.settle();
    assertSameEvents(recording.frames ?? [], stage.textsSince(stage.bot, botFrom));
    if (recording.frames_seen_by_alice !== undefined) {
      assertSameEvents(recording.frames_seen_by_alice, stage.textsSince(stage.alice, aliceFrom));
    }
    stage.close();
  });
}

test("[P30] the sandbox lists the bot in mentions as ws-mentions-syntax-table says", async () => {
  await using started = await startRecordedSandbox();
  const { sandbox } = started;
  const stage = await SocketStage.open(sandbox);
  const { cases = [] } = loadSocket("ws-mentions-syntax-table");
  for (const { message, mentions_field: mentions, attachments } of cases) {
    const from = stage.bot.frames.length;
    sandbox.as("alice").post({
      channel: "general-lab",
      message,
      ...(attachments === undefined ? {} : { props: { attachments } }),
    });
    await stage.settle();
    const posted = stage.bot.frames.slice(from).find((frame) => frame.event === "posted");
    assert.equal(posted.data.mentions ?? null, mentions, message);
  }
  stage.close();
});

/** The same events in the same order, each of the same shape, for the same recipients. */
function assertSameEvents(recorded: readonly RecordedFrame[], actual: readonly string[]): void {
  const texts = recorded.flatMap((frame) => frame.dir === "in" ? frame.text ?? [] : []);
  const [left, right] = [texts, actual].map((list) => list.map((text) => JSON.parse(text)));
  assert.deepEqual(right?.map((frame) => frame.event), left?.map((frame) => frame.event));
  texts.forEach((text, index) => {
    const [one, other] = [left?.[index], right?.[index]];
    assert.deepEqual(shapeDifferences(unnested(one.data), unnested(other.data)), [], one.event);
    assert.deepEqual(addressed(other.broadcast), addressed(one.broadcast), one.event);
    assert.equal(isSpaced(actual[index] ?? ""), isSpaced(text), "blanks between the parts");
  });
}

/** JSON inside JSON, opened. */
function unnested(data: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) =>
      typeof value === "string" && /^[{[]/.test(value) ? [key, JSON.parse(value)] : [key, value]
    ),
  );
}

/** Which fields of the broadcast say something. */
function addressed(broadcast: Record<string, unknown>): string[] {
  return Object.entries(broadcast).flatMap(([key, value]) => value ? [key] : []).sort();
}

function isSpaced(text: string): boolean {
  return text.startsWith('{"event": ');
}
