import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import type { LogFields } from "../../src/runtime/log.ts";
import { createLog, type LogOptions, type LogOutput } from "../../src/runtime/log_sink.ts";
import { FakeClock } from "../support/fake_clock.ts";

const noonMs = new Date(2026, 0, 31, 12, 31, 5).getTime();

function linesOf(
  options: Partial<LogOptions & LogOutput>,
  ...events: [string, LogFields?][]
): string[] {
  const lines: string[] = [];
  const { format = "text", color = false } = options;
  const log = createLog({
    levelMin: "debug",
    clock: new FakeClock(noonMs),
    redact: (text) => text,
    outputs: [{ format, color, write: (line) => lines.push(line) }],
    ...options,
  });
  for (const [event, fields] of events) log("info", event, fields);
  return lines;
}

test("createLog() text shows time, level, event and fields on one line", () => {
  const lines = linesOf({}, ["gateway.connected", { bot: "hermes", url: "https://x", posts: 3 }], [
    "gateway.stopped",
  ]);
  assert.deepEqual(lines, [
    "12:31:05 info  gateway.connected  bot=hermes url=https://x posts=3",
    "12:31:05 info  gateway.stopped",
  ]);
});

test("createLog() text quotes what is not one word, so that a line stays a line", () => {
  const [line] = linesOf({}, ["a.b", {
    space: "two words",
    lines: "1\n2",
    quote: 'a"b',
    empty: "",
    escape: "\u001b[2J",
    control: "\u009b2J",
    direction: "\u202e",
    missing: undefined,
    no: false,
  }]);
  assert.equal(
    line,
    '12:31:05 info  a.b  space="two words" lines="1\\n2" quote="a\\"b" empty="" ' +
      'escape="\\u001b[2J" control="\\u{9b}2J" direction="\\u{202e}" no=false',
  );
});

test("createLog() text in color shows the same text", () => {
  const fields = { bot: "hermes" };
  const [colored] = linesOf({ color: true }, ["gateway.connected", fields]);
  const [plain] = linesOf({}, ["gateway.connected", fields]);
  assert.notEqual(colored, plain);
  assert.equal(stripVTControlCharacters(colored!), plain);
});

test("createLog() json gives one flat object, whose fixed keys no field replaces", () => {
  const [line] = linesOf({ format: "json" }, ["gateway.connected", {
    bot: "hermes",
    posts: 3,
    resumed: true,
    missing: undefined,
    level: "fake",
  }]);
  assert.equal(
    line,
    `{"time":"${new Date(noonMs).toISOString()}","level":"info","event":"gateway.connected",` +
      `"bot":"hermes","posts":3,"resumed":true}`,
  );
});

test("createLog() leaves out what is below its level", () => {
  const lines: string[] = [];
  const log = createLog({
    levelMin: "warn",
    clock: new FakeClock(),
    redact: (text) => text,
    outputs: [{ format: "text", color: false, write: (line) => lines.push(line.slice(9, 14)) }],
  });
  for (const level of ["debug", "info", "warn", "error"] as const) log(level, "a.b");
  assert.deepEqual(lines, ["warn ", "error"]);
});

test("createLog() writes the same to each of its outputs, as each has it", () => {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const formats = ["text", "json"] as const;
  linesOf({ outputs: formats.map((format) => ({ format, color: false, write })) }, ["a.b"]);
  assert.equal(lines[0], "12:31:05 info  a.b");
  assert.equal(JSON.parse(lines[1] ?? "").event, "a.b");
});

for (const format of ["text", "json"] as const) {
  test(`[C39] createLog() ${format} redacts every value and the event, as if it had come so`, () => {
    const redact = (text: string) => text.replaceAll("12345678", "***");
    const dirty = { text: "x=12345678 y", id: 12345678, model: "none", last: true };
    const clean = { text: "x=*** y", id: "***", model: "none", last: true };
    assert.deepEqual(
      linesOf({ format, redact }, ["a.12345678", dirty]),
      linesOf({ format }, ["a.***", clean]),
    );
  });
}
