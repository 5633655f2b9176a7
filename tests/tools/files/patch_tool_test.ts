import assert from "node:assert/strict";
import { chmod, readdir, readFile, stat } from "node:fs/promises";
import { test } from "node:test";
import type { ToolError } from "../../../src/tools/errors.ts";
import { toolContext } from "../../support/tool_context.ts";
import { FilesLab } from "./files_lab.ts";

async function textOf(lab: FilesLab, name: string): Promise<string> {
  return await readFile(lab.path(name), "utf8");
}

test("[P132] patch replaces what stands in a file once, and gives the diff", async () => {
  await using lab = await FilesLab.open({ files: { "src/a.ts": "one\ntwo\nthree\n" } });
  const result = await lab.replace("src/a.ts", "two", "2");
  assert.equal(
    result,
    `Changed ${lab.path("src/a.ts")}.\n--- src/a.ts\n+++ src/a.ts\n` +
      "@@ -1,3 +1,3 @@\n one\n-two\n+2\n three",
  );
  assert.equal(await textOf(lab, "src/a.ts"), "one\n2\nthree\n");
});

test("[P132] patch asks which place is meant, or replaces all", async () => {
  await using lab = await FilesLab.open({ files: { "a.txt": "x\ny\nx\ny\n" } });
  await assert.rejects(lab.replace("a.txt", "y", "z"), (error: ToolError) => {
    assert.match(error.message, /is in "a.txt" 2 times, in lines 2, 4$/);
    return true;
  });
  assert.equal(await textOf(lab, "a.txt"), "x\ny\nx\ny\n");
  assert.match(await lab.replace("a.txt", "y", "z", { replace_all: true }), /in 2 places/);
  assert.equal(await textOf(lab, "a.txt"), "x\nz\nx\nz\n");
});

test("[P132] patch keeps line ends, byte order mark, last line and mode", async () => {
  await using lab = await FilesLab.open({ files: { "a.bat": "\uFEFFone\r\ntwo\r\nthree" } });
  await chmod(lab.path("a.bat"), 0o751);
  await lab.replace("a.bat", "one\ntwo", "1\n2\n2.5");
  assert.equal(await textOf(lab, "a.bat"), "\uFEFF1\r\n2\r\n2.5\r\nthree");
  assert.equal((await stat(lab.path("a.bat"))).mode & 0o777, 0o751);
});

test("patch says how it found what is not there as given", async () => {
  await using lab = await FilesLab.open({ files: { "a.py": "if x:\n    a()\n    b()\n" } });
  assert.match(
    await lab.replace("a.py", "a()\nb()", "c()"),
    /^Changed .* \(old_string was found but for the indentation of the block\)\.\n/,
  );
  assert.equal(await textOf(lab, "a.py"), "if x:\n    c()\n");
});

test("patch names the most similar line, and after three failures advises to read again", async () => {
  await using lab = await FilesLab.open({ files: { "a.txt": "alpha\nsome longer line here\n" } });
  const hintOf = async (wanted: string) => {
    let hint = "";
    await assert.rejects(lab.replace("a.txt", wanted, "x"), (error: ToolError) => {
      assert.match(error.message, /old_string is not in "a.txt"/);
      hint = error.hint;
      return true;
    });
    return hint;
  };
  assert.equal(
    await hintOf("other longer lines hear"),
    'The most similar line is 2: "some longer line here"',
  );
  assert.equal(await hintOf("nothing like it"), "Read the file again.");
  assert.match(await hintOf("nothing like it"), /^Try 3 in a row: read the file again/);
  await lab.replace("a.txt", "alpha", "beta");
  assert.equal(await hintOf("nothing like it"), "Read the file again.");
});

test("patch refuses what cannot be meant", async () => {
  await using lab = await FilesLab.open({ files: { "a.txt": "x" } });
  await lab.put("latin1.txt", Uint8Array.from([0x61, 0xfc]));
  await assert.rejects(lab.replace("a.txt", "", "y"), /are needed/);
  await assert.rejects(lab.call("patch", { path: "a.txt", old_string: "x" }), /are needed/);
  await assert.rejects(lab.replace("a.txt", "x", "x"), /are the same/);
  await assert.rejects(lab.replace("b.txt", "x", "y"), /there is no such file/);
  await assert.rejects(lab.replace("latin1.txt", "a", "b"), /it is not text in UTF-8/);
  await assert.rejects(lab.replace(".env", "a", "b"), /keys or passwords/);
  await assert.rejects(lab.patch("nonsense"), /Cannot read the patch: line 1/);
});

