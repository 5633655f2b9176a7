import assert from "node:assert/strict";
import { test } from "node:test";
import { type RawValue, rawValueAt } from "../../src/config/raw_value.ts";
import { parseYaml, YAML_DEPTH_MAX, YAML_VALUES_MAX } from "../../src/config/yaml_file.ts";

const noVariable = () => undefined;

async function parsed(text: string, variable: (name: string) => string | undefined = noVariable) {
  const yaml = await parseYaml(text, variable);
  if (yaml.kind === "refused") assert.fail(JSON.stringify(yaml.problems));
  return yaml;
}

async function problems(text: string) {
  const yaml = await parseYaml(text, noVariable);
  return yaml.kind === "refused" ? yaml.problems : [];
}

/** The value without its lines: text, `null`, an array or an object. */
function plain(raw: RawValue | undefined): unknown {
  switch (raw?.kind) {
    case "text":
      return raw.text;
    case "list":
      return raw.items.map(plain);
    case "map":
      return Object.fromEntries([...raw.entries].map(([key, value]) => [key, plain(value)]));
    default:
      return null;
  }
}

test("parseYaml() reads every scalar as text and every null as empty", async () => {
  const { root } = await parsed(
    "a: 1\nb: yes\nc: 'x'\nd:\ne: ~\nf: [1, two]\ng: {h: 0x10}\ni: 12345678901234567890123456\n",
  );
  assert.deepEqual(plain(root), {
    a: "1",
    b: "yes",
    c: "x",
    d: null,
    e: null,
    f: ["1", "two"],
    g: { h: "0x10" },
    i: "12345678901234567890123456",
  });
});

test("parseYaml() knows the line of each key and of each list entry", async () => {
  const { root } = await parsed("# head\na:\n  b: 1\n  c:\n    - x\n    - y\n");
  assert.equal(rawValueAt(root, "a")?.line, 2);
  assert.equal(rawValueAt(root, "a.b")?.line, 3);
  const list = rawValueAt(root, "a.c");
  assert.deepEqual(list?.kind === "list" && list.items.map(({ line }) => line), [5, 6]);
});

test("parseYaml() reads an empty file and one of comments as no settings", async () => {
  for (const text of ["", "\n\n", "# nothing\n", "---\n"]) {
    assert.deepEqual(plain((await parsed(text)).root), {});
  }
});

test("parseYaml() puts variables into values, not into keys, and marks them", async () => {
  const { root, warnings } = await parsed(
    'a: ${HOST}:${PORT}\n${HOST}: x\nb: ["${HOST}"]\nc: $HOST\n',
    (name) => ({ HOST: "example.com", PORT: "1" })[name],
  );
  assert.deepEqual(plain(root), {
    a: "example.com:1",
    "${HOST}": "x",
    b: ["example.com"],
    c: "$HOST",
  });
  const value = rawValueAt(root, "a");
  assert.equal(value?.kind === "text" && value.fromVariable, true);
  assert.deepEqual(warnings, []);
});

test("parseYaml() leaves a variable that is not set as it is, with a warning", async () => {
  const { root, warnings } = await parsed("a: 1\nb: x${NOPE}\n");
  assert.equal(plain(rawValueAt(root, "b")), "x${NOPE}");
  assert.deepEqual(warnings, [
    { line: 2, predicate: "names ${NOPE}, which is not set: set it in .env" },
  ]);
});

test("parseYaml() follows aliases", async () => {
  const { root } = await parsed("a: &x [1, 2]\nb: *x\n");
  assert.deepEqual(plain(rawValueAt(root, "b")), ["1", "2"]);
});

test("parseYaml() warns of a key that is set twice, and the last one counts", async () => {
  const { root, warnings } = await parsed("a: 1\nb: 2\na: 3\n");
  assert.equal(plain(rawValueAt(root, "a")), "3");
  assert.equal(warnings[0]?.line, 3);
  assert.match(warnings[0]?.predicate ?? "", /sets a once more, after line 1/);
});

test("parseYaml() warns of a key that is not a word", async () => {
  const { warnings } = await parsed("? [a, b]\n: 1\n");
  assert.match(warnings[0]?.predicate ?? "", /has a key that is not a word/);
});

test("parseYaml() keeps names that every object has apart", async () => {
  const { root } = await parsed("__proto__: {a: 1}\nconstructor: 2\n");
  assert.equal(plain(rawValueAt(root, "__proto__.a")), "1");
  assert.equal(rawValueAt(root, "toString"), undefined);
});

const SYNTAX: [name: string, text: string, line: number, predicate: RegExp][] = [
  ["a tab", "a:\n\tb: 1\n", 2, /^column 1, .*tab/],
  ["an open quotation mark", "a: 1\nb: 'hunter2\n", 3, /^column 1, lacks a quotation mark/],
  ["an open bracket", "a: [1, 2\nb: hunter2\n", 2, /./],
  ["two keys on one line", "a: 1 b: hunter2\n", 1, /./],
  ["a line without a colon", "a: 1\nhunter2\nb: 1\n", 2, /column 1, is not key: value/],
  ["an alias that does not exist", "a: *hunter2\n", 1, /./],
  ["a second document", "a: 1\n---\nb: hunter2\n", 2, /begins a second document/],
];

for (const [name, text, line, predicate] of SYNTAX) {
  test(`[C39] parseYaml() tells the line and column of ${name}, and does not quote the file`, async () => {
    const [problem] = await problems(text);
    assert.equal(problem?.line, line);
    assert.match(problem?.predicate ?? "", predicate);
    assert.doesNotMatch(JSON.stringify(await problems(text)), /hunter2/);
  });
}

test("parseYaml() refuses a file that is a list or a word", async () => {
  for (const text of ["- a\n- b\n", "word\n"]) {
    assert.match((await problems(text))[0]?.predicate ?? "", /is not a list of settings/);
  }
});

test("parseYaml() refuses aliases that multiply", async () => {
  const levels = Array.from(
    { length: 12 },
    (_, level) => `l${level}: &l${level} [${Array(9).fill(level === 0 ? "x" : `*l${level - 1}`)}]`,
  );
  const [problem] = await problems(levels.join("\n"));
  assert.match(problem?.predicate ?? "", new RegExp(`more than ${YAML_VALUES_MAX} values`));
});

test("parseYaml() refuses an alias that holds itself", async () => {
  const [problem] = await problems("a: &x [*x]\n");
  assert.ok(problem !== undefined);
});

test("parseYaml() refuses nesting that is deeper than any setting", async () => {
  const nested = (depth: number) => `a: ${"[".repeat(depth)}x${"]".repeat(depth)}`;
  await parsed(nested(YAML_DEPTH_MAX - 1));
  for (const depth of [YAML_DEPTH_MAX + 1, 200_000]) {
    const [problem] = await problems(nested(depth));
    assert.match(problem?.predicate ?? "", /is nested too deeply|is not valid YAML/);
  }
});

test("parseYaml() tells few of many syntax errors", async () => {
  assert.ok((await problems("a: }\n".repeat(10_000))).length <= 10);
});

test("parseYaml() reads a large hostile file in good time", async () => {
  const [problem] = await problems("abc:\n".repeat(200_000));
  assert.match(problem?.predicate ?? "", /holds more than/);
});
