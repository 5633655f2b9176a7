import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rename, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import {
  MovedFileError,
  openExact,
  removeExact,
  replaceExact,
} from "../../src/runtime/exact_file.ts";
import { tempDir } from "../support/temp_dir.ts";
import { runScript } from "./run_script.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("openExact() opens files, and waits for no pipe", async () => {
  await using dir = await tempDir();
  await writeFile(join(dir.path, "a.txt"), "text");
  const file = await openExact(join(dir.path, "a.txt"));
  assert.equal((await file.readFile()).toString(), "text");
  await file.close();
  execFileSync("mkfifo", [join(dir.path, "pipe")]);
  const pipe = await openExact(join(dir.path, "pipe"));
  assert.equal((await pipe.stat()).isFile(), false);
  await pipe.close();
  await assert.rejects(openExact(join(dir.path, "missing")), { code: "ENOENT" });
});

test("[P131] openExact() opens nothing behind a link that was put into the path", async () => {
  await using dir = await tempDir();
  const [allowed, secret] = [join(dir.path, "allowed"), join(dir.path, "secret")];
  for (const folder of [allowed, secret]) {
    await mkdir(folder);
    await writeFile(join(folder, "a.txt"), folder);
  }
  await rename(allowed, `${allowed}.away`);
  await symlink(secret, allowed);
  await assert.rejects(openExact(join(allowed, "a.txt")), MovedFileError);
  await symlink(join(secret, "a.txt"), join(dir.path, "link"));
  await assert.rejects(openExact(join(dir.path, "link")), { code: "ELOOP" });
});

test("[P132] replaceExact() makes and replaces files, with the mode that is wanted", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "new", "folder", "a.txt");
  await replaceExact(path, bytes("one"), { mode: 0o640 });
  assert.equal(await readFile(path, "utf8"), "one");
  assert.equal((await stat(path)).mode & 0o777, 0o640);
  await replaceExact(path, bytes("two"), { mode: 0o755 });
  assert.equal(await readFile(path, "utf8"), "two");
  assert.equal((await stat(path)).mode & 0o777, 0o755);
  assert.deepEqual(await readdir(join(dir.path, "new", "folder")), ["a.txt"]);
});

test("[P132] replaceExact() leaves nothing behind when it fails", async () => {
  await using dir = await tempDir();
  await mkdir(join(dir.path, "a.txt", "full"), { recursive: true });
  await assert.rejects(replaceExact(join(dir.path, "a.txt"), bytes("x"), { mode: 0o600 }));
  assert.deepEqual(await readdir(dir.path), ["a.txt"]);
});

test("[P131] replaceExact() and removeExact() touch nothing behind a link in the path", async () => {
  await using dir = await tempDir();
  const [allowed, outside] = [join(dir.path, "allowed"), join(dir.path, "outside")];
  await mkdir(outside);
  await writeFile(join(outside, "a.txt"), "precious");
  await symlink(outside, allowed);
  const path = join(allowed, "a.txt");
  const refused = (error: Error) =>
    error instanceof MovedFileError ||
    ["ELOOP", "ENOTDIR"].includes((error as { code?: string }).code ?? "");
  await assert.rejects(replaceExact(path, bytes("x"), { mode: 0o600 }), refused);
  await assert.rejects(removeExact(path), refused);
  assert.deepEqual(await readdir(outside), ["a.txt"]);
  assert.equal(await readFile(join(outside, "a.txt"), "utf8"), "precious");
});

test("[P131] a folder that is swapped for a link again and again gives nothing away", async () => {
  await using dir = await tempDir();
  const allowed = join(dir.path, "allowed");
  const secret = join(dir.path, "secret");
  const away = join(dir.path, "away");
  for (const [folder, text] of [[allowed, "open"], [secret, "secret"]] as const) {
    await mkdir(folder);
    await writeFile(join(folder, "a.txt"), text);
  }
  await symlink(secret, away);
  let opened = 0;
  {
    await using swap = await runScript(dir.path, swapSource(allowed, away));
    await swap.saw("swapping");
    for (let round = 0; round < 3_000; round++) {
      const path = join(allowed, "a.txt");
      const file = await openExact(path).catch(() => undefined);
      if (file !== undefined) {
        opened++;
        assert.equal((await file.readFile()).toString(), "open");
        await file.close();
      }
      if (round % 10 === 0) {
        await replaceExact(path, bytes("open"), { mode: 0o600 }).catch(() => {});
      }
    }
  }
  assert.ok(opened > 0, "the file was never to be had");
  assert.equal(await readFile(join(secret, "a.txt"), "utf8"), "secret");
  assert.deepEqual(await readdir(secret), ["a.txt"]);
});

/** Exchanges two names for each other as fast as it can. */
function swapSource(a: string, b: string): string {
  return `
    import { renameSync } from "node:fs";
    const [a, b, third] = ${JSON.stringify([a, b, `${a}.third`])};
    console.log("swapping");
    for (;;) {
      renameSync(a, third);
      renameSync(b, a);
      renameSync(third, b);
    }
  `;
}