test("patch says when somebody else had changed the file", async () => {
  await using lab = await FilesLab.open({ files: { "a.txt": "one\ntwo\n" } });
  await lab.read("a.txt");
  await lab.put("a.txt", "one\ntwo\nthree\n");
  assert.match(await lab.replace("a.txt", "one", "1"), /\.\n\[Somebody else had changed/);
  assert.equal(await textOf(lab, "a.txt"), "1\ntwo\nthree\n");
});

test("[P132] patch changes, makes, moves and deletes several files at once", async () => {
  await using lab = await FilesLab.open({
    files: { "src/a.ts": "a\nb\n", "old.ts": "x\ny\n", "gone.txt": "bye" },
  });
  const result = await lab.patch(`*** Begin Patch
*** Update File: src/a.ts
@@
 a
-b
+c
*** Update File: old.ts
*** Move to: src/new.ts
@@
-x
+z
*** Add File: made/b.txt
+first
+second
*** Delete File: gone.txt
*** End Patch`);
  assert.match(
    result,
    /^Changed .*src\/a\.ts\.\n--- src\/a\.ts[^]*\+c\n\nMoved .*old\.ts to .*new\.ts/,
  );
  assert.match(result, /Made .*b\.txt: 2 lines\.\n\nDeleted .*gone\.txt\.$/);
  assert.equal(await textOf(lab, "src/a.ts"), "a\nc\n");
  assert.equal(await textOf(lab, "src/new.ts"), "z\ny\n");
  assert.equal(await textOf(lab, "made/b.txt"), "first\nsecond\n");
  assert.deepEqual((await readdir(lab.folder)).sort(), ["made", "src"]);
});

test("[P132] a patch of which a part does not fit changes nothing", async () => {
  const files = { "a.txt": "a\n", "b.txt": "b\n", "there.txt": "x\n" };
  await using lab = await FilesLab.open({ files });
  const first = "*** Update File: a.txt\n@@\n-a\n+changed\n";
  for (
    const [rest, reason] of [
      ["*** Update File: b.txt\n@@\n-nothing like this\n+x", /part 1 of "b.txt" fits nowhere/],
      ["*** Add File: there.txt\n+x", /"there.txt" exists already/],
      ["*** Update File: b.txt\n*** Move to: there.txt\n@@\n-b\n+x", /exists already/],
      ["*** Delete File: missing.txt", /there is no such file/],
      ["*** Update File: a.txt\n@@\n-a\n+x", /names "a.txt" twice/],
      ["*** Add File: .env\n+KEY=1", /keys or passwords/],
    ] as const
  ) {
    await assert.rejects(lab.patch(first + rest), reason);
    for (const [name, text] of Object.entries(files)) assert.equal(await textOf(lab, name), text);
  }
  assert.deepEqual((await readdir(lab.folder)).sort(), ["a.txt", "b.txt", "there.txt"]);
});

test("[P132] changes of one file at the same time all take place", async () => {
  const lines = Array.from({ length: 30 }, (_, at) => `line ${at}.\n`);
  await using lab = await FilesLab.open({ files: { "a.txt": lines.join("") } });
  await Promise.all(lines.map((_, at) => lab.replace("a.txt", `line ${at}.`, `done ${at}.`)));
  assert.equal(await textOf(lab, "a.txt"), lines.join("").replaceAll("line", "done"));
});

test("the tools for files say which files a call touches", async () => {
  await using lab = await FilesLab.open();
  const touched = (name: string, input: Record<string, unknown>) => {
    const resolved = lab.registry.resolve({ id: "c1", name, arguments: input });
    if (resolved.kind === "refused") throw new Error(resolved.reason);
    return resolved.tool.touches?.(resolved.input, toolContext());
  };
  assert.deepEqual(touched("read_file", { path: "a" }), [lab.path("a")]);
  assert.deepEqual(touched("write_file", { path: "x/../a", content: "" }), [lab.path("a")]);
  assert.deepEqual(touched("patch", { path: "/b", old_string: "x", new_string: "y" }), ["/b"]);
  const patch = "*** Update File: a\n*** Move to: b\n@@\n-x\n*** Delete File: c";
  assert.deepEqual(
    touched("patch", { mode: "patch", patch }),
    ["a", "b", "c"].map((name) => lab.path(name)),
  );
  assert.equal(touched("search_files", { pattern: "x" }), undefined);
});
