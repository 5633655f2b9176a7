import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, lstat, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { FilesLab, folderBeside } from "./files_lab.ts";

test("[P132] write_file makes files with their folders, and replaces them whole", async () => {
  await using lab = await FilesLab.open();
  const made = await lab.write("new/deep/a.txt", "one\ntwo\n");
  assert.equal(made, `Made ${lab.path("new/deep/a.txt")}: 2 lines, 8 bytes.`);
  assert.equal(await readFile(lab.path("new/deep/a.txt"), "utf8"), "one\ntwo\n");
  assert.match(await lab.write("new/deep/a.txt", "x"), /^Replaced .*: 1 lines, 1 bytes\.$/);
  assert.match(await lab.write("empty", ""), /0 lines, 0 bytes/);
  assert.deepEqual(await readdir(lab.path("new/deep")), ["a.txt"]);
});

test("[P132] write_file keeps the mode of a file, and gives a new one the usual mode", async () => {
  await using lab = await FilesLab.open({ files: { "run.sh": "old" } });
  await chmod(lab.path("run.sh"), 0o754);
  await lab.write("run.sh", "new");
  assert.equal((await stat(lab.path("run.sh"))).mode & 0o777, 0o754);
  await lab.write("plain.txt", "x");
  const usual = 0o666 & ~process.umask();
  assert.equal((await stat(lab.path("plain.txt"))).mode & 0o777, usual);
});

test("write_file says when somebody else had changed the file", async () => {
  await using lab = await FilesLab.open({ files: { "a.txt": "one" } });
  await lab.read("a.txt");
  await lab.put("a.txt", "two!");
  assert.match(await lab.write("a.txt", "three"), /\n\[Somebody else had changed this file/);
  assert.doesNotMatch(await lab.write("a.txt", "four"), /Somebody else/);
  assert.doesNotMatch(await lab.write("a.txt", "five", "other session"), /Somebody else/);
});

test("[P131] write_file goes where a link leads, and stays out of what is closed", async () => {
  await using lab = await FilesLab.open({ files: { "target.txt": "old" } });
  const outside = await folderBeside(lab);
  await mkdir(join(outside, ".ssh"));
  await writeFile(join(outside, ".ssh", "authorized_keys"), "key");
  await lab.link("link.txt", "target.txt");
  await lab.link("dead.txt", "not/yet/there.txt");
  await lab.link("out", outside);
  await lab.link("keys.txt", join(outside, ".ssh", "authorized_keys"));
  await lab.write("link.txt", "new");
  assert.ok((await lstat(lab.path("link.txt"))).isSymbolicLink());
  assert.equal(await readFile(lab.path("target.txt"), "utf8"), "new");
  await lab.write("dead.txt", "made");
  assert.equal(await readFile(lab.path("not/yet/there.txt"), "utf8"), "made");
  for (
    const path of ["keys.txt", "out/.ssh/new", ".env", "/etc/hermes-test", ".git/hooks/pre-commit"]
  ) {
    await assert.rejects(lab.write(path, "x"), /Cannot write/, path);
  }
  await assert.rejects(lab.write(join(lab.hermesHome, "config.yaml"), "x"), /Hermes itself/);
  assert.equal(await readFile(join(outside, ".ssh", "authorized_keys"), "utf8"), "key");
  assert.deepEqual(await readdir(join(outside, ".ssh")), ["authorized_keys"]);
});

test("write_file writes in the folder alone to which it is limited", async () => {
  await using lab = await FilesLab.open();
  await using limited = await FilesLab.open({ places: { writeRoot: lab.path("only") } });
  await mkdir(lab.path("only"));
  await limited.write(lab.path("only/a.txt"), "x");
  await assert.rejects(
    limited.write(lab.path("a.txt"), "x"),
    /files may be written in .*only only/,
  );
  await assert.rejects(limited.write(lab.path("only/../a.txt"), "x"), /files may be written in/);
});

test("write_file refuses folders, pipes and what is in the way, and says so", async () => {
  await using lab = await FilesLab.open({ files: { "folder/a.txt": "x", "file": "x" } });
  execFileSync("mkfifo", [lab.path("pipe")]);
  await assert.rejects(lab.write("folder", "x"), /it is a folder/);
  await assert.rejects(lab.write("pipe", "x"), /not a regular file/);
  await assert.rejects(lab.write("file/below", "x"), /Cannot write "file\/below"/);
  await assert.rejects(lab.write("a.txt", "x".repeat(10_000_001)), /more than 10000000 bytes/);
  assert.deepEqual((await readdir(lab.folder)).sort(), ["file", "folder", "pipe"]);
});

test("[P132] write_file leaves one of the texts whole when several sessions write at once", async () => {
  await using lab = await FilesLab.open();
  const texts = Array.from({ length: 20 }, (_, at) => `${at}\n`.repeat(10_000));
  await Promise.all(texts.map((text, at) => lab.write("a.txt", text, `session ${at}`)));
  assert.ok(texts.includes(await readFile(lab.path("a.txt"), "utf8")));
  assert.deepEqual(await readdir(lab.folder), ["a.txt"]);
});
