import assert from "node:assert/strict";
import { test } from "node:test";
import { readMediaLines } from "../../src/replies/media_lines.ts";

const texts: readonly [what: string, text: string, rest: string, paths: readonly string[]][] = [
  ["no file", "Just text.", "Just text.", []],
  ["a file between words", "Here:\n\nMEDIA:/a/b.png\n\nDone.", "Here:\n\nDone.", ["/a/b.png"]],
  ["a name with blanks", "MEDIA: /a/my file.pdf  ", "", ["/a/my file.pdf"]],
  ["the same file twice", "MEDIA:/a\nMEDIA:/a", "", ["/a"]],
  ["marks of code", "`MEDIA:/a/b`", "", ["/a/b"]],
  ["a code block", "```\nMEDIA:/a\n```\nMEDIA:/b", "```\nMEDIA:/a\n```", ["/b"]],
  ["a sentence about it", "Write MEDIA:/a to send.", "Write MEDIA:/a to send.", []],
  ["a relative path", "MEDIA:a/b.png", "MEDIA:a/b.png", []],
];
for (const [what, text, rest, paths] of texts) {
  test(`[P152] readMediaLines() reads ${what}`, () => {
    assert.deepEqual(readMediaLines(text), { text: rest, paths });
  });
}
