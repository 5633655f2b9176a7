import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { readScript } from "../../../src/safety/shell/read_script.ts";
import { Reading } from "../../../src/safety/shell/reading.ts";
import { ShellLimitError, ShellSyntaxError, type Word } from "../../../src/safety/shell/syntax.ts";

const read = (script: string) =>
  readScript(script, new Reading({ userHome: "/home/alice", folders: ["/work"] }));

/** The words of each command, `?` behind those that only the shell can know. */
function commandsOf(script: string): string[][] {
  return read(script).flat().filter(({ words }) => words.length > 0)
    .map(({ words }) => words.map(({ text, isKnown }) => isKnown ? text : `${text}?`));
}

test("readScript() finds every command, wherever it stands", () => {
  const cases: readonly [script: string, commands: string[][]][] = [
    ["a; b && c || d | e & f", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]],
    ["if a; then b; elif c; then d; else e; fi", [["a"], ["b"], ["c"], ["d"], ["e"]]],
    ["while a; do b; done; until ! c; do d; done", [["a"], ["b"], ["c"], ["d"]]],
    ["case x in a|b) c;; (d) e;& *) f; esac; g", [["c"], ["e"], ["f"], ["g"]]],
    ["f() { a; }; function g { b; }; h () (c)", [["a"], ["b"], ["c"]]],
    ["echo $(a $(b)) `c \\`d\\``", [["b"], ["a", "$(b)?"], ["d"], ["c", "`d`?"], [
      "echo",
      "$(a $(b))?",
      "`c \\`d\\``?",
    ]]],
    ["cat <<A <<-'B'; x\n$(y)\nA\n\t$(z)\n\tB\nw", [["y"], ["cat"], ["x"], ["w"]]],
    ["[[ a && $(b) > c ]] && d", [["b"], ["d"]]],
    ["a # b; c\nd", [["a"], ["d"]]],
  ];
  for (const [script, commands] of cases) {
    const found = commandsOf(script).map((words) => JSON.stringify(words)).sort();
    assert.deepEqual(found, commands.map((words) => JSON.stringify(words)).sort(), script);
  }
});

test("readScript() knows a variable only while it can have one value", () => {
  assert.deepEqual(commandsOf("X=a; $X"), [["a"]]);
  assert.deepEqual(commandsOf("X=a; true && X=b; $X").at(-1), ["$X?"]);
  assert.deepEqual(commandsOf("for X in a; do $X; done"), [["a"]]);
  assert.deepEqual(commandsOf("for X in a b; do $X; done"), [["$X?"]]);
  assert.deepEqual(commandsOf("read X; $X").at(-1), ["$X?"]);
  assert.deepEqual(commandsOf("X=$(y); $X").at(-1), ["$X?"]);
});

test("readScript() refuses what no shell would run", () => {
  for (const script of ["'", '"', "`", "$(", "${", "a)", "(a", "case x in a) b", "[[ a", "a=("]) {
    assert.throws(() => read(script), ShellSyntaxError, script);
  }
});

/** None when there are more of them than anybody looks at. */
function wordsOfLast(script: string): readonly Word[] {
  try {
    return read(script).flat().at(-1)?.words ?? [];
  } catch (error) {
    if (error instanceof ShellLimitError) return [];
    throw error;
  }
}

const PIECES = [
  ...["a", "b", "-x", "=", ".", "/", "%", "^", "@", ":", ",", "+", "#", "~", "!", "]", "}"],
  ...["'x y'", '"p q"', "''", '""', "\\ ", "\\'", "\\\\", '"\\""', '"\\$V"'],
  ...["$'\\x41'", "$'\\101\\n'", "$'\\u00e9'", '$"l"', "$V", "${V}", '"$V"', '"${V}"', "${U:-d e}"],
  ...[
    "${U-f}",
    '"${U:-g h}"',
    "{1,2}",
    "{a,{b,c}}",
    "{1..3}",
    "{c..a}",
    "{x}",
    "'{1,2}'",
    "$@",
    '"$@"',
  ],
  ...[" ", " ", " ", "$IFS", "\t"],
];

test("[P100] readScript() makes the words that bash makes, of whatever is put together", {
  skip: spawnSync("bash", ["--version"]).error !== undefined,
}, () => {
  const seed = Date.now() & 0x7fffffff;
  console.log(`seed ${seed}`);
  let compared = 0;
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 8 }), (pieces) => {
      const script = `V='v w'; printf '%s\\0' ${pieces.join("")}`;
      const words = wordsOfLast(script);
      if (words.length === 0 || !words.every(({ isKnown }) => isKnown)) return;
      const ran = spawnSync("bash", ["--norc", "-c", `set -f; ${script}`], {
        encoding: "utf8",
        env: { HOME: "/home/alice", LC_ALL: "C.UTF-8" },
      });
      const expected = ran.stdout.split("\0").slice(0, -1);
      const own = words.slice(2).map(({ text }) => text);
      assert.deepEqual(own.length === 0 ? [""] : own, expected, JSON.stringify(script));
      compared++;
    }),
    { seed, numRuns: 400 },
  );
  assert.ok(compared > 300, `${compared} were compared`);
});
