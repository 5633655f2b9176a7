import assert from "node:assert/strict";
import { test } from "node:test";
import {
  EMPTY_LINE,
  type PressedKey,
  pressKey,
  type TypedLine,
} from "../../../src/cli/terminal/typed_line.ts";

/** Types characters, and keys by their name in angle brackets: `ab<left>c`, `<ctrl-u>`. */
function type(keys: string, from: TypedLine = EMPTY_LINE): TypedLine {
  let line = from;
  for (const [part] of keys.matchAll(/<[a-z-]+>|./gsu)) {
    const result = pressKey(line, keyOf(part));
    assert.notEqual(result.kind, "left");
    if (result.kind !== "left") line = result.line;
  }
  return line;
}

function keyOf(part: string): PressedKey {
  const name = /^<(.+)>$/.exec(part)?.[1];
  if (name === undefined) return { sequence: part };
  const ctrl = name.startsWith("ctrl-");
  return { name: name.replace("ctrl-", ""), ctrl, sequence: "\x00" };
}

const shown = ({ text, cursor }: TypedLine) => `${text.slice(0, cursor)}|${text.slice(cursor)}`;

const EDITS = [
  ["abc", "abc|"],
  ["ac<left>b", "ab|c"],
  ["abc<backspace>", "ab|"],
  ["abc<left><left><delete>", "a|c"],
  ["abc<home>x<end>y", "xabcy|"],
  ["abc<ctrl-a><right>x", "ax|bc"],
  ["one two <ctrl-w>", "one |"],
  ["one two<left><left><ctrl-u>", "|wo"],
  ["one two<left><left><ctrl-k>", "one t|"],
  ["a🙂<left>b", "ab|🙂"],
  ["a🙂<backspace>", "a|"],
  ["<left><backspace><delete><right><ctrl-w>", "|"],
  ["a<escape><f>b<ctrl-x>", "ab|"],
] as const;

for (const [keys, expected] of EDITS) {
  test(`pressKey() makes ${expected} of ${keys}`, () => {
    assert.equal(shown(type(keys)), expected);
  });
}

test("pressKey() gives the line at Return and begins an empty one", () => {
  const result = pressKey(type("hello"), { name: "return", sequence: "\r" });
  assert.equal(result.kind, "entered");
  assert.equal(result.kind === "entered" && result.text, "hello");
  assert.equal(result.kind === "entered" && shown(result.line), "|");
});

test("pressKey() goes through the lines that were entered, without repetitions", () => {
  const line = type("one<return>two<return>two<return><return>");
  assert.equal(shown(type("<up>", line)), "two|");
  assert.equal(shown(type("<up><up>", line)), "one|");
  assert.equal(shown(type("<up><up><up>", line)), "one|");
  assert.equal(shown(type("<up><up><down>", line)), "two|");
  assert.equal(shown(type("<up><down>", line)), "|");
});

test("pressKey() leaves at Ctrl-C, and at Ctrl-D where nothing is typed", () => {
  assert.equal(pressKey(type("abc"), keyOf("<ctrl-c>")).kind, "left");
  assert.equal(pressKey(EMPTY_LINE, keyOf("<ctrl-d>")).kind, "left");
  assert.equal(shown(type("abc<home><ctrl-d>")), "|bc");
});
