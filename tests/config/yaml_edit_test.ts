import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import { editYaml, type YamlChanges, type YamlValue } from "../../src/config/yaml_edit.ts";

const edits: readonly [what: string, text: string, changes: YamlChanges, expected: string][] = [
  ["an empty file", "", { "model.default": "x" }, "model:\n  default: x\n"],
  [
    "a file of comments",
    "# mine\n",
    { "model.default": "x", "model.provider": "custom" },
    "# mine\nmodel:\n  default: x\n  provider: custom\n",
  ],
  [
    "a short form that has to become a block",
    "model: foo # hi\nother: 1\n",
    { "model.provider": "custom" },
    "model:\n  default: foo # hi\n  provider: custom\nother: 1\n",
  ],
  [
    "a block with comments in and behind it",
    "model:\n  default: a  # c\n  # tail\n\nother: 1\n",
    { "model.provider": "b: c", "model.default": "d" },
    'model:\n  default: d  # c\n  provider: "b: c"\n  # tail\n\nother: 1\n',
  ],
  [
    "CRLF, and a block that is still empty",
    "a:\r\n    b: 1\r\nmattermost:\r\n",
    { "mattermost.reply_mode": "thread", "a.c": 2 },
    "a:\r\n    b: 1\r\n    c: 2\r\nmattermost:\r\n    reply_mode: thread\r\n",
  ],
  [
    "a list in a block, and no line end at the end",
    "m:\n  users:\n    - a\n    - b\n  mode: off",
    { "m.users": ["x", "y,z"], "m.new": true },
    'm:\n  users: [x, "y,z"]\n  mode: off\n  new: true\n',
  ],
  ["braces", "m: {a: b} # c\n", { "m.d": "e, f" }, 'm: {a: b, d: "e, f"} # c\n'],
  ["a text over several lines", "x: |\n  a\n  b\ny: 1\n", { x: "c" }, "x: c\ny: 1\n"],
  ["a text block at the end", "x: |\n  a\n", { y: "b" }, "x: |\n  a\ny: b\n"],
  ["a key that comes twice", "a: 1\na: 2\n", { a: 3 }, "a: 1\na: 3\n"],
  ["the marks of a document", "---\na: 1\n...\n", { b: 2 }, "---\na: 1\nb: 2\n...\n"],
  ["a value to take out", "m:\n  a: 1 # c\n  b: 2\n", { "m.a": undefined }, "m:\n  b: 2\n"],
  ["a short form to take out", "a: 1\nmodel: x # c\n", { "model.default": undefined }, "a: 1\n"],
  ["a value that is not there", "m: 1\n", { "x.y": undefined, n: undefined }, "m: 1\n"],
  ["a byte order mark", "\uFEFFa: 1\nb: 2\n", { a: undefined }, "\uFEFFb: 2\n"],
  ["a footer", "k: v\n\n# footer\n", { "n.m": "w" }, "k: v\nn:\n  m: w\n\n# footer\n"],
  [
    "what YAML would read otherwise",
    "",
    { a: "true", b: " x", c: "" },
    'a: "true"\nb: " x"\nc: ""\n',
  ],
];
for (const [what, text, changes, expected] of edits) {
  test(`[P40] editYaml() changes ${what}, and nothing else`, async () => {
    assert.equal(await editYaml(text, changes), expected);
  });
}

const refusals: readonly [what: string, text: string, path: string, says: RegExp][] = [
  ["what is not YAML", "a: [1\n", "x", /line 2 is not valid YAML/],
  ["what is no list of settings", "- a\n", "x", /not a list of settings/],
  ["a value behind an alias", "a: &a {k: 1}\nb: *a\n", "b.k", /b is an alias/],
  ["a value that an alias repeats", "a: &x 1\nb: *x\n", "a", /used elsewhere/],
  ["a single value where a block would be", "a: 1\n", "a.b", /a is a single value/],
  ["an entry within braces that is not flat", "a: {b: 1}\n", "a.c.d", /within \{ \}/],
];
for (const [what, text, path, says] of refusals) {
  test(`[P40] editYaml() refuses ${what}`, async () => {
    await assert.rejects(editYaml(text, { [path]: "v" }), says);
  });
}

test("editYaml() quotes nothing of the file in what it says", async () => {
  const text = "api_key: sk-secret-key\nmodel: [sk-secret-key\n";
  await assert.rejects(editYaml(text, { x: 1 }), (error: Error) => !error.message.includes("sk-"));
});

const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
const comment = fc.option(fc.stringMatching(/^[a-z :'"#-]{0,12}$/), { nil: undefined });
const scalar = fc.oneof(
  word,
  fc.integer({ min: 0, max: 9_999 }).map(String),
  fc.constantFrom("'it''s'", '"a: b"', "~", "http://127.0.0.1:1/v1", "[a, b]", "{k: v}", ""),
);
const line = fc.tuple(scalar, comment, fc.boolean());
const block = fc.uniqueArray(fc.tuple(word, line), { selector: ([name]) => name, maxLength: 4 });
const file = fc.uniqueArray(fc.tuple(word, fc.oneof(line, block)), {
  selector: ([name]) => name,
  maxLength: 5,
});
type Line = readonly [value: string, comment: string | undefined, isBlankBefore: boolean];
type Block = readonly (readonly [string, Line])[];

function render(entries: readonly (readonly [string, Line | Block])[], newline: string): string {
  const lines = entries.flatMap(([name, value]) =>
    isLine(value)
      ? renderLine(name, value, "")
      : [`${name}:`, ...value.flatMap(([inner, each]) => renderLine(inner, each, "  "))]
  );
  return lines.map((each) => each + newline).join("");
}

function renderLine(name: string, [value, note, isBlankBefore]: Line, indent: string): string[] {
  const written = `${indent}${name}: ${value}`.trimEnd() +
    (note === undefined ? "" : `  # ${note}`);
  return isBlankBefore ? ["", `${indent}# about ${name}`, written] : [written];
}

function isLine(value: Line | Block): value is Line {
  return typeof value[2] === "boolean";
}

const wanted: fc.Arbitrary<YamlValue> = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.boolean(),
  fc.nat(9_999),
  fc.array(fc.string({ maxLength: 6 }), { maxLength: 3 }),
);

test("[P40] editYaml() sets what was meant, and leaves every other line as it was", async () => {
  await fc.assert(
    fc.asyncProperty(
      file,
      fc.constantFrom("\n", "\r\n"),
      fc.tuple(word, word),
      wanted,
      async (entries, newline, [section, name], value) => {
        const text = render(entries, newline);
        const isBlocked = entries.some(([key, each]) =>
          key === section && isLine(each) && each[0] !== "" && each[0] !== "{k: v}"
        );
        fc.pre(!isBlocked);
        const edited = await editYaml(text, { [`${section}.${name}`]: value });
        assert.deepEqual((parse(edited) as never)[section]?.[name], value);
        const linesOf = (each: string) => each.split(newline);
        const key = new RegExp(`^(?:  )?(?:${section}|${name}):`);
        const others = (each: string) => linesOf(each).filter((one) => !key.test(one));
        assert.deepEqual(others(edited).filter(Boolean), others(text).filter(Boolean));
      },
    ),
    { numRuns: 300 },
  );
});
