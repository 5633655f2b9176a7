import assert from "node:assert/strict";
import { test } from "node:test";
import { findText } from "../../../src/tools/files/find_text.ts";
import { decodeTextFile } from "../../../src/tools/files/text_file.ts";

/** The text after all edits, and how the place was found; `undefined` when it was not. */
function replaced(text: string, wanted: string, replacement: string) {
  const found = findText(text, wanted, replacement);
  if (found === undefined) return undefined;
  const file = decodeTextFile(new TextEncoder().encode(text));
  return [new TextDecoder().decode(file?.change(found.edits)), found.how] as const;
}

const PYTHON = `class A:
    def one(self):
        if self.x:
            return 1

    def two(self):
        return 2
`;

test("findText() finds text as it is, wherever it stands", () => {
  assert.deepEqual(replaced("a b c b", "b", "X"), ["a X c X", ""]);
  assert.deepEqual(replaced("aaa", "aa", "b"), ["ba", ""]);
  assert.deepEqual(replaced("one\ntwo\n", "one\n", ""), ["two\n", ""]);
  assert.equal(replaced("abc", "d", "X"), undefined);
});

test("findText() overlooks space at the ends of lines", () => {
  assert.deepEqual(replaced("a  \nb\t\nc\n", "a\nb", "X"), [
    "X\nc\n",
    "but for space at the ends of lines",
  ]);
  assert.deepEqual(replaced("a\nb\n", "a  \nb  \n", "X\n"), [
    "X\n",
    "but for space at the ends of lines",
  ]);
});

test("findText() moves the new text to the indentation of the place", () => {
  const wanted = "def one(self):\n    if self.x:\n        return 1";
  const replacement = "def one(self):\n    return 0\n\nx = 1";
  assert.deepEqual(replaced(PYTHON, wanted, replacement), [
    `class A:
    def one(self):
        return 0

    x = 1

    def two(self):
        return 2
`,
    "but for the indentation of the block",
  ]);
  assert.deepEqual(replaced("\tif (x) {\n\t\ty();\n\t}\n", "if (x) {\n\ty();\n}", "y();"), [
    "\ty();\n",
    "but for the indentation of the block",
  ]);
  assert.deepEqual(replaced("a:\n  b\n", "    a:\n      b", "    c:\n      d\n  e"), [
    "c:\n  d\n  e\n",
    "but for the indentation of the block",
  ]);
});

test("findText() prefers the place that is indented alike", () => {
  assert.deepEqual(replaced("  x\ny\n\n  x\n    y\n", "x\n  y", "Z"), [
    "  x\ny\n\n  Z\n",
    "but for the indentation of the block",
  ]);
});

test("findText() overlooks wrong indentation, white space and typography", () => {
  assert.deepEqual(replaced("if x:\n   a()\n  b()\n", "if x:\n  a()\n    b()", "c()"), [
    "c()\n",
    "but for indentation",
  ]);
  assert.deepEqual(replaced("foo( a,b );\nbar\n", "foo(a, b);", "baz"), [
    "baz\nbar\n",
    "but for white space",
  ]);
  assert.deepEqual(replaced("say “hello” – it’s\n", 'say "hello" - it\'s', "bye"), [
    "bye\n",
    "but for quotes and dashes",
  ]);
});

test("findText() takes doubled escapes back", () => {
  assert.deepEqual(replaced('a = "x";\nb = 1;\n', 'a = \\"x\\";\\nb = 1;', 'a = \\"y\\";'), [
    'a = "y";\n',
    "without its escapes",
  ]);
  assert.deepEqual(replaced('print("a\\nb")', "a\\nb", "c\\nd"), ['print("c\\nd")', ""]);
});

test("findText() finds a block by its first and last lines when the inner ones are alike", () => {
  const text = "start {\n  alpha(1);\n  beta(2);\n  gamma(3);\n}\nother\n";
  const wanted = "start {\n  alpha(10);\n  betas(2);\n  gamma(3)\n}";
  assert.deepEqual(replaced(text, wanted, "X"), ["X\nother\n", "by its first and last lines"]);
  assert.equal(replaced(text, "start {\n  nothing\n  like\n  it\n}", "X"), undefined);
});

test("findText() finds a block by its likeness when no other place is like it", () => {
  const text = "const answer = computeTheAnswer(42);\nconst other = 1;\nlet third = 3;\n";
  assert.deepEqual(replaced(text, "const answer = computeTheAnswers(42);", "X"), [
    "X\nconst other = 1;\nlet third = 3;\n",
    "by its likeness",
  ]);
  const twins = "value = compute(1, 2)\nvalue = compute(1, 3)\n";
  assert.equal(replaced(twins, "value = compute(1, 4)", "X"), undefined, "two are as like");
  assert.equal(replaced(text, "something else entirely", "X"), undefined);
});

test("findText() finds no blank lines but as they are", () => {
  assert.equal(replaced("a\nb\n", "   \n", "X"), undefined);
  assert.deepEqual(replaced("a\n\n\nb\n", "\n\n\n", "\n"), ["a\nb\n", ""]);
});

test("findText() takes no long time, however hostile the text", () => {
  const startedAtMs = performance.now();
  findText("x\n".repeat(300_000), `${" x\n".repeat(2_000)}y`, "");
  findText("a b\n".repeat(100_000), "a  c\n".repeat(500), "");
  findText("{\n}\n".repeat(10_000), "{\na\n}", "");
  findText("\\n".repeat(200_000), "\\n\\t".repeat(10_000), "");
  const tookMs = performance.now() - startedAtMs;
  assert.ok(tookMs < 5_000, `took ${tookMs} ms`);
});
