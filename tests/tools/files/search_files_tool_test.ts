import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { findProgram } from "../../../src/runtime/find_program.ts";
import { tempDir } from "../../support/temp_dir.ts";
import { toolContext } from "../../support/tool_context.ts";
import { FilesLab, folderBeside } from "./files_lab.ts";

const FILES = {
  "README.md": "# Title\nneedle in the readme\n",
  "src/a.ts": "one\nconst needle = 1;\nthree\n",
  "src/deep/b.ts": "needle(2);\nneedle(3);\n",
  "src/c.js": "no such thing\n",
  "node_modules/x/index.js": "needle\n",
  ".github/ci.yml": "run: needle\n",
};

/** Once with each program that this machine has, which is then the only one that is found. */
async function withEach(work: (programPath: string, name: string) => Promise<void>): Promise<void> {
  await using dir = await tempDir();
  for (const name of ["rg", "grep"]) {
    const program = await findProgram(name, process.env.PATH ?? "");
    if (program === undefined) continue;
    const folder = join(dir.path, name);
    await mkdir(folder);
    await symlink(program, join(folder, name));
    await work(folder, name);
  }
}

test("[P133] search_files finds lines, with their files and numbers", async () => {
  await withEach(async (programPath, name) => {
    await using lab = await FilesLab.open({ files: FILES, programPath });
    assert.equal(
      await lab.search("needle\\b"),
      [
        "README.md:2:needle in the readme",
        ".github/ci.yml:1:run: needle",
        "src/a.ts:2:const needle = 1;",
        "src/deep/b.ts:1:needle(2);",
        "src/deep/b.ts:2:needle(3);",
      ].join("\n"),
      name,
    );
    assert.equal(
      await lab.search("needle\\(\\d\\)", { file_glob: "*.{ts,tsx}", path: "src" }),
      [
        "src/deep/b.ts:1:needle(2);",
        "src/deep/b.ts:2:needle(3);",
      ].join("\n"),
      name,
    );
    assert.equal(
      await lab.search("(?i)NEEDLE", { path: "README.md" }),
      "README.md:2:needle in the readme",
    );
    assert.equal(await lab.search("haystack"), "[Nothing found.]", name);
  });
});

test("[P133] search_files counts, lists files, and goes on page by page", async () => {
  await withEach(async (programPath, name) => {
    await using lab = await FilesLab.open({ files: FILES, programPath });
    assert.equal(
      await lab.search("needle", { output_mode: "count", path: "src" }),
      "src/a.ts: 1\nsrc/deep/b.ts: 2",
      name,
    );
    assert.equal(
      await lab.search("needle", { output_mode: "files_only", limit: 2 }),
      "README.md\n.github/ci.yml\n[There is more: go on with offset=2.]",
      name,
    );
    assert.equal(
      await lab.search("needle", { limit: 2, offset: 2 }),
      "src/a.ts:2:const needle = 1;\nsrc/deep/b.ts:1:needle(2);\n[There is more: go on with offset=4.]",
    );
    assert.equal(await lab.search("needle", { offset: 4 }), "src/deep/b.ts:2:needle(3);");
    assert.equal(await lab.search("needle", { offset: 9 }), "[There are only 5 results.]");
  });
});

test("[P133] search_files shows lines around a match, and none of another file", async () => {
  const files = { "a.txt": "a1\na2", "b.txt": "needle\nb2\nb3\nb4\nb5\nneedle\n", "c.txt": "c1\n" };
  await withEach(async (programPath, name) => {
    await using lab = await FilesLab.open({ files, programPath });
    assert.equal(
      await lab.search("needle", { context: 1 }),
      "b.txt:1:needle\nb.txt-2-b2\n--\nb.txt-5-b5\nb.txt:6:needle",
      name,
    );
    assert.equal(
      await lab.search("needle", { context: 2, limit: 1, offset: 1 }),
      "b.txt-4-b4\nb.txt-5-b5\nb.txt:6:needle",
      name,
    );
  });
});

test("[P133] search_files reads odd files: no last newline, CRLF, bad UTF-8, long lines, odd names", async () => {
  await withEach(async (programPath, name) => {
    await using lab = await FilesLab.open({ programPath });
    await lab.put("1.txt", "x\nneedle");
    await lab.put("2.txt", "");
    await lab.put("3.txt", "needle\r\n");
    await lab.put("4.txt", Uint8Array.from([0xfc, 0x0a, ...Buffer.from("needle \xfc", "latin1")]));
    await lab.put("5\n.txt", "needle 5:1\n");
    await lab.put("6.bin", "needle\0");
    await lab.put("7.txt", `${"x".repeat(1_000_000)}needle\n`);
    await lab.put("8.txt", "12:needle\n--\n13-needle\n");
    const found = (await lab.search("needle")).split("\n");
    assert.deepEqual(found.map((line) => line.slice(0, 40)), [
      "1.txt:2:needle",
      "3.txt:1:needle",
      "4.txt:2:needle \uFFFD",
      '"5\\n.txt":1:needle 5:1',
      `7.txt:1:${"x".repeat(32)}`,
      "8.txt:1:12:needle",
      "8.txt:3:13-needle",
    ], name);
    assert.ok(found.every((line) => line.length < 600));
  });
});

