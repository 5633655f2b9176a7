import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Said, ThinkTagSplitter } from "../../src/models/think_tags.ts";

const cases: readonly [name: string, input: string, text: string, reasoning: string][] = [
  ["keeps plain text", "Hello, a < b and c > d.", "Hello, a < b and c > d.", ""],
  ["parts a block at the start", "<think>\nhm</think>\n\nHello", "Hello", "\nhm"],
  ["parts a block in the middle of a line", "Yes<think>hm</think> and no", "Yes and no", "hm"],
  ["parts several blocks", "<think>a</think>x <think>b</think>y", "x y", "ab"],
  ["knows every tag, in any case", "<Thinking>a</thinking><reasoning>b</reasoning>c", "c", "ab"],
  ["keeps another tag inside of a block", "<think>a</thinking>b</think>c", "c", "a</thinking>b"],
  ["takes a block without an end for thinking", "<think>for ever", "", "for ever"],
  ["keeps half a tag at the end", "see <thi", "see <thi", ""],
  ["keeps a tag in inline code", "Use `<think>` here", "Use `<think>` here", ""],
  [
    "keeps a tag in a fence",
    "```html\n<think>x</think>\n```\n<think>y</think>z",
    "```html\n<think>x</think>\n```\nz",
    "y",
  ],
  ["forgets a backtick at the end of the line", "5` long\n<think>x</think>y", "5` long\ny", "x"],
  ["keeps similar tags", "<thinker>x</thinker>", "<thinker>x</thinker>", ""],
];

for (const [name, input, text, reasoning] of cases) {
  test(`ThinkTagSplitter ${name}`, () => {
    assert.deepEqual(join(split([input])), { text, reasoning });
    assert.deepEqual(join(split([...input])), { text, reasoning }, "one character at a time");
  });
}

test("ThinkTagSplitter holds back only what may be a tag", () => {
  const splitter = new ThinkTagSplitter();
  assert.deepEqual(splitter.push("Hello <"), [{ kind: "text", text: "Hello " }]);
  assert.deepEqual(splitter.push("b>bold"), [{ kind: "text", text: "<b>bold" }]);
});

test("ThinkTagSplitter gives the same for every way to cut the text", () => {
  const token = fc.constantFrom(
    "<think>",
    "</think>",
    "<reasoning>",
    "</reasoning>",
    "<",
    "`",
    "```",
    "\n",
    " ",
    "word",
    "</",
    "é",
  );
  fc.assert(
    fc.property(
      fc.array(token, { maxLength: 30 }),
      fc.array(fc.nat(200), { maxLength: 20 }),
      (tokens, cuts) => {
        const input = tokens.join("");
        const edges = [0, ...cuts.map((cut) => cut % (input.length + 1)), input.length].sort((
          a,
          b,
        ) => a - b);
        const pieces = edges.slice(1).map((edge, index) => input.slice(edges[index], edge));
        assert.deepEqual(join(split(pieces)), join(split([input])));
      },
    ),
    { numRuns: 2_000, seed: 20_260_701 },
  );
});

function split(pieces: readonly string[]): Said[] {
  const splitter = new ThinkTagSplitter();
  return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()];
}

function join(said: readonly Said[]) {
  const textOf = (kind: Said["kind"]) =>
    said.filter((piece) => piece.kind === kind).map(({ text }) => text).join("");
  return { text: textOf("text"), reasoning: textOf("reasoning") };
}
