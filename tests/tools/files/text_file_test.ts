import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeTextFile } from "../../../src/tools/files/text_file.ts";
import { seededRandom } from "../../support/seeded_random.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

test("decodeTextFile() keeps line ends, a byte order mark and a missing last newline", () => {
  const cases: readonly [before: string, old: string, now: string, after: string][] = [
    ["a\nb\nc", "b", "x\ny", "a\nx\ny\nc"],
    ["a\r\nb\r\nc", "b", "x\ny", "a\r\nx\r\ny\r\nc"],
    ["a\r\nb\r\n", "a\nb", "x\r\ny", "x\r\ny\r\n"],
    ["\uFEFFa\r\nb", "a\n", "", "\uFEFFb"],
    ["\uFEFF", "", "x\n", "\uFEFFx\n"],
    ["a\r\nb\nc\r\nd\n", "c", "x\ny", "a\r\nb\nx\ny\r\nd\n"],
    ["lone\rcr\n", "cr", "x", "lone\rx\n"],
    ["", "", "new\n", "new\n"],
  ];
  for (const [before, old, now, after] of cases) {
    const file = decodeTextFile(encode(before));
    assert.ok(file !== undefined);
    const start = file.text.indexOf(old);
    const changed = file.change([{ start, end: start + old.length, text: now }]);
    assert.equal(decode(changed), after, JSON.stringify(before));
  }
});

test("decodeTextFile() leaves all that is not changed byte for byte as it was", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const random = seededRandom(seed);
  const pieces = ["a", "\n", "\r\n", "\r", "é", "ß", "\uFEFF", "  "];
  for (let round = 0; round < 500; round++) {
    const whole = Array.from(
      { length: Math.floor(random.float() * 30) },
      () => pieces[Math.floor(random.float() * pieces.length)],
    ).join("");
    const file = decodeTextFile(encode(whole));
    assert.ok(file !== undefined);
    assert.equal(decode(file.change([])), whole, `seed ${seed}`);
    const at = Math.floor(random.float() * (file.text.length + 1));
    const inserted = decode(file.change([{ start: at, end: at, text: "INSERTED" }]));
    assert.equal(inserted.replace("INSERTED", ""), whole, `seed ${seed}`);
    assert.equal(
      decodeTextFile(encode(inserted))?.text,
      `${file.text.slice(0, at)}INSERTED${file.text.slice(at)}`,
      `seed ${seed}`,
    );
  }
});

test("decodeTextFile() takes nothing that is not text in UTF-8", () => {
  assert.equal(decodeTextFile(Uint8Array.from([0x61, 0xff, 0x62])), undefined);
  assert.equal(decodeTextFile(Uint8Array.from([0xff, 0xfe, 0x61, 0x00])), undefined);
  assert.equal(decodeTextFile(encode("a\0b")), undefined);
});
