import assert from "node:assert/strict";
import { test } from "node:test";
import { compileGlob, expandBraces } from "../../../src/tools/files/glob.ts";

test("compileGlob() matches as .gitignore and ripgrep do", () => {
  const cases: readonly [glob: string, fits: readonly string[], fitsNot: readonly string[]][] = [
    ["*.ts", ["a.ts", "src/deep/a.ts", ".ts"], ["a.tsx", "a.ts/b", "ats"]],
    ["/*.ts", ["a.ts"], ["src/a.ts"]],
    ["src/*.ts", ["src/a.ts"], ["src/deep/a.ts", "other/src/a.ts"]],
    ["src/**/*.ts", ["src/a.ts", "src/x/y/a.ts"], ["a.ts", "src/a.js"]],
    ["**/test/**", ["test/a", "x/test/a/b"], ["testing/a"]],
    ["**/node_modules", ["node_modules", "a/b/node_modules"], ["node_modules/a"]],
    ["build/", ["build", "x/build"], ["builds"]],
    ["a?c", ["abc", "aéc", "a😀c"], ["ac", "abbc"]],
    ["[a-c]x[!0-9]", ["axy", "cx-"], ["dxy", "ax5"]],
    ["[]x]", ["]", "x"], ["y"]],
    ["[ab", ["[ab"], ["a"]],
    ["*.{ts,tsx}", ["a.ts", "b/a.tsx"], ["a.js"]],
    ["{a,b}/{c,d}", ["a/c", "b/d"], ["a/b"]],
    ["a{b", ["a{b"], ["ab"]],
    ["\\*.md", ["*.md"], ["a.md"]],
    ["a**b", ["ab", "axxb"], ["a/b"]],
    ["**", ["a", "a/b"], []],
    ["README", ["README", "docs/README"], ["README.md"]],
  ];
  for (const [glob, fits, fitsNot] of cases) {
    const matches = compileGlob(glob);
    for (const path of fits) assert.equal(matches(path), true, `${glob} fits ${path}`);
    for (const path of fitsNot) assert.equal(matches(path), false, `${glob} does not fit ${path}`);
  }
});

test("compileGlob() takes no long time for hostile globs and paths", () => {
  const startedAtMs = performance.now();
  const name = "a".repeat(250);
  compileGlob(`${"*a".repeat(200)}b`)(name);
  compileGlob(`${"**/".repeat(100)}b`)(`${"a/".repeat(1_000)}a`);
  compileGlob(`${"**/a/".repeat(100)}b`)(`${"a/".repeat(1_000)}a`);
  compileGlob("{a,b}".repeat(100))(name);
  const tookMs = performance.now() - startedAtMs;
  assert.ok(tookMs < 2_000, `took ${tookMs} ms`);
});

test("expandBraces() has a bound", () => {
  assert.deepEqual(expandBraces("a{b,c}d"), ["abd", "acd"]);
  assert.deepEqual(expandBraces("{a}"), ["{a}"]);
  assert.equal(expandBraces("{a,b}".repeat(20)).length, 64);
});
