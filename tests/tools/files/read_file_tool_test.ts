import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { strToU8, zipSync } from "fflate";
import type { ToolError } from "../../../src/tools/errors.ts";
import { FilesLab, folderBeside } from "./files_lab.ts";

const SECRET = /may hold keys or passwords/;
const MISSING = /there is no such file/;

test("read_file gives each line with its number, and the whole of a short file", async () => {
  await using lab = await FilesLab.open({ files: { "a.txt": "one\r\ntwo\n\nfour" } });
  assert.equal(await lab.read("a.txt"), "1|one\n2|two\n3|\n4|four\n");
  assert.equal(
    await lab.read(lab.path("a.txt"), { limit: 2 }),
    [
      "1|one",
      "2|two",
      "[Lines 1 to 2 of 4. Go on with offset 3.]",
    ].join("\n"),
  );
});

test("read_file reads a part and says where to go on", async () => {
  const text = Array.from({ length: 700 }, (_, index) => `line ${index + 1}\n`).join("");
  await using lab = await FilesLab.open({ files: { "a.txt": text } });
  const part = await lab.read("a.txt", { offset: 10, limit: 2 });
  assert.equal(part, "10|line 10\n11|line 11\n[Lines 10 to 11 of 700. Go on with offset 12.]");
  assert.match(await lab.read("a.txt"), /\[Lines 1 to 500 of 700\./);
  assert.equal(await lab.read("a.txt", { offset: 700 }), "700|line 700\n");
  await assert.rejects(lab.read("a.txt", { offset: 701 }), /it has 700 lines/);
});

test("read_file keeps a result below 100,000 characters and a line below 2,000", async () => {
  const text = `${"x".repeat(1_999)}😀${"y".repeat(50)}\n`.repeat(100);
  await using lab = await FilesLab.open({ files: { "wide.txt": text } });
  const result = await lab.read("wide.txt");
  assert.ok(result.length <= 100_000);
  assert.ok(result.startsWith(`1|${"x".repeat(1_999)}… [2051 characters]\n`));
  const next = Number(result.match(/Go on with offset (\d+)\.\]$/)?.[1]);
  assert.equal(result.split("\n").length, next);
});

test("read_file says that a file is empty", async () => {
  await using lab = await FilesLab.open({ files: { "empty.txt": "" } });
  assert.equal(await lab.read("empty.txt"), "[The file is empty.]");
});

test("read_file refuses folders, binaries, pipes, devices and what is too large", async () => {
  await using lab = await FilesLab.open({
    files: { "logo.png": "\x89PNG\0\0", "folder/a.txt": "x", "huge.log": "" },
  });
  execFileSync("mkfifo", [lab.path("pipe")]);
  await lab.link("zero", "/dev/zero");
  await lab.link("loop", "loop");
  await truncate(lab.path("huge.log"), 5_000_000_000);
  await assert.rejects(lab.read("folder"), /it is a folder/);
  await assert.rejects(lab.read("logo.png"), /it is not text, but/);
  await assert.rejects(lab.read("pipe"), /not a regular file/);
  await assert.rejects(lab.read("zero"), /part of the system/);
  await assert.rejects(lab.read("/proc/self/environ"), /part of the system/);
  await assert.rejects(lab.read("huge.log"), /it has 5000000000 bytes, the limit is 20000000/);
  await assert.rejects(lab.read("loop"), /Cannot read "loop"/);
  await assert.rejects(lab.read("a\0b"), /no path has a NUL/);
  await assert.rejects(lab.read("x".repeat(5_000)), /Cannot read/);
});

test("read_file reads the text of documents and notebooks, and says why where there is none", async () => {
  await using lab = await FilesLab.open();
  const notebook = {
    cells: [
      { cell_type: "markdown", source: ["# Title\n", "text"] },
      {
        cell_type: "code",
        source: "print(1)",
        outputs: [{ text: ["1\n"] }, { data: { "text/plain": "x", "image/png": "iVBO" } }],
      },
    ],
  };
  await lab.put("a.ipynb", JSON.stringify(notebook));
  assert.equal(
    (await lab.read("a.ipynb")).replaceAll(/^\d+\|/gm, ""),
    "# Cell 1 (markdown)\n# Title\ntext\n\n# Cell 2 (code)\nprint(1)\n[Output]\n1\nx\n",
  );
  await lab.put("b.ipynb", "{ torn");
  assert.equal(await lab.read("b.ipynb"), "1|{ torn\n");
  await lab.put("table.xlsx", zipSync({ "xl/worksheets/sheet1.xml": strToU8(SHEET) }));
  assert.match(await lab.read("table.xlsx"), /42/);
  await lab.put("torn.pdf", "%PDF-1.7\nnot really");
  await assert.rejects(lab.read("torn.pdf"), /Cannot read "torn.pdf": it is damaged/);
  await lab.put("photo.png", Uint8Array.from(PNG));
  await assert.rejects(lab.read("photo.png"), (error: ToolError) => {
    assert.match(error.message, /it is not text, but image\/png/);
    assert.match(error.hint, /vision_analyze/);
    return true;
  });
});

