import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatJsonLine, parseJsonLine, textLineFormatter } from "../../src/runtime/log_line.ts";

const entry = {
  atMs: new Date(2026, 0, 31, 12, 31, 5).getTime(),
  level: "warn",
  event: "a.b",
  fields: { posts: 3, server: "x y", last: true },
} as const;

test("parseJsonLine() gives back what formatJsonLine() wrote", () => {
  const seed = Date.now();
  console.log(`seed ${seed}`);
  const field = fc.oneof(fc.string(), fc.integer(), fc.boolean());
  const names = fc.string().filter((name) => !["time", "level", "event"].includes(name));
  const entries = fc.record({
    atMs: fc.integer({ min: 0, max: 4e12 }),
    level: fc.constantFrom("debug" as const, "info" as const, "warn" as const, "error" as const),
    event: fc.string(),
    fields: fc.dictionary(names, field),
  });
  fc.assert(
    fc.property(entries, (written) => {
      const parsed = parseJsonLine(formatJsonLine(written));
      assert.deepEqual(parsed, { ...written, fields: { ...written.fields } });
    }),
    { seed },
  );
});

test("parseJsonLine() makes nothing of a torn line, nor of somebody else's", () => {
  const whole = formatJsonLine(entry);
  const bad = [
    "",
    whole.slice(0, -1),
    "null",
    "7",
    "[]",
    "{}",
    '{"time":"now","level":"info","event":"a"}',
    '{"time":"2026-01-01T00:00:00Z","level":"loud","event":"a"}',
    '{"time":"2026-01-01T00:00:00Z","level":"info"}',
  ];
  for (const line of bad) assert.equal(parseJsonLine(line), undefined, line);
  const nested = parseJsonLine('{"time":"2026-01-01T00:00:00Z","level":"info","event":"a","x":{}}');
  assert.deepEqual(nested?.fields, {});
});

test("textLineFormatter() shows the date where days may differ", () => {
  const format = textLineFormatter({ color: false, showsDate: true });
  assert.equal(format(entry), '2026-01-31 12:31:05 warn  a.b  posts=3 server="x y" last=true');
});

test("textLineFormatter() lets neither name nor event steer the terminal", () => {
  const format = textLineFormatter({ color: false, showsDate: false });
  const line = format({ ...entry, event: "a\u001b[2Jb", fields: { "\u001b]0;x": 1 } });
  assert(!line.includes("\u001b"), line);
});
