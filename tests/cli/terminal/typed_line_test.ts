import assert from "node:assert/strict";
import { test } from "node:test";
import {
  EMPTY_LINE,
  insertPaste,
  lineWithHistory,
  type PressedKey,
  pressKey,
  shownText,
  type TypedLine,
  wholeText,
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

test("[P171] insertPaste() makes several lines one sign, which is entered as it was pasted", () => {
  const pasted = insertPaste(type("see <left>"), "one\r\ntwo\tthree\x1b");
  assert.equal(shownText(pasted), "see[2 lines pasted] ");
  assert.equal(wholeText(pasted), "seeone\ntwo\tthree ");
  const twice = insertPaste(type("<end>", pasted), "four\nfive\n");
  assert.equal(shownText(twice), "see[2 lines pasted] [3 lines pasted]");
  assert.equal(wholeText(type("<backspace>", twice)), wholeText(pasted));
  assert.equal(
    shownText(type("<home><delete><delete><delete><delete>x", twice)),
    "x [3 lines pasted]",
  );
  const entered = type("<return>", twice);
  assert.deepEqual(entered.history, ["seeone\ntwo\tthree four\nfive\n"]);
  assert.equal(shownText(type("<up>", entered)), "[4 lines pasted]");
  assert.deepEqual(type("<up><return>", entered).history, entered.history);
});

test("[P171] insertPaste() puts a short line in as if it had been typed", () => {
  assert.equal(insertPaste(type("a<left>"), "b\tc\x07\ue000").text, "b ca");
  assert.equal(shownText(insertPaste(EMPTY_LINE, "x".repeat(5_000))), "[1 long line pasted]");
});

test("[P171] lineWithHistory() begins below what was entered before", () => {
  const line = lineWithHistory(["one", "two"]);
  assert.equal(type("<up><up>", line).text, "one");
  assert.equal(type("<up><down>", line).text, "");
});
