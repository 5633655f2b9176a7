// deno-lint-ignore-file no-control-regex -- escape sequences begin with a control character.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PasteReader } from "../../../src/cli/terminal/paste_reader.ts";

/** What a reader makes of pieces: keys that follow each other as one. */
function read(...pieces: readonly string[]): string[] {
  const found: string[] = [];
  let keys = "";
  const reader = new PasteReader({
    onKeys: (text) => keys += text,
    onPaste: (text) => {
      if (keys !== "") found.push(`keys ${keys}`);
      keys = "";
      found.push(`paste ${text}`);
    },
  });
  for (const piece of pieces) reader.push(piece);
  return keys === "" ? found : [...found, `keys ${keys}`];
}

const SENT = "a\x1b[D\x1b[200~one\r\ntwo \x1b[2J\x1b[201~\r\x1b[200~\x1b[201~b\x1b[2~";
const MEANT = [
  "keys a\x1b[D",
  "paste one\r\ntwo \x1b[2J",
  "keys \r",
  "paste ",
  "keys b\x1b[2~",
];

test("[P171] PasteReader tells what is pasted from what is typed", () => {
  assert.deepEqual(read(SENT), MEANT);
  assert.deepEqual(read("\x1b[200~never ends", "\x03"), ["paste never ends", "keys \x03"]);
});

test("[P171] PasteReader does not depend on the pieces in which it comes", () => {
  // A key of its own may be an escape: only pieces that end in one are not to be told apart.
  const ends = fc.integer({ min: 1, max: SENT.length - 1 })
    .filter((end) => !/\x1b\[?$/.test(SENT.slice(0, end)) || isInPaste(end));
  fc.assert(fc.property(fc.uniqueArray(ends), (cuts) => {
    const sorted = [0, ...cuts.toSorted((a, b) => a - b), SENT.length];
    const pieces = sorted.slice(1).map((end, index) => SENT.slice(sorted[index], end));
    assert.deepEqual(read(...pieces), MEANT);
  }));
});

function isInPaste(end: number): boolean {
  const before = SENT.slice(0, end);
  return before.lastIndexOf("\x1b[200~") > before.lastIndexOf("\x1b[201~");
}