test("[P131] search_files shows nothing that may not be read, by whatever way", async () => {
  await withEach(async (programPath, name) => {
    await using lab = await FilesLab.open({
      programPath,
      files: {
        ".env": "needle=1\n",
        "deploy/server.pem": "needle\n",
        ".ssh/config": "needle\n",
        "ok.txt": "needle\n",
      },
    });
    const outside = await folderBeside(lab);
    await writeFile(join(outside, "secret.txt"), "needle\n");
    await lab.link("link.txt", join(outside, "secret.txt"));
    await lab.link("linked", outside);
    assert.equal(await lab.search("needle"), "ok.txt:1:needle", name);
    assert.equal(await lab.search("*", { target: "files" }), "ok.txt", name);
    await assert.rejects(lab.search("needle", { path: ".env" }), /keys or passwords/);
    await assert.rejects(lab.search("needle", { path: ".ssh" }), /keys or passwords/);
    await assert.rejects(lab.search("needle", { path: "/proc" }), /part of the system/);
    await assert.rejects(lab.search("needle", { path: "missing" }), /there is no such folder/);
  });
});

test("[P133] search_files leaves out what .gitignore leaves out, also from above and below", async () => {
  await using lab = await FilesLab.open({
    files: {
      "repo/.gitignore": "*.log\n/build/\n!keep.log\n",
      "repo/a.log": "needle\n",
      "repo/keep.log": "needle\n",
      "repo/build/out.js": "needle\n",
      "repo/src/.gitignore": "generated/\n*.tmp\n",
      "repo/src/generated/x.ts": "needle\n",
      "repo/src/build/y.ts": "needle\n",
      "repo/src/z.tmp": "needle\n",
      "repo/src/deep/w.log": "needle\n",
    },
  });
  await mkdir(lab.path("repo/.git"));
  await lab.put("repo/.git/config", "needle\n");
  const all = { output_mode: "files_only" };
  assert.equal(await lab.search("needle", all), "repo/keep.log\nrepo/src/build/y.ts");
  assert.equal(await lab.search("needle", { ...all, path: "repo/src" }), "repo/src/build/y.ts");
  assert.equal(await lab.search("needle", { ...all, path: "repo/src/deep" }), "[Nothing found.]");
});

test("search_files finds files by name, the newest first", async () => {
  await using lab = await FilesLab.open({ files: FILES });
  for (const [at, name] of ["src/a.ts", "src/deep/b.ts", "src/c.js"].entries()) {
    await utimes(lab.path(name), 1_000_000 + at, 1_000_000 + at);
  }
  assert.equal(await lab.search("*.ts", { target: "files" }), "src/deep/b.ts\nsrc/a.ts");
  assert.equal(await lab.search("src/*", { target: "files" }), "src/c.js\nsrc/a.ts");
  assert.match(await lab.search("read", { target: "files" }), /No files found/);
  assert.match(await lab.search("READ", { target: "files" }), /^README\.md$/);
  assert.equal(
    await lab.search("*", { target: "files", path: "src", limit: 1, offset: 1 }),
    "src/deep/b.ts\n[1 more: go on with offset=2.]",
  );
});

test("search_files names what is wrong with a pattern", async () => {
  await withEach(async (programPath, name) => {
    await using lab = await FilesLab.open({ files: FILES, programPath });
    await assert.rejects(lab.search("needle("), /Cannot search for "needle\(": /, name);
  });
  await using lab = await FilesLab.open({ files: FILES, programPath: "/nowhere" });
  await assert.rejects(lab.search("needle"), /neither rg nor grep/);
});

test("search_files says which files it left out as too large", async () => {
  await using lab = await FilesLab.open({ files: FILES });
  await lab.put("huge.txt", "");
  await truncate(lab.path("huge.txt"), 2_000_000_000);
  assert.match(await lab.search("needle", { limit: 500 }), /\n\[1 files were too large or closed/);
});

test("[P133] search_files waits for no pipe, and ends soon when there is enough", async () => {
  await using lab = await FilesLab.open();
  execFileSync("mkfifo", [lab.path("a-pipe")]);
  for (let at = 0; at < 40; at++) await lab.put(`f${at}.txt`, "needle\n".repeat(100_000));
  const startedAtMs = performance.now();
  const found = await lab.search("needle", { limit: 3 });
  assert.equal(found.split("\n").length, 4);
  assert.ok(performance.now() - startedAtMs < 5_000);
});

test("search_files ends with its turn", async () => {
  await using lab = await FilesLab.open({ files: FILES });
  const resolved = lab.registry.resolve({
    id: "c",
    name: "search_files",
    arguments: { pattern: "x" },
  });
  if (resolved.kind === "refused") throw new Error(resolved.reason);
  const stopped = AbortSignal.abort(new Error("stopped"));
  await assert.rejects(resolved.tool.run(resolved.input, toolContext(), stopped), /stopped/);
});
