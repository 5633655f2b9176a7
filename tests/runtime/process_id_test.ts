import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { test } from "node:test";
import { isRunning, ownProcessId } from "../../src/runtime/process_id.ts";

test("ownProcessId() names this process, which runs", async () => {
  const own = await ownProcessId();
  assert.equal(own.pid, process.pid);
  assert.equal(await isRunning(own), true);
  assert.deepEqual(await ownProcessId(), own);
});

test("isRunning() is false for a pid that another process has now", {
  skip: process.platform === "win32" && "Windows does not tell when a process started",
}, async () => {
  const own = await ownProcessId();
  assert.equal(await isRunning({ ...own, process: `${own.process}0` }), false);
  assert.equal(await isRunning({ pid: own.pid }), true, "nothing else is known of it");
});

test("isRunning() is false for a process that ended and that nobody waited for", {
  skip: process.platform !== "linux" && "Only Linux tells it in /proc",
}, async () => {
  // The shell is replaced by a program that never waits for the child that it inherits.
  const parent = spawn("sh", ["-c", "sleep 0.01 & echo $!; exec sleep 600"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const [line] = await once(parent.stdout, "data");
    const pid = Number(String(line));
    const limit = AbortSignal.timeout(10_000);
    while (await isRunning({ pid })) limit.throwIfAborted();
    assert.doesNotThrow(() => process.kill(pid, 0), "the system still lists it");
  } finally {
    parent.kill("SIGKILL");
  }
});
