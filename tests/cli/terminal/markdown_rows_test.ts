// deno-lint-ignore-file no-control-regex -- escape sequences begin with a control character.
import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { MarkdownRows } from "../../../src/cli/terminal/markdown_rows.ts";
import { columnsOf } from "../../../src/sandbox/chat_text.ts";
import { assertLinearTime } from "../../support/linear_time.ts";

const STYLES: Readonly<Record<string, string>> = {
  "1": "<b>",
  "2": "<dim>",
  "3": "<i>",
  "4": "<u>",
  "36": "<c>",
};

/** Rows with their colours as words; what ends a colour is `</>`. */
function rows(markdown: string, columns = 80): string[] {
  const renderer = new MarkdownRows({ color: true });
  return markdown.split("\n").flatMap((line) => renderer.rows(line, columns))
    .map((row) => row.replaceAll(/\x1b\[(\d+)m/g, (_, code: string) => STYLES[code] ?? "</>"));
}

const LINES = [
  ["plain words", "plain words"],
  ["## A heading ##", "<b>A heading</>"],
  ["- one **strong** word", "• one <b>strong</> word"],
  ["  * below", "  • below"],
  ["1. `a * b * c`", "1. <c>a * b * c</>"],
  ["> said *so*", "<dim>│ </>said <i>so</>"],
  ["[the page](https://example.com/a)", "<u>the page</> (https://example.com/a)"],
  ["snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"],
  ["an _emphasised_ word", "an <i>emphasised</> word"],
  ["**not closed", "**not closed"],
  ["---", "<dim>────────</>"],
] as const;

for (const [markdown, shown] of LINES) {
  test(`[P171] MarkdownRows shows ${markdown}`, () => {
    assert.deepEqual(rows(markdown), [shown]);
  });
}

test("[P171] MarkdownRows leaves code as it is, until it ends", () => {
  assert.deepEqual(rows("```ts\n# no **heading**\n```\n# One"), [
    "<dim>```ts</>",
    "<c># no **heading**</>",
    "<dim>```</>",
    "<b>One</>",
  ]);
  assert.deepEqual(rows("# too long for it", 8), ["<b>too long</>", "<b>for it</>"]);
});

test("[P171] MarkdownRows changes nothing without colours", () => {
  const plain = new MarkdownRows({ color: false });
  assert.deepEqual(plain.rows("## **as** `it` is", 80), ["## **as** `it` is"]);
});

test("[P171] MarkdownRows takes linear time", () => {
  const pieces = ["*a ", "**a ", "`a", "`a` ", "[a](https:", "_a", "a"];
  assertLinearTime(pieces, (text) => new MarkdownRows({ color: true }).rows(text, 80));
});

test("[P171] MarkdownRows makes no row too wide, and loses no word, whatever the text", () => {
  const words = fc.array(
    fc.constantFrom("word", "**strong**", "`code`", "好好", "a_b", "*", "_x_"),
    {
      maxLength: 20,
    },
  );
  fc.assert(fc.property(words, fc.integer({ min: 10, max: 30 }), (parts, columns) => {
    const text = parts.join(" ");
    const shown = new MarkdownRows({ color: true }).rows(text, columns)
      .map(stripVTControlCharacters);
    for (const row of shown) assert.ok(columnsOf(row) <= columns, row);
    const letters = (value: string) => value.replaceAll(/[\s*_`•─]/g, "");
    assert.equal(letters(shown.join("")), letters(text));
  }));
});
