import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "dotenv";
import fc from "fast-check";
import { EnvWriteError, parseEnv, upsertEnv } from "../../src/config/env_file.ts";

const valuesOf = (text: string) =>
  Object.fromEntries(parseEnv(text).entries.map(({ name, value }) => [name, value]));

test("parseEnv() reads each way of writing a value, with its line", () => {
  const text = [
    "# comment",
    "",
    "PLAIN=a b  ",
    "export EXPORTED=1",
    "  INDENTED = 2 # why",
    "SINGLE='it # stays' # why",
    'DOUBLE="two\\nlines"',
    "MULTI='first",
    "second'",
    "EMPTY=",
    "LAST=end",
  ].join("\n");
  const entries = parseEnv(text).entries.map(({ name, value, line }) => [name, value, line]);
  assert.deepEqual(entries, [
    ["PLAIN", "a b", 3],
    ["EXPORTED", "1", 4],
    ["INDENTED", "2", 5],
    ["SINGLE", "it # stays", 6],
    ["DOUBLE", "two\nlines", 7],
    ["MULTI", "first\nsecond", 8],
    ["EMPTY", "", 10],
    ["LAST", "end", 11],
  ]);
});

test("parseEnv() reads CRLF and a byte order mark like any other file", () => {
  assert.deepEqual(valuesOf("\uFEFFA=1\r\nB='2'\r\n"), { A: "1", B: "2" });
});

