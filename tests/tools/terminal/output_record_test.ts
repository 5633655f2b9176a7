import assert from "node:assert/strict";
import { test } from "node:test";
import {
  HEAD_CHARS_MAX,
  OutputRecord,
  TAIL_CHARS_MAX,
} from "../../../src/tools/terminal/output_record.ts";

const asItIs = (text: string) => text;
const SHOWN_MAX = HEAD_CHARS_MAX + TAIL_CHARS_MAX;

function recorded(text: string, redact = asItIs, pieceBytes = 1_000): string {
  const record = new OutputRecord();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    record.add(bytes.subarray(at, at + pieceBytes));
  }
  return record.text(redact);
}

function parts(shown: string): { head: string; leftOut: number; tail: string } {
  const [, head = "", leftOut, tail = ""] =
    shown.match(/^([^]*)\n\[About (-?\d+) bytes of the output are left out here\.\]\n([^]*)$/) ??
      [];
  return { head, leftOut: Number(leftOut), tail };
}

test("OutputRecord gives all of an output that is not too long", () => {
  assert.equal(recorded(""), "");
  assert.equal(recorded("grüße\n"), "grüße\n");
  const long = "😀".repeat(SHOWN_MAX / 2);
  assert.equal(recorded(long), long);
});

test("OutputRecord gives the beginning and the end of a longer one: 40 and 60 percent", () => {
  for (const chars of [SHOWN_MAX + 1, SHOWN_MAX + 5_000, 1_000_000]) {
    const text = Array.from({ length: chars / 10 + 1 }, (_, at) => `${at}`.padStart(9) + "\n").join(
      "",
    );
    const { head, leftOut, tail } = parts(recorded(text));
    assert.equal(head, text.slice(0, 20_000));
    assert.equal(tail, text.slice(-30_000));
    assert.equal(leftOut, text.length - 50_000);
  }
});

test("OutputRecord parts no character, in memory or at the cuts", () => {
  for (const pieceBytes of [1, 7, 70_001]) {
    const text = `a${"😀".repeat(200_000)}`;
    const { head, tail } = parts(recorded(text, asItIs, pieceBytes));
    assert.match(head, /^a(?:😀)+$/u);
    assert.match(tail, /^(?:😀)+$/u);
  }
  const record = new OutputRecord();
  record.add(Uint8Array.from([0x6f, 0x6b, 0xff, 0xfe, 0x21]));
  assert.equal(record.text(asItIs), "ok\uFFFD\uFFFD!");
});

test("OutputRecord hides a secret also where the output is cut", () => {
  const secret = "S3CRET".repeat(10);
  const redact = (text: string) => text.replaceAll(secret, "***");
  for (const size of [SHOWN_MAX, 1_000_000]) {
    const before = "x".repeat(HEAD_CHARS_MAX - 30);
    const after = "y".repeat(TAIL_CHARS_MAX - 30);
    const text = before + secret + "z".repeat(size) + secret + after;
    assert.doesNotMatch(recorded(text, redact), /S3CRET/);
  }
});
