import assert from "node:assert/strict";
import { test } from "node:test";
import { toPlainText } from "../../../src/tools/terminal/plain_text.ts";

test("toPlainText() gives what a person would read on the screen", () => {
  const cases: readonly [output: string, text: string][] = [
    ["plain\ttext\nnext", "plain\ttext\nnext"],
    ["\x1b[1;31mred\x1b[0m and \x1b[38;5;12mblue\x1b[m", "red and blue"],
    ["\x1b]0;title\x07shown \x1b]8;;https://example.com\x1b\\link\x1b]8;;\x1b\\", "shown link"],
    ["\x1b(B\x1b7\x1b[?25lhidden cursor\x1b8", "hidden cursor"],
    ["\x1bP1$tx\x1b\\after", "after"],
    ["one\r\ntwo\r\n", "one\ntwo\n"],
    [" 10%\r 50%\r100%\ndone", "100%\ndone"],
    ["waiting\r", "waiting"],
    ["\r", ""],
    ["bell\x07 back\x08 nul\0 del\x7f", "bell back nul del"],
    ["grüße 😀 \u{1F468}\u200D\u{1F469}", "grüße 😀 \u{1F468}\u200D\u{1F469}"],
    ["cut off \x1b[38;5", "cut off "],
    ["\x1b", ""],
  ];
  for (const [output, text] of cases) {
    assert.equal(toPlainText(output), text, JSON.stringify(output));
  }
});

test("toPlainText() takes time in proportion to the output, however hostile", () => {
  for (const piece of ["\x1b]", "\x1b[", "\x1bP", "\r", "\x1b[0;", "\x1b ", "\x1b]x\r\n"]) {
    const startedAtMs = performance.now();
    toPlainText(piece.repeat(300_000));
    const tookMs = performance.now() - startedAtMs;
    assert.ok(tookMs < 2_000, `${JSON.stringify(piece)} took ${tookMs} ms`);
  }
});
