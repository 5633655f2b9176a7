import assert from "node:assert/strict";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ownProgram } from "../../src/runtime/own_program.ts";
import { tempDir } from "../support/temp_dir.ts";

/** A program in `versions/`, a link to it in `bin/`, and another program of its name in `other/`. */
async function lab() {
  const dir = await tempDir();
  const [versions, bin, other] = ["versions", "bin", "other"].map((name) => join(dir.path, name));
  for (const folder of [versions!, bin!, other!]) await mkdir(folder);
  const program = join(versions!, "hermes-1");
  for (const path of [program, join(other!, "hermes")]) {
    await writeFile(path, "");
    await chmod(path, 0o755);
  }
  const link = join(bin!, "hermes");
  await symlink(program, link);
  const facts = {
    execPath: program,
    argv0: "hermes",
    script: "/$bunfs/root/hermes",
    cwd: dir.path,
    searchPath: `${other}:${bin}:/usr/bin`,
  };
  return { program, link, facts, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() };
}

test("ownProgram() is the link that was started, by its path or by its name", async () => {
  await using made = await lab();
  const { facts, link } = made;
  for (const argv0 of [link, "./bin/hermes", "bin/hermes", "hermes"]) {
    assert.equal(ownProgram({ ...facts, argv0 }), link, argv0);
  }
});

test("ownProgram() is the file itself where no such link is found", async () => {
  await using made = await lab();
  const { facts, program } = made;
  for (const argv0 of ["somebody said so", "./other/hermes", "", program]) {
    assert.equal(ownProgram({ ...facts, argv0 }), program, argv0);
  }
  assert.equal(ownProgram({ ...facts, searchPath: "" }), program);
});

test("ownProgram() is nothing when a runtime runs the source", async () => {
  await using made = await lab();
  assert.equal(ownProgram({ ...made.facts, script: "/src/main.ts" }), undefined);
  assert.equal(ownProgram(), undefined);
});
