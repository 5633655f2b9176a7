import assert from "node:assert/strict";
import { test } from "node:test";
import { type SplitPart, splitPost } from "../../src/replies/split_post.ts";
import { seededRandom } from "../support/seeded_random.ts";

const texts = (parts: readonly SplitPart[]) => parts.map((part) => part.text);
const runesOf = (text: string) => [...text].length;

test("splitPost() makes one part of a text that fits, and none of a blank one", () => {
  assert.deepEqual(splitPost(" hi\n", 4), [{ text: " hi\n", source: " hi\n" }]);
  assert.deepEqual(splitPost("", 10), []);
  assert.deepEqual(splitPost(" \n\t\n", 2), []);
});

test("splitPost() refuses a limit below one", () => {
  for (const limit of [0, -1, NaN]) assert.throws(() => splitPost("hi", limit), RangeError);
});

const preferences: readonly [title: string, text: string, runesMax: number, parts: string[]][] = [
  ["between paragraphs before lines", "one\ntwo\n\nthree\nfour", 15, [
    "one\ntwo\n\n",
    "three\nfour",
  ]],
  ["between lines before sentences", "First line\nA b. C d", 16, ["First line\n", "A b. C d"]],
  ["between sentences before words", "It is so. And more", 14, ["It is so. ", "And more"]],
  ["after a Chinese sentence", "今天很好。明天也很好", 8, ["今天很好。", "明天也很好"]],
  ["between words before characters", "several words here", 14, ["several words ", "here"]],
  ["between characters at last", "abcdefghij", 4, ["abcd", "efgh", "ij"]],
  ["before a code block", "text text\n```\ncode\ncode\n```", 24, [
    "text text\n",
    "```\ncode\ncode\n```",
  ]],
  ["late rather than in the first half", "a\n\nbbbb cccc dddd", 12, ["a\n\nbbbb ", "cccc dddd"]],
  ["not within a link", "see all of it at [here](u) now", 22, [
    "see all of it at ",
    "[here](u) now",
  ]],
];
for (const [title, text, runesMax, parts] of preferences) {
  test(`[C29] splitPost() cuts ${title}`, () => {
    const cut = splitPost(text, runesMax);
    assert.deepEqual(texts(cut), parts);
    assert.equal(cut.map((part) => part.source).join(""), text);
  });
}

const filler = "word ".repeat(15);
const wholes: readonly [title: string, whole: string][] = [
  ["a link", "[the page that I mean](https://example.org/a_(b)/c)"],
  ["an image", "![a picture of it](https://example.org/a.png)"],
  ["a span of code", "`npm install --save-dev thing`"],
  ["a span of code with a backtick", "``echo `date` and go on``"],
  ["an address", "https://example.org/a/b/c/d/e/f?g=h"],
];
for (const [title, whole] of wholes) {
  test(`[C29] splitPost() does not cut within ${title}`, () => {
    for (let limit = 210; limit < 310; limit += 1) {
      const text = `${filler}${filler}${filler}${whole} ${filler}${filler}`;
      const parts = texts(splitPost(text, limit));
      assert.ok(parts.some((part) => part.includes(whole)), `limit ${limit}`);
    }
  });
}

test("[C29] splitPost() does not cut within a row of a table", () => {
  const table = Array.from(
    { length: 40 },
    (_, row) => `| row ${row} | some words here. And more |\n`,
  );
  for (const part of splitPost(`${table.join("")}`, 200)) {
    for (const line of part.text.trimEnd().split("\n")) assert.match(line, /^\| .* \|$/);
  }
});

test("[C29] splitPost() does not cut within what a reader sees as one character", () => {
  for (const character of ["😀", "👨‍👩‍👧‍👦", "🇩🇪", "é́", "한", "👍🏽"]) {
    const text = character.repeat(100);
    for (const { text: shown } of splitPost(text, 23)) {
      assert.equal(shown, character.repeat(shown.length / character.length), character);
    }
  }
});

