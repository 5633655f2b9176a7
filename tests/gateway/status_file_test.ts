import assert from "node:assert/strict";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import process from "node:process";
import { test } from "node:test";
import { homePaths } from "../../src/config/paths.ts";
import { HermesError } from "../../src/errors.ts";
import { type GatewayStatus, LiveStatus } from "../../src/gateway/gateway_status.ts";
import { decodeGatewayStatus, readGatewayState } from "../../src/gateway/read_gateway_state.ts";
import { withStatusFile } from "../../src/gateway/status_file.ts";
import { watchProblems } from "../../src/gateway/watch_problems.ts";
import { acquireLock } from "../../src/runtime/lock_file.ts";
import { createRedactor } from "../../src/safety/redact.ts";
import { ownProcessId } from "../../src/runtime/process_id.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { tempDir } from "../support/temp_dir.ts";

class RefusedError extends HermesError {
  override readonly name = "RefusedError";
  override readonly code = "test.refused";
}

const noted: Partial<GatewayStatus> = {
  server: "https://chat.example.com/",
  model: "a-model",
  bot: { userId: "b", username: "hermes" },
  lastEventAtMs: 1,
  lastProblem: { code: "model.failed", message: "Cannot ask the model: it sleeps", atMs: 2 },
  sessions: 3,
  messages: { running: 1, waiting: 2 },
  answered: 4,
};