const REMARKS: [name: string, text: string, expected: ["problems" | "warnings", number, RegExp]][] =
  [
    ["a quotation mark that is not closed", "A=1\nB='x\nC=3", ["problems", 2, /after B=/]],
    ["a line that is no entry", "A=1\nsecret words", ["warnings", 2, /is not NAME=value/]],
    ["a line with a lone carriage return", "A=1\rB=2", ["warnings", 1, /is not NAME=value/]],
    ["a name that is set twice", "A=1\nB=2\nA=3", ["warnings", 3, /sets A again, which line 1/]],
    ["a value that # cuts off", "A=abc#def", ["warnings", 1, /cuts the value of A off at #/]],
  ];

for (const [name, text, [kind, line, predicate]] of REMARKS) {
  test(`parseEnv() tells of ${name}, and does not repeat the content`, () => {
    const remarks = parseEnv(text)[kind];
    assert.equal(remarks.length, 1);
    assert.equal(remarks[0]?.line, line);
    assert.match(remarks[0]?.predicate ?? "", predicate);
    assert.doesNotMatch(remarks[0]?.predicate ?? "", /secret|abc|def/);
  });
}

test("parseEnv() goes on after a quotation mark that is not closed", () => {
  assert.deepEqual(valuesOf('A=\'x\nB="2"\nC=3'), { B: "2", C: "3" });
});

test("parseEnv() has no trouble with names that every object has", () => {
  const values = parseEnv("constructor=1\ntoString=2\n__proto__=3").entries
    .map(({ value }) => value);
  assert.deepEqual(values.slice(0, 2), ["1", "2"]);
  assert.equal(typeof values[2], "string", "whatever the runtime makes of __proto__");
});

test("parseEnv() reads a large hostile file in linear time", () => {
  const text = 'A="\n'.repeat(100_000) + "B='\\'\n".repeat(100_000) + " ".repeat(400_000);
  assert.ok(parseEnv(text).entries.length < 200_000);
});

test("upsertEnv() changes a value where it stands and keeps everything around it", () => {
  const before = '# head\r\nA=1 # one\r\n\r\nexport B = "two"  # b\r\nUNKNOWN=x\r\n';
  const after = upsertEnv(before, { A: "10", B: "2 2", C: "new" });
  assert.equal(
    after,
    '# head\r\nA=10 # one\r\n\r\nexport B = "2 2"  # b\r\nUNKNOWN=x\r\nC=new\r\n',
  );
});

const UPSERTS: [
  name: string,
  before: string,
  changes: Record<string, string | undefined>,
  string,
][] = [
  ["creates the first entry", "", { A: "1" }, "A=1\n"],
  ["ends the last line before it adds one", "A=1", { B: "2" }, "A=1\nB=2\n"],
  ["leaves an entry alone that has the value", "A='1'", { A: "1" }, "A='1'"],
  ["takes an entry out", "A=1\nB=2\nC=3\n", { B: undefined }, "A=1\nC=3\n"],
  ["takes all entries of a name out", "A=1\nB=2\nA=3", { A: undefined }, "B=2\n"],
  ["changes the entry that counts", "A=1\nA=2\n", { A: "3" }, "A=1\nA=3\n"],
  ["quotes what needs it", "A=1\n", { A: "a #b" }, "A='a #b'\n"],
  ["uses the other quotation mark when it must", "A='1'\n", { A: "it's" }, 'A="it\'s"\n'],
  ["fills an empty value before a comment", "A= # why\n", { A: "1" }, "A= 1 # why\n"],
  ["keeps a comment that touches the value apart", "A=1#c\n", { A: "2" }, "A=2 #c\n"],
  ["replaces a value of several lines", "A='1\n2'\nB=3\n", { A: "4" }, "A='4'\nB=3\n"],
  ["keeps the byte order mark", "\uFEFFA=1\n", { A: "2" }, "\uFEFFA=2\n"],
  ["keeps it in front of what is left", "\uFEFFA=1\nB=2\n", { A: undefined }, "\uFEFFB=2\n"],
  ["leaves a broken file alone without changes", "A='1\n", {}, "A='1\n"],
  ["does nothing without changes", "A =1\r\n#", {}, "A =1\r\n#"],
  ["ignores the removal of what is not there", "A=1\n", { B: undefined }, "A=1\n"],
];

for (const [name, before, changes, after] of UPSERTS) {
  test(`upsertEnv() ${name}`, () => assert.equal(upsertEnv(before, changes), after));
}

for (const value of ["two\nlines", "cr\r", "nul\0", "both ' and \"", "it's\\"]) {
  test(`upsertEnv() refuses ${JSON.stringify(value)}, and does not repeat it`, () => {
    assert.throws(
      () => upsertEnv("A=1\n", { A: value }),
      (error) => error instanceof EnvWriteError && !error.message.includes(value),
    );
  });
}

test("upsertEnv() refuses a name that would become something else", () => {
  for (const name of ["A\nB", "A=B", "A B", "", "export A"]) {
    assert.throws(() => upsertEnv("", { [name]: "1" }), EnvWriteError);
  }
});

test("upsertEnv() refuses a file in which an open quotation mark would swallow the change", () => {
  assert.throws(
    () => upsertEnv("# head\nA='my secret\n", { B: "it's" }),
    (error) =>
      error instanceof EnvWriteError && /line 2 opens a quotation mark/.test(error.message) &&
      !error.message.includes("secret"),
  );
});

const someName = fc.constantFrom("A", "B", "MATTERMOST_URL", "x.y-z", "LONG_NAME");
const someLine = fc.oneof(
  fc.constantFrom("", "# a comment", "junk", "  ", "#A=1", "A", "='x'"),
  fc.tuple(
    fc.constantFrom("", "export ", " "),
    someName,
    fc.constantFrom("=", " = ", "= "),
    fc.constantFrom("", "1", "a b", "'q q'", '"d # d"', "`t`", "a#b", "'m\nm'", "'open", 'x"y'),
    fc.constantFrom("", " # why", "  "),
  ).map((parts) => parts.join("")),
);
const someFile = fc.record({
  lines: fc.array(someLine, { maxLength: 12 }),
  newline: fc.constantFrom("\n", "\r\n"),
  end: fc.constantFrom("", "\n", "\r\n"),
}).map(({ lines, newline, end }) => lines.join("\n").replaceAll("\n", newline) + end);
const someValue = fc.oneof(
  fc.constantFrom(
    "",
    "https://chat.example.com/sub?a=1&b=2",
    "a b",
    "x#y",
    "it's",
    'say "x"',
    "$A",
  ),
  fc.string({ maxLength: 20 }).map((text) => text.replace(/[\r\n\0'"`\\]/g, "")),
);
const someChanges = fc.dictionary(someName, fc.option(someValue, { nil: undefined }));

test("[P40] upsertEnv() is read back as asked, and every other line is byte-identical", () => {
  fc.assert(
    fc.property(someFile, someChanges, (before, changes) => {
      fc.pre(parseEnv(before).problems.length === 0);
      const after = upsertEnv(before, changes);
      const expected = { ...valuesOf(before), ...changes };
      for (const [name, value] of Object.entries(expected)) {
        assert.equal(valuesOf(after)[name], value, `${name} of ${JSON.stringify(after)}`);
      }
      const untouched = (text: string) => {
        const touched = parseEnv(text).entries.filter(({ name }) => Object.hasOwn(changes, name));
        const rest = touched.toReversed().reduce(
          (whole, { start, end }) => whole.slice(0, start) + whole.slice(end).replace(/^\r?\n/, ""),
          text,
        );
        // The last line gets a line end when another one follows it.
        return rest.replace(/\r?\n$/, "");
      };
      assert.equal(untouched(after), untouched(before));
      assert.equal(upsertEnv(after, changes), after, "a second time changes nothing");
    }),
    { numRuns: 2_000 },
  );
});

test("parseEnv() reads what dotenv reads, in a file without mistakes", () => {
  const entry = fc.tuple(
    fc.constantFrom("A", "B", "C"),
    fc.constantFrom("1", "a b", "'q # q'", '"d\\nd"', "'m\nm'", "x # why", ""),
  ).map(([name, value]) => `${name}=${value}`);
  const line = fc.oneof(entry, fc.constantFrom("# don't", "#", "# A=1"));
  fc.assert(fc.property(fc.array(line), (lines) => {
    const text = lines.map((each) => `${each}\n#\n`).join("");
    assert.deepEqual(valuesOf(text), { ...parse(text) });
  }));
});
