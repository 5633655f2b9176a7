import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { applyHunks } from "../../../src/tools/files/apply_hunks.ts";
import { type Hunk, type HunkLine, parsePatch } from "../../../src/tools/files/patch_format.ts";
import { decodeTextFile } from "../../../src/tools/files/text_file.ts";

function changed(text: string, hunks: readonly Hunk[]): string | undefined {
  const applied = applyHunks(text, hunks);
  if (applied.kind === "unfound") return undefined;
  const file = decodeTextFile(new TextEncoder().encode(text));
  return new TextDecoder().decode(file?.change(applied.edits));
}

function patched(text: string, body: string): string | undefined {
  const parsed = parsePatch(`*** Update File: a\n${body}`);
  const operation = parsed.kind === "parsed" ? parsed.operations[0] : undefined;
  if (operation?.kind !== "update") throw new Error(JSON.stringify(parsed));
  return changed(text, operation.hunks);
}

test("applyHunks() changes lines where their context stands", () => {
  assert.equal(patched("a\nb\nc\n", "@@\n a\n-b\n+x\n+y\n c"), "a\nx\ny\nc\n");
  assert.equal(patched("a\nb\nc\n", "@@\n-a\n@@\n-c"), "b\n");
  assert.equal(patched("a\nb\n", "@@\n-a\n-b"), "");
  assert.equal(patched("a\nb\n", "@@\n a\n+x\n b\n+y"), "a\nx\nb\ny\n");
  assert.equal(patched("a\nb\n", "@@\n-missing\n+x"), undefined);
});

test("applyHunks() keeps a last line without its newline", () => {
  assert.equal(patched("a\nb", "@@\n-b\n+x"), "a\nx");
  assert.equal(patched("a\nb", "@@\n b\n+x"), "a\nb\nx");
  assert.equal(patched("a\nb", "@@\n-b"), "a");
  assert.equal(patched("a", "@@\n-a"), "");
  assert.equal(patched("a", "@@\n-a\n+x"), "x");
  assert.equal(patched("a\nb", "@@\n-a"), "b");
  assert.equal(patched("", "@@\n+x"), "x\n");
});

test("applyHunks() takes the place below the anchors, and goes down the file", () => {
  const text = "def a():\n  return 1\ndef b():\n  return 1\ndef c():\n  return 1\n";
  assert.equal(
    patched(text, "@@ def b():\n-  return 1\n+  return 2"),
    text.replace(/(b.*\n.*)1/, "$12"),
  );
  assert.equal(
    patched(text, "@@\n-  return 1\n+  return 2\n@@\n-  return 1\n+  return 3"),
    text.replace("1", "2").replace("1", "3"),
  );
  assert.equal(
    patched(text, "@@\n-  return 1\n+  return 9\n*** End of File"),
    text.replace(/1\n$/, "9\n"),
  );
  assert.equal(patched(text, "@@ def b():\n+  pass"), text.replace("b():\n", "b():\n  pass\n"));
  assert.equal(patched(text, "@@\n+end"), `${text}end\n`);
  assert.equal(
    patched(text, "@@ no such anchor\n-  return 1\n+  return 2"),
    text.replace("1", "2"),
  );
});

test("applyHunks() leaves context as it is and moves what is new to its indentation", () => {
  const text = "class A:\n    def f(self):\n        a()  \n        b()\n";
  const body = "@@\n def f(self):\n     a()\n-    b()\n+    if x:\n+        c()";
  assert.equal(
    patched(text, body),
    "class A:\n    def f(self):\n        a()  \n        if x:\n            c()\n",
  );
});

test("applyHunks() makes of a text whatever a patch with full context says", () => {
  const line = fc.constantFrom("a", "b", "  c", "", "d {", "}");
  const change = fc.record({ line, kind: fc.constantFrom("context", "removed", "added") });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), fc.boolean(), (lines, ends) => {
      const hunkLines = lines.map(({ line, kind }) => ({ kind, text: line }) as HunkLine);
      const textOf = (kinds: readonly string[]) =>
        hunkLines.filter(({ kind }) => kinds.includes(kind)).map(({ text }) => text);
      const [before, after] = [textOf(["context", "removed"]), textOf(["context", "added"])];
      fc.pre(before.some((each) => each.trim() !== "") && after.length > 0);
      const end = ends ? "\n" : "";
      const result = changed(before.join("\n") + end, [{
        anchors: [],
        lines: hunkLines,
        isAtEnd: false,
      }]);
      assert.equal(result, after.join("\n") + end);
    }),
    { numRuns: 1_000 },
  );
});