test("[C29] splitPost() cuts what is larger than a post, and then not within a code point", () => {
  const giants = [
    "a" + "\u0301".repeat(90),
    "😀".repeat(90),
    `[${"a".repeat(50)}](${"b".repeat(50)})`,
  ];
  for (const text of giants) {
    const parts = splitPost(text, 20);
    assert.equal(texts(parts).join(""), text);
    for (const part of parts) assert.ok(part.text.isWellFormed() && runesOf(part.text) <= 20);
  }
});

test("[C29] splitPost() closes a code block at the cut and opens it again, info and all", () => {
  const code = Array.from({ length: 12 }, (_, line) => `  line ${line};\n`).join("");
  const parts = splitPost(`Look:\n~~~~ts title\n${code}~~~~\nSo.`, 80);
  assert.deepEqual(texts(parts), [
    "Look:\n~~~~ts title\n  line 0;\n  line 1;\n  line 2;\n  line 3;\n  line 4;\n~~~~",
    "~~~~ts title\n  line 5;\n  line 6;\n  line 7;\n  line 8;\n  line 9;\n~~~~",
    "~~~~ts title\n  line 10;\n  line 11;\n~~~~\nSo.",
  ]);
});

test("splitPost() closes a block within a list as far to the right as it was opened", () => {
  const parts = splitPost(`- a\n  \`\`\`\n${"  code code\n".repeat(10)}  \`\`\`\n`, 80);
  assert.match(parts[0]?.text ?? "", /\n {2}```$/);
  assert.match(parts[1]?.text ?? "", /^ {2}```\n/);
});

test("splitPost() sees no end of a block in a fence that is indented, short or of the other kind", () => {
  for (const inside of ["    ````", "```", "~~~~", "```` js", "x ````"]) {
    const parts = splitPost(`\`\`\`\`\n${inside}\n${"code\n".repeat(20)}`, 60);
    assert.ok(parts.length > 1 && parts.every(({ text }) => text.startsWith("````\n")), inside);
  }
});

test("splitPost() sees no beginning of a block in the middle of a line", () => {
  const text = `${"a".repeat(30)} ${"b".repeat(25)} \`\`\`js\n${"more words\n".repeat(10)}`;
  assert.equal(texts(splitPost(text, 60)).join(""), text);
});

test("splitPost() goes on from a position within a code block", () => {
  const text = `\`\`\`js\n${"let a = 1;\n".repeat(20)}\`\`\`\n`;
  const [first, ...rest] = splitPost(text, 100);
  assert.deepEqual(splitPost(text, 100, first?.source.length), rest);
});

test("splitPost() shows no part of blanks alone", () => {
  const parts = splitPost(`${"\n".repeat(50)}a${" ".repeat(50)}b${"\n".repeat(50)}`, 10);
  assert.deepEqual(texts(parts).map((text) => text.trim()), ["a", "b"]);
  assert.equal(parts.map((part) => part.source).join("").length, 152);
});

test("[C29] splitPost() keeps every promise for random texts and limits", () => {
  const seed = Date.now() % 1_000_000;
  console.log(`seed ${seed}`);
  const random = seededRandom(seed);
  for (let round = 0; round < 1_500; round += 1) {
    const text = randomText(random.float);
    const runesMax = 1 + Math.floor(random.float() ** 2 * 400);
    const parts = splitPost(text, runesMax);
    const sources = parts.map((part) => part.source).join("");
    assert.equal(sources, text.trim() === "" ? "" : text);
    let start = 0;
    for (const { text: shown, source } of parts) {
      const context = JSON.stringify({ text, runesMax, shown });
      assert.ok(runesOf(shown) <= runesMax, context);
      assert.ok(shown.trim() !== "" && shown.isWellFormed(), context);
      const end = start + source.length;
      const fences: Fences = [fenceAt(text, start), fenceAt(text, end)];
      if (runesMax >= 100) assertFramed(shown, source, fences, end === text.length);
      else assert.ok(shown.includes(source.trim()), context);
      start = end;
    }
  }
});

