import assert from "node:assert/strict";
import { readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { FileError } from "../../src/runtime/file_error.ts";
import { acquireLock, readLockHolder } from "../../src/runtime/lock_file.ts";
import { tempDir } from "../support/temp_dir.ts";
import { moduleUrl, runScript } from "./run_script.ts";

const owner = { description: "gateway of hermes" };

/** Takes the lock, tells the outcome in one line, and lives until its standard input ends. */
function lockingScript(path: string): string {
  return `import { acquireLock, readLockHolder } from ${moduleUrl("lock_file.ts")};
    const result = await acquireLock(${JSON.stringify(path)}, { description: "child" });
    console.log(result.kind);
    process.stdin.resume();`;
}

test("[P28] acquireLock() tells the second who holds it, until release()", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "state", "gateway.lock");
  const before = Date.now();
  const first = await acquireLock(path, owner);
  assert(first.kind === "acquired");
  const second = await acquireLock(path, { description: "another" });
  assert(second.kind === "held");
  assert.equal(second.by.pid, process.pid);
  assert.equal(second.by.description, "gateway of hermes");
  assert(second.by.startedAtMs >= before && second.by.startedAtMs <= Date.now());
  assert.deepEqual(await readLockHolder(path), second.by);
  assert(!("id" in second.by), "what tells our lock from others is nobody's business");
  await first.release();
  await first.release();
  assert.equal(await readLockHolder(path), undefined);
  const third = await acquireLock(path, owner);
  assert.equal(third.kind, "acquired");
});

test("[P23] acquireLock() makes a file of 0600 in a folder of 0700, and nothing else", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "state", "gateway.lock");
  await acquireLock(path, owner);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal((await stat(join(dir.path, "state"))).mode & 0o777, 0o700);
  assert.deepEqual(await readdir(join(dir.path, "state")), ["gateway.lock"]);
});

test("[P28] acquireLock() is refused while another process holds the lock, and not after", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "gateway.lock");
  await using script = await runScript(dir.path, lockingScript(path));
  const { child, saw, exited } = script;
  await saw("acquired");
  const refused = await acquireLock(path, owner);
  assert(refused.kind === "held");
  assert.equal(refused.by.pid, child.pid);
  assert.equal(refused.by.description, "child");
  assert.equal((await readLockHolder(path))?.pid, child.pid);
  child.kill("SIGKILL");
  await exited;
  assert.equal(await readLockHolder(path), undefined);
  assert.equal((await acquireLock(path, owner)).kind, "acquired");
});

test("[P28] acquireLock() of processes that race lets exactly one win, also over a stale lock", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "gateway.lock");
  await using dead = await runScript(dir.path, lockingScript(path));
  dead.child.stdin!.end();
  await dead.exited; // It never released: its lock is stale.
  await using racing = new AsyncDisposableStack();
  const racers = await Promise.all(
    Array.from(
      { length: 5 },
      async () => racing.use(await runScript(dir.path, lockingScript(path))),
    ),
  );
  await Promise.all(racers.map(({ saw }) => saw("\n")));
  for (const { child } of racers) child.stdin!.end();
  const outcomes = (await Promise.all(racers.map(({ exited }) => exited))).map(({ stdout }) =>
    stdout
  );
  assert.deepEqual(outcomes.toSorted(), ["acquired\n", "held\n", "held\n", "held\n", "held\n"]);
});

test("acquireLock() lets exactly one of many calls in one process win", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "gateway.lock");
  const results = await Promise.all(Array.from({ length: 10 }, () => acquireLock(path, owner)));
  assert.equal(results.filter(({ kind }) => kind === "acquired").length, 1);
});

test("acquireLock() takes over from a process whose pid another one has now", {
  skip: process.platform !== "linux" && "Only Linux tells in /proc when a process started",
}, async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "gateway.lock");
  await acquireLock(path, owner);
  const record = JSON.parse(await readFile(path, "utf8"));
  await writeFile(path, JSON.stringify({ ...record, process: `${record.process}0` }));
  assert.equal((await acquireLock(path, owner)).kind, "acquired");
});

test("acquireLock() takes over a file that is no lock", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "gateway.lock");
  const ofNoProcess = '{"pid":0,"startedAtMs":1,"description":"","id":"1"}';
  for (
    const text of [
      "",
      "nonsense",
      "null",
      "[]",
      '{"pid":"1"}',
      `{"pid":${process.pid}}`,
      ofNoProcess,
    ]
  ) {
    await writeFile(path, text);
    assert.equal((await acquireLock(path, owner)).kind, "acquired", text);
  }
});

test("acquireLock() gets past the guard of a process that died in its work", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "gateway.lock");
  const hourAgo = new Date(Date.now() - 3_600_000);
  const hourAhead = new Date(Date.now() + 3_600_000); // The clock was wrong when it died.
  for (const time of [hourAgo, hourAhead]) {
    await rm(path, { force: true });
    await writeFile(`${path}.guard`, "");
    await utimes(`${path}.guard`, time, time);
    assert.equal((await acquireLock(path, owner)).kind, "acquired");
  }
});

test("acquireLock() of many lets one win also where a guard was left behind", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "gateway.lock");
  const hourAgo = new Date(Date.now() - 3_600_000);
  await writeFile(`${path}.guard`, "");
  await utimes(`${path}.guard`, hourAgo, hourAgo);
  const results = await Promise.all(Array.from({ length: 10 }, () => acquireLock(path, owner)));
  assert.equal(results.filter(({ kind }) => kind === "acquired").length, 1);
  assert.deepEqual(await readdir(dir.path), ["gateway.lock"]);
});

test("acquireLock() leaves the lock of somebody else alone when ours was removed by hand", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "gateway.lock");
  const first = await acquireLock(path, owner);
  assert(first.kind === "acquired");
  await writeFile(path, "");
  await acquireLock(path, owner);
  await first.release();
  assert.equal((await acquireLock(path, owner)).kind, "held");
});

test("acquireLock() throws a FileError where no lock can be", async () => {
  await using dir = await tempDir();
  await writeFile(join(dir.path, "file"), "");
  const path = join(dir.path, "file", "gateway.lock");
  await assert.rejects(acquireLock(path, owner), (error) => {
    assert(error instanceof FileError);
    assert.equal(
      error.message,
      `Cannot lock "${path}": a file stands where a folder has to be`,
    );
    return true;
  });
});