const SHEET =
  `<worksheet><sheetData><row r="1"><c r="A1"><v>42</v></c></row></sheetData></worksheet>`;
const PNG = [
  0x89,
  0x50,
  0x4e,
  0x47,
  0x0d,
  0x0a,
  0x1a,
  0x0a,
  0,
  0,
  0,
  13,
  0x49,
  0x48,
  0x44,
  0x52,
  0,
];

test("read_file shows bad UTF-8 as such, and reads names with newlines", async () => {
  await using lab = await FilesLab.open({ files: { "two\nlines": "x" } });
  await lab.put("latin1.txt", Uint8Array.from([0x67, 0x72, 0xfc, 0xdf, 0x65]));
  assert.equal(await lab.read("latin1.txt"), "1|gr\uFFFD\uFFFDe\n");
  assert.equal(await lab.read("two\nlines"), "1|x\n");
});

test("read_file names the nearest files when there is none of that name", async () => {
  await using lab = await FilesLab.open({ files: { "docs/readme.md": "x", "docs/main.ts": "x" } });
  await assert.rejects(lab.read("docs/READ_ME.md"), (error: ToolError) => {
    assert.match(error.message, MISSING);
    assert.equal(error.hint, "Did you mean readme.md?");
    return true;
  });
  await assert.rejects(lab.read("nowhere/at/all.md"), MISSING);
});

test("[P101] read_file follows links to what they lead to, and judges that", async () => {
  await using lab = await FilesLab.open({ files: { "a.txt": "x", ".env": "KEY=1" } });
  const outside = await folderBeside(lab);
  await mkdir(join(outside, ".ssh"));
  await writeFile(join(outside, "notes.txt"), "public");
  await writeFile(join(outside, ".ssh", "config"), "private");
  await lab.link("link", outside);
  await lab.link("harmless.txt", ".env");
  for (const [session, path] of ["link/notes.txt", join(outside, "notes.txt")].entries()) {
    assert.equal(await lab.read(path, {}, String(session)), "1|public\n", path);
  }
  for (const path of ["link/.ssh/config", "link/.ssh/confug", "harmless.txt"]) {
    await assert.rejects(lab.read(path), SECRET, path);
  }
});

test("read_file refuses Hermes' own files, but not a workspace among them", async () => {
  await using lab = await FilesLab.open();
  await writeFile(join(lab.hermesHome, "config.yaml"), "x");
  await mkdir(join(lab.hermesHome, "workspace"));
  await writeFile(join(lab.hermesHome, "workspace", "b.txt"), "x");
  await assert.rejects(lab.read("../home/config.yaml"), /Hermes itself/);
  assert.equal(await lab.read("../home/workspace/b.txt"), "1|x\n");
});

test("read_file does not show again what is unchanged, and stops at the fourth time", async () => {
  await using lab = await FilesLab.open({ files: { "a.txt": "one\ntwo\n" } });
  assert.match(await lab.read("a.txt"), /^1\|one/);
  assert.match(await lab.read("a.txt"), /^\[Unchanged: [^\n]*\]$/);
  assert.match(await lab.read("a.txt"), /^\[Unchanged: .*\]\n\[Reading the same/);
  await assert.rejects(lab.read("a.txt"), /Not read: you have read these lines of "a.txt" 3 times/);
  assert.match(await lab.read("a.txt", { offset: 2 }), /^2\|two/, "other lines are others");
  assert.match(await lab.read("a.txt", {}, "other session"), /^1\|one/);
  await lab.put("a.txt", "one\nchanged\n");
  assert.match(await lab.read("a.txt"), /^1\|one\n2\|changed/);
  await lab.write("a.txt", "mine\n");
  assert.match(await lab.read("a.txt"), /^1\|mine/);
  lab.memory.forget("agent:main:test:dm:alice" as never);
  assert.match(await lab.read("a.txt"), /^1\|mine/);
});
