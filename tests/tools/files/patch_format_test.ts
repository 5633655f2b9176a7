import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePatch, pathsOfPatch } from "../../../src/tools/files/patch_format.ts";

const PATCH = `*** Begin Patch
*** Update File: src/a.ts
*** Move to: src/b.ts
@@ class A
@@   method() {
   const x = 1;
-  return x;
+  return x + 1;

@@
 last
+added
*** End of File

*** Add File: new file.txt
+first
+
+third
*** Delete File: old.txt
*** End Patch
`;

test("parsePatch() reads files, hunks and anchors", () => {
  const parsed = parsePatch(PATCH);
  assert.deepEqual(parsed, {
    kind: "parsed",
    operations: [
      {
        kind: "update",
        path: "src/a.ts",
        movedTo: "src/b.ts",
        hunks: [
          {
            anchors: ["class A", "method() {"],
            lines: [
              { kind: "context", text: "  const x = 1;" },
              { kind: "removed", text: "  return x;" },
              { kind: "added", text: "  return x + 1;" },
            ],
            isAtEnd: false,
          },
          {
            anchors: [],
            lines: [{ kind: "context", text: "last" }, { kind: "added", text: "added" }],
            isAtEnd: true,
          },
        ],
      },
      { kind: "add", path: "new file.txt", lines: ["first", "", "third"] },
      { kind: "delete", path: "old.txt" },
    ],
  });
  assert.deepEqual(pathsOfPatch(PATCH), ["src/a.ts", "src/b.ts", "new file.txt", "old.txt"]);
});

test("parsePatch() reads what models make of the form", () => {
  const bare = "```patch\n*** Update File: a\r\n@@ -1,2 +1,2 @@ def f():\r\n-x\r\n+y\r\n```";
  const parsed = parsePatch(bare);
  assert.equal(parsed.kind, "parsed");
  const [operation] = parsed.kind === "parsed" ? parsed.operations : [];
  assert.deepEqual(operation, {
    kind: "update",
    path: "a",
    movedTo: undefined,
    hunks: [{
      anchors: ["def f():"],
      lines: [{ kind: "removed", text: "x" }, { kind: "added", text: "y" }],
      isAtEnd: false,
    }],
  });
});

test("parsePatch() says which line is wrong", () => {
  const cases: readonly [patch: string, reason: RegExp][] = [
    ["", /names no file/],
    ["*** Begin Patch\n*** End Patch", /names no file/],
    ["hello\n*** Delete File: a", /line 1 of the patch is "hello": expected \*\*\* Add File/],
    ["*** Add File: a\n+x\ny", /line 3 of the patch is "y": a new file has \+ lines only/],
    ["*** Update File: a\n@@\n-x\nz", /line 4 of the patch is "z": a line begins with/],
    ["*** Update File: a\n@@\n only context", /changes nothing in a/],
  ];
  for (const [patch, reason] of cases) {
    const parsed = parsePatch(patch);
    assert.match(parsed.kind === "refused" ? parsed.reason : "parsed", reason, patch);
  }
});
