import assert from "node:assert/strict";
import { test } from "node:test";
import { findAppError, parseRetryAfterMs, readTextPart } from "../../src/mattermost/read_answer.ts";

const nowMs = Date.parse("2026-11-23T12:00:00Z");

const headers: readonly [header: string | null, expectedMs: number][] = [
  [null, 0],
  ["", 0],
  ["7", 7_000],
  ["1, 3", 3_000],
  ["3,1", 3_000],
  ["0", 0],
  ["-5", 0],
  ["soon", 0],
  ["86400", 60_000],
  ["Mon, 23 Nov 2026 12:00:09 GMT", 9_000],
  ["Mon, 23 Nov 2026 11:00:00 GMT", 0],
];

for (const [header, expectedMs] of headers) {
  test(`parseRetryAfterMs() makes ${expectedMs} ms of ${JSON.stringify(header)}`, () => {
    assert.equal(parseRetryAfterMs(header, nowMs), expectedMs);
  });
}

test("findAppError() finds the server's error wherever it stands", () => {
  const error = '{"id":"api.context.permissions.app_error","message":"x","status_code":403}';
  const id = "api.context.permissions.app_error";
  assert.deepEqual(findAppError(error), { id, status: 403, index: 0 });
  assert.deepEqual(findAppError(`Bad Request\n${error}`), { id, status: 403, index: 12 });
  assert.deepEqual(findAppError(error.slice(0, 50)), { id, status: 0, index: 0 });
});

test("findAppError() does not take a channel, a page or a text for an error", () => {
  const header = JSON.stringify({ header: '{"id":"api.fake.app_error"}' });
  for (
    const text of ["", "limit exceeded", "<html>", '{"id":"78gph8xxejdmjjexf8iz9gdwnh"}', header]
  ) {
    assert.equal(findAppError(text), undefined);
  }
});

test("readTextPart() reads no more than the bound, and ends the rest", async () => {
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode("x".repeat(1_000))),
    cancel: () => void (cancelled = true),
  });
  assert.equal((await readTextPart(new Response(endless), 2_500)).length, 2_500);
  assert.equal(cancelled, true);
  assert.equal(await readTextPart(new Response("short"), 2_500), "short");
  assert.equal(await readTextPart(new Response(null), 2_500), "");
});