/** A home, a clock, a status, and the file while a promise is open. */
async function lab() {
  const dir = await tempDir();
  const paths = homePaths(dir.path);
  const clock = new FakeClock();
  const logged: string[] = [];
  const live = new LiveStatus({
    ...await ownProcessId(),
    version: "1.2.3",
    startedAtMs: clock.nowMs(),
    home: dir.path,
  });
  const deps = {
    path: paths.gatewayStatusFile,
    clock,
    log: (_level: string, event: string) => void logged.push(event),
  };
  return {
    paths,
    clock,
    logged,
    live,
    run: (work: () => Promise<void>) => withStatusFile(live, deps, work),
    read: async () => decodeGatewayStatus(await readFile(deps.path, "utf8")),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

test("[P45] withStatusFile() writes what was noted, after a while at the latest", async () => {
  await using home = await lab();
  const { clock, live } = home;
  await home.run(async () => {
    await clock.sleeperFor(2_000);
    assert.deepEqual((await home.read())?.connection, {
      kind: "connecting",
      sinceMs: clock.nowMs(),
    });
    live.note(noted);
    clock.advance(2_000);
    await clock.sleeperFor(2_000);
    assert.deepEqual(await home.read(), decodeGatewayStatus(JSON.stringify(live.current)));
    assert.equal((await home.read())?.answered, 4);
  });
});

test("[P45] withStatusFile() writes at once that the connection came or went, or that it stops", async () => {
  await using home = await lab();
  const { clock, live } = home;
  await home.run(async () => {
    await clock.sleeperFor(2_000);
    const connection = { kind: "connected", sinceMs: clock.nowMs() } as const;
    live.note({ connection });
    await clock.sleeperFor(2_000, 2_000);
    assert.deepEqual((await home.read())?.connection, connection);
    live.note({ stoppingSinceMs: clock.nowMs() });
    await clock.sleeperFor(2_000, 2_000);
    assert.equal((await home.read())?.stoppingSinceMs, clock.nowMs());
  });
});

test("[P45] withStatusFile() writes last how it ended", async () => {
  await using home = await lab();
  const atMs = home.clock.nowMs();
  await home.run(() => Promise.resolve());
  assert.deepEqual((await home.read())?.ended, { atMs, problem: undefined });

  const refused = new RefusedError("Cannot sign in: no", { hint: "Use another token." });
  await assert.rejects(home.run(() => Promise.reject(refused)), refused);
  const message = "Cannot sign in: no. Use another token.";
  assert.deepEqual((await home.read())?.ended?.problem, { code: "test.refused", message, atMs });

  await assert.rejects(home.run(() => Promise.reject(new TypeError("secret stuff"))), TypeError);
  assert.equal((await home.read())?.ended?.problem?.code, "bug");
  assert.doesNotMatch(await readFile(home.paths.gatewayStatusFile, "utf8"), /secret stuff/);
});

test("[P23] [P45] the status file is for its owner alone", async () => {
  await using home = await lab();
  await home.run(() => Promise.resolve());
  assert.equal((await stat(home.paths.gatewayStatusFile)).mode & 0o777, 0o600);
});

test("[P45] withStatusFile() says once that the disk takes nothing, and goes on", async () => {
  await using home = await lab();
  const { clock, live, logged } = home;
  const { gatewayStatusFile } = home.paths;
  await mkdir(gatewayStatusFile, { recursive: true }); // A folder stands where the file has to be.
  await home.run(async () => {
    for (let answered = 1; answered < 4; answered++) {
      await clock.sleeperFor(2_000, 2_000);
      live.note({ answered });
      clock.advance(2_000);
    }
    await clock.sleeperFor(2_000, 2_000);
    assert.deepEqual(logged, ["gateway.status_not_written"]);
    await rm(gatewayStatusFile, { recursive: true });
    clock.advance(2_000);
    await clock.sleeperFor(2_000, 2_000);
    assert.equal((await home.read())?.answered, 3);
  });
});

test("watchProblems() keeps the last failure that was logged, without its secrets", async () => {
  await using home = await lab();
  const { clock, live } = home;
  const redact = createRedactor({ secrets: () => ["verysecrettoken"], hidesPatterns: true });
  const log = watchProblems(() => {}, live, { clock, redact });
  log("info", "gateway.answered", { error: "none" });
  log("warn", "gateway.nobody_allowed", { hint: "List somebody." });
  assert(!("lastProblem" in live.current));
  log("warn", "mattermost.retry", { error: "NetworkError: Cannot reach verysecrettoken" });
  const atMs = clock.nowMs();
  const message = "Cannot reach ***";
  assert.deepEqual(live.current.lastProblem, { code: "mattermost.retry", message, atMs });
  log("error", "exchange.failed", { code: "bug", error: `TypeError: x\n  at a stack` });
  assert.deepEqual(live.current.lastProblem, { code: "bug", message: "TypeError: x", atMs });
  log("error", "exchange.failed", { error: `${"x".repeat(490)} verysecrettoken` });
  assert.doesNotMatch(live.current.lastProblem?.message ?? "", /very/);
});

test("readGatewayState() tells running, stopped, crashed and unknown apart", async () => {
  await using home = await lab();
  const { live, paths } = home;
  assert.deepEqual(await readGatewayState(paths), { kind: "unknown" });
  const lock = await acquireLock(paths.gatewayLockFile, { description: "the test" });
  assert(lock.kind === "acquired");
  const starting = await readGatewayState(paths);
  assert(starting.kind === "running");
  assert.equal(starting.holder.pid, process.pid);
  assert.equal(starting.status, undefined);
  await home.run(async () => {
    await home.clock.sleeperFor(2_000);
    const running = await readGatewayState(paths);
    assert.equal(running.kind === "running" && running.status?.version, "1.2.3");
    const text = await readFile(paths.gatewayStatusFile, "utf8");
    await lock.release();
    assert.equal((await readGatewayState(paths)).kind, "crashed");
    await writeFile(paths.gatewayStatusFile, text);
  });
  const stopped = await readGatewayState(paths);
  assert.equal(stopped.kind, "stopped");

  // The next one holds the lock; what the file tells is of the one before.
  await writeFile(paths.gatewayStatusFile, JSON.stringify({ ...live.current, process: "earlier" }));
  assert.equal((await acquireLock(paths.gatewayLockFile, { description: "" })).kind, "acquired");
  const next = await readGatewayState(paths);
  assert(next.kind === "running");
  assert.equal(next.status, undefined);
});

test("readGatewayState() throws when the system lets it read nothing", async () => {
  await using home = await lab();
  await mkdir(home.paths.gatewayStatusFile, { recursive: true });
  await assert.rejects(readGatewayState(home.paths), { code: "file.eisdir" });
});

test("decodeGatewayStatus() gives back what was written, and nothing for what was not", async () => {
  await using home = await lab();
  home.live.note(noted);
  const whole = JSON.parse(JSON.stringify(home.live.current));
  assert.deepEqual(JSON.parse(JSON.stringify(decodeGatewayStatus(JSON.stringify(whole)))), whole);
  const connections = [
    { kind: "connecting", sinceMs: 1 },
    { kind: "disconnected", sinceMs: 1, reason: "closed", detail: "Closed", retryAtMs: 5 },
  ];
  for (const connection of connections) {
    const decoded = decodeGatewayStatus(JSON.stringify({ ...whole, connection }));
    assert.deepEqual(decoded?.connection, connection);
  }
  const torn = JSON.stringify(whole).slice(0, -10);
  const unusable = [
    undefined,
    "",
    "null",
    "[]",
    "{}",
    torn,
    JSON.stringify({ ...whole, pid: "x" }),
    JSON.stringify({ ...whole, startedAtMs: null }),
    JSON.stringify({ ...whole, connection: { kind: "else", sinceMs: 1 } }),
    JSON.stringify({ ...whole, connection: undefined }),
  ];
  for (const text of unusable) assert.equal(decodeGatewayStatus(text), undefined, text);
});
