import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import type { LogFields } from "../../src/runtime/log.ts";
import { createLog, type LogOptions } from "../../src/runtime/log_sink.ts";
import { FakeClock } from "../support/fake_clock.ts";

const noonMs = new Date(2026, 0, 31, 12, 31, 5).getTime();

function linesOf(options: Partial<LogOptions>, ...events: [string, LogFields?][]): string[] {
  const lines: string[] = [];
  const log = createLog({
    format: "text",
    levelMin: "debug",
    write: (line) => lines.push(line),
    clock: new FakeClock(noonMs),
    color: false,
    secrets: () => [],
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
    format: "text",
    levelMin: "warn",
    write: (line) => lines.push(line.slice(9, 14)),
    clock: new FakeClock(),
    color: false,
    secrets: () => [],
  });
  for (const level of ["debug", "info", "warn", "error"] as const) log(level, "a.b");
  assert.deepEqual(lines, ["warn ", "error"]);
});

for (const format of ["text", "json"] as const) {
  test(`[C39] createLog() ${format} holds no known secret, wherever it stands`, () => {
    const secret = fc.string({ minLength: 7, maxLength: 30 });
    fc.assert(fc.property(secret, fc.string(), fc.string(), (token, before, after) => {
      const text = `${before}${token}${after}`;
      const [line] = linesOf({ format, secrets: () => [token] }, ["a.b", { text }]);
      const hidden = text.replaceAll(token, "***");
      const [expected] = linesOf({ format }, ["a.b", { text: hidden }]);
      assert.equal(line, expected);
    }));
  });

  test(`[C39] createLog() ${format} holds nothing that is shaped like a credential`, () => {
    const texts = [
      "Authorization: Bearer abcdef0123456789",
      "bearer eyJhbGciOi.J9-_x/+=",
      "Basic dXNlcjp3b3Jk",
      "https://user:dXNlcjp3b3Jk@proxy.example:3128/",
      "https://x/api?token=abcdef0123456789&page=2",
      "https://x/api?api_key=abcdef0123456789",
    ];
    for (const text of texts) {
      const [line] = linesOf({ format }, ["a.b", { text }]);
      assert.doesNotMatch(line!, /abcdef|eyJ|dXNl/, text);
      assert.match(line!, /\*\*\*/);
    }
  });
}

test("[C39] createLog() asks for the secrets at each line, and finds them encoded and nested", () => {
  const secrets: string[] = [];
  const lines: string[] = [];
  const log = createLog({
    format: "text",
    levelMin: "info",
    write: (line) => lines.push(line),
    clock: new FakeClock(noonMs),
    color: false,
    secrets: () => secrets,
  });
  log("info", "a.b", { text: "secret/one" });
  secrets.push("secret/one", "secret/one-and-more");
  log("info", "a.b", {
    text: "secret/one",
    other: "x=secret%2Fone",
    longer: "secret/one-and-more",
  });
  assert.match(lines[0]!, /secret\/one/);
  assert.equal(lines[1], '12:31:05 info  a.b  text=*** other="x=***" longer=***');
});

test("[C39] createLog() hides a secret in a number, and leaves short words alone", () => {
  const [line] = linesOf({ secrets: () => ["12345678", "none", ""] }, ["a.b", {
    id: 12345678,
    model: "none",
  }]);
  assert.equal(line, "12:31:05 info  a.b  id=*** model=none");
  assert.deepEqual(linesOf({ secrets: () => ["12345678"] }, ["12345678"]), ["12:31:05 info  ***"]);
});

test("createLog() keeps addresses and ids that are no credentials", () => {
  const fields = { url: "https://chat.example:8065/a?page=2", post: "c4ku84oaapfztp7r8gdquf1tph" };
  assert.equal(
    linesOf({}, ["a.b", fields])[0],
    '12:31:05 info  a.b  url="https://chat.example:8065/a?page=2" post=c4ku84oaapfztp7r8gdquf1tph',
  );
});
