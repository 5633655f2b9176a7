import assert from "node:assert/strict";
import { test } from "node:test";
import { quietText, quietUntilMs } from "../../../src/gateway/outbox/quiet_hours.ts";

const night = { fromMinute: 22 * 60, untilMinute: 7 * 60 };
const until = (at: string, quiet = night, timeZone = "Europe/Berlin") => {
  const endMs = quietUntilMs(Date.parse(at), quiet, timeZone);
  return endMs === undefined ? undefined : new Date(endMs).toISOString();
};

test("[P247] quietUntilMs() knows when the quiet hours end, over midnight and over a change of clocks", () => {
  assert.equal(until("2026-06-01T19:59:59Z"), undefined);
  assert.equal(until("2026-06-01T20:00:00Z"), "2026-06-02T05:00:00.000Z");
  assert.equal(until("2026-06-02T04:59:30Z"), "2026-06-02T05:00:00.000Z");
  assert.equal(until("2026-06-02T05:00:00Z"), undefined);
  assert.equal(until("2026-10-24T21:00:00Z"), "2026-10-25T06:00:00.000Z", "clocks go back");
  assert.equal(until("2026-03-28T23:00:00Z"), "2026-03-29T05:00:00.000Z", "clocks go forward");
  const noon = { fromMinute: 12 * 60, untilMinute: 13 * 60 + 30 };
  assert.equal(until("2026-06-01T11:15:00Z", noon, "UTC"), undefined);
  assert.equal(until("2026-06-01T12:15:00Z", noon, "UTC"), "2026-06-01T13:30:00.000Z");
  assert.equal(until("2026-06-01T12:15:00Z", { fromMinute: 5, untilMinute: 5 }), undefined);
  assert.equal(quietText(noon), "12:00-13:30");
});
