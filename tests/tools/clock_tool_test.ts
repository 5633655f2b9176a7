import assert from "node:assert/strict";
import { test } from "node:test";
import { createClockTool } from "../../src/tools/clock_tool.ts";
import { ToolRegistry } from "../../src/tools/registry.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { toolContext } from "../support/tool_context.ts";

const clock = new FakeClock(Date.UTC(2026, 5, 3, 22, 5, 9));
const tool = createClockTool({ clock, timeZone: "Europe/Berlin" });
const signal = new AbortController().signal;

test("current_time tells date, weekday, time and offset in the local zone", async () => {
  const text = await tool.run({}, toolContext(), signal);
  assert.equal(text, "Thursday, June 4, 2026 at 00:05:09 GMT+2 (Europe/Berlin)");
});

test("[P219] current_time tells the time of the person's own zone", async () => {
  const person = { id: "alice", name: "alice", timeZone: "Asia/Tokyo" };
  const text = await tool.run({}, toolContext({ person }), signal);
  assert.equal(text, "Thursday, June 4, 2026 at 07:05:09 GMT+9 (Asia/Tokyo)");
});

test("current_time tells the time of another zone", async () => {
  const text = await tool.run({ time_zone: "America/St_Johns" }, toolContext(), signal);
  assert.equal(text, "Wednesday, June 3, 2026 at 19:35:09 GMT-2:30 (America/St_Johns)");
});

test("current_time refuses a zone that does not exist", () => {
  const call = { id: "1", name: "current_time", arguments: { time_zone: "Mars/Olympus" } };
  const resolved = new ToolRegistry([tool]).resolve(call);
  assert.match(resolved.kind === "refused" ? resolved.reason : "", /time_zone: must be an IANA/);
});