test("splitPost() changes only the last two parts while an ordinary text grows", () => {
  const seed = Date.now() % 1_000_000;
  console.log(`seed ${seed}`);
  const random = seededRandom(seed);
  const paragraph = () => "Words in a sentence. ".repeat(1 + random.float() * 6) + "\n\n";
  const code = () => "```js\n" + "let a = `b`;\n".repeat(1 + random.float() * 20) + "```\n";
  const pieces = Array.from({ length: 60 }, () => random.float() < 0.7 ? paragraph() : code());
  const text = pieces.join("");
  let before: SplitPart[] = [];
  for (let length = 1; length < text.length; length += 1 + Math.floor(random.float() * 40)) {
    const parts = splitPost(text.slice(0, length), 500);
    assert.deepEqual(parts.slice(0, Math.max(0, before.length - 2)), before.slice(0, -2));
    before = parts;
  }
  assert.ok(before.length > 8);
});

const units = [
  "a",
  "word ",
  "a\n",
  "\n",
  " ",
  "```\n",
  "` ",
  "`` ` ",
  "[](",
  "[a](b) ",
  "😀",
  "| a |\n",
  "@",
];
for (const unit of units) {
  test(`splitPost() takes linear time for a megabyte of ${JSON.stringify(unit)}`, () => {
    for (const runesMax of [400, 16_383]) {
      const halfMs = fastestMs(unit, 500_000, runesMax);
      const wholeMs = fastestMs(unit, 1_000_000, runesMax);
      assert.ok(wholeMs < Math.max(2_000, halfMs * 5), `${halfMs} ms, then ${wholeMs} ms`);
    }
  });
}

/** The opening lines of the blocks that are cut at the beginning and the end of a part. */
type Fences = readonly [before: string | undefined, after: string | undefined];

const PIECES = ["word ", "Sentence. ", "\n", "\n\n", "- item ", "| a | b |\n", "[a](b) ", "`code` "]
  .concat([
    "\n```js\n",
    "\n```\n",
    "\n~~~\n",
    "\n  ````\n",
    "👨‍👩‍👧‍👦",
    "é́",
    "中。",
    " ".repeat(30),
    "x".repeat(60),
  ]);

function randomText(float: () => number): string {
  const pick = () => PIECES[Math.floor(float() * PIECES.length)];
  return Array.from({ length: Math.floor(float() * 120) }, pick).join("");
}

/** The opening line of the block that is open after `text.slice(0, end)`, read line by line. */
function fenceAt(text: string, end: number): string | undefined {
  let opening: string | undefined;
  for (const line of text.slice(0, end).split("\n").slice(0, -1)) {
    const marks = line.trim();
    if (opening === undefined) {
      if (/^(```|~~~)[^`]*$/.test(marks.replace(/^(`|~)+/, "```"))) opening = line;
    } else {
      const fence = /[`~]+/.exec(opening)?.[0] ?? "";
      const isIn = line.search(/\S/) <= opening.search(/\S/) + 3;
      if (isIn && marks.startsWith(fence) && new Set(marks).size === 1) opening = undefined;
    }
  }
  return opening;
}

/** The part is its source between the lines of the blocks that are cut, blanks at its ends aside. */
function assertFramed(
  shown: string,
  source: string,
  [before, after]: Fences,
  isLast: boolean,
): void {
  const context = JSON.stringify({ shown, before, after });
  const opening = before === undefined ? "" : `${before}\n`;
  const marker = /^[ \t]*[`~]+/.exec(after ?? "")?.[0];
  assert.ok(shown.startsWith(opening), context);
  const rest = shown.slice(opening.length);
  const isClosed = marker !== undefined && rest.endsWith(`\n${marker}`);
  assert.ok(isClosed || isLast || marker === undefined, context);
  const inner = isClosed ? rest.slice(0, -marker.length) : rest;
  assert.equal(inner.trim(), source.trim(), context);
}

function fastestMs(unit: string, length: number, runesMax: number): number {
  const text = unit.repeat(length / unit.length);
  const times = Array.from({ length: 3 }, () => {
    const startMs = performance.now();
    splitPost(text, runesMax);
    return performance.now() - startMs;
  });
  return Math.min(...times);
}
