import assert from "node:assert/strict";
import { test } from "node:test";
import { splitOrder } from "../../src/cron/split_order.ts";

const NOW = { nowMs: Date.parse("2026-10-24T10:00:00Z"), timeZone: "Europe/Berlin" };

test("splitOrder() takes the longest beginning that is a schedule, or what is quoted [P235]", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["20m Remind me of the tea", "20m", "Remind me of the tea"],
    ["in 20 minutes tea", "in 20 minutes", "tea"],
    ["every day at 9 Post the news", "every day at 9", "Post the news"],
    ["weekdays at 9:30 stand-up", "weekdays at 9:30", "stand-up"],
    ["tomorrow 9am buy milk", "tomorrow 9am", "buy milk"],
    ["0 9 * * 1-5 Summarise 3 things", "0 9 * * 1-5", "Summarise 3 things"],
    ['"0 9 * * 1-5" Summarise', "0 9 * * 1-5", "Summarise"],
    ["“every 2h” look", "every 2h", "look"],
    ["2026-12-01T08:00 call\nBob", "2026-12-01T08:00", "call\nBob"],
  ];
  for (const [line, schedule, prompt] of cases) {
    const order = splitOrder(line, NOW);
    assert.deepEqual([order?.schedule, order?.prompt], [schedule, prompt], line);
  }
});

test("splitOrder() reads options wherever they stand, and knows what is no order [P235]", () => {
  const line = 'every 2h Look --name "Disk watch" at the disks --deliver=home --repeat 5';
  assert.deepEqual(splitOrder(line, NOW), {
    schedule: "every 2h",
    prompt: "Look at the disks",
    name: "Disk watch",
    deliver: "home",
    repeat: 5,
  });
  assert.equal(splitOrder("", NOW), undefined);
  assert.equal(splitOrder("banana split", NOW), undefined);
});
