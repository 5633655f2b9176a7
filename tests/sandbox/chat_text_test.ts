import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { columnsOf, hardRows, printableText, wrapText } from "../../src/sandbox/chat_text.ts";

const rowTexts = (text: string, columnsMax: number) =>
  wrapText(text, columnsMax).map((row) => row.text);

test("wrapText() breaks between words, and inside a word only when it is too long", () => {
  assert.deepEqual(rowTexts("one two three", 8), ["one two", "three"]);
  assert.deepEqual(rowTexts("one two", 7), ["one two"]);
  assert.deepEqual(rowTexts("unbreakable", 4), ["unbr", "eaka", "ble"]);
  assert.deepEqual(rowTexts("", 4), [""]);
});

test("wrapText() keeps line ends, blank lines and the indentation of code", () => {
  assert.deepEqual(rowTexts("a\n\n    code here", 9), ["a", "", "    code", "here"]);
});

test("wrapText() counts characters that take two columns as two", () => {
  assert.deepEqual(rowTexts("你好世界", 5), ["你好", "世界"]);
});

const text = fc.string({ unit: fc.constantFrom("a", "bc", " ", "\n", "好", "é", "🙂") });
const columns = fc.integer({ min: 2, max: 12 });

test("wrapText() gives rows that fit and that lose nothing but blanks and line ends", () => {
  fc.assert(fc.property(text, columns, (text, columnsMax) => {
    let start = 0;
    for (const row of wrapText(text, columnsMax)) {
      assert.ok(columnsOf(row.text) <= columnsMax);
      assert.match(text.slice(start + row.text.length, row.end), /^[ \n]?$/);
      assert.equal(text.slice(start, start + row.text.length), row.text);
      start = row.end;
    }
    assert.equal(start, text.length);
  }));
});

test("wrapText() never changes a row, except the last, when more text is added", () => {
  fc.assert(fc.property(text, text, columns, (before, more, columnsMax) => {
    const settled = wrapText(before, columnsMax).slice(0, -1);
    assert.deepEqual(wrapText(before + more, columnsMax).slice(0, settled.length), settled);
  }));
});

test("hardRows() breaks where the row is full, also before a character that is too wide", () => {
  assert.deepEqual(hardRows("abcdef", 3), ["abc", "def"]);
  assert.deepEqual(hardRows("ab好c", 3), ["ab", "好c"]);
  assert.deepEqual(hardRows("", 3), [""]);
});

test("columnsOf() counts no column for marks and two for emoji", () => {
  assert.equal(columnsOf("e\u0301"), 1);
  assert.equal(columnsOf("🙂"), 2);
  assert.equal(columnsOf("→ ü"), 3);
});

test("printableText() takes out what could steer the terminal", () => {
  assert.equal(printableText("\x1b[31mred\x07\r\n\tok\x9b"), "[31mred\n    ok");
});
