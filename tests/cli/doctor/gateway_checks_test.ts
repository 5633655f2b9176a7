import assert from "node:assert/strict";
import { access, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { tokenLockFile } from "../../../src/cli/gateway/gateway_locks.ts";
import { knownManagers } from "../../../src/cli/service/known_managers.ts";
import { systemWorld } from "../../../src/cli/service/service_world.ts";
import { homePaths } from "../../../src/config/paths.ts";
import type { GatewayStatus } from "../../../src/gateway/gateway_status.ts";
import { acquireLock } from "../../../src/runtime/lock_file.ts";
import { ownProcessId } from "../../../src/runtime/process_id.ts";
import { DoctorLab, type Findings } from "./doctor_lab.ts";

/** What a gateway of this home wrote of itself. */
async function examineWith(lab: DoctorLab, change: Partial<GatewayStatus>): Promise<Findings> {
  const status: GatewayStatus = {
    ...await ownProcessId(),
    version: "1.0.0",
    startedAtMs: Date.now() - 7_200_000,
    home: lab.home,
    connection: { kind: "connected", sinceMs: Date.now() - 3_600_000 },
    messages: { running: 0, waiting: 0 },
    answered: 3,
    ...change,
  };
  const { gatewayStatusFile } = homePaths(lab.home);
  await mkdir(dirname(gatewayStatusFile), { recursive: true, mode: 0o700 });
  await writeFile(gatewayStatusFile, JSON.stringify(status));
  return await lab.examine();
}

test("[P63] checkGateway() tells a gateway that was stopped, that failed, and that crashed", async () => {
  await using lab = await DoctorLab.open();
  const never = (await lab.examine()).named("gateway");
  assert.equal(never.message, "The gateway does not run, so nobody is answered");
  assert.equal(never.remedy, "Run: hermes gateway start");
  const atMs = Date.now() - 180_000;
  const stopped = (await examineWith(lab, { ended: { atMs } })).named("gateway");
  assert.equal(
    `${stopped.status}: ${stopped.message}`,
    "warning: The gateway was stopped 3 min ago",
  );
  const problem = { code: "x", message: "Cannot log in. Set a token.", atMs };
  const failed = (await examineWith(lab, { ended: { atMs, problem } })).named("gateway");
  assert.equal(
    `${failed.status}: ${failed.message}`,
    "failure: The gateway ended 3 min ago: Cannot log in. Set a token",
  );
  const crashed = (await examineWith(lab, { pid: 2 ** 22 + 1 })).named("gateway");
  assert.equal(crashed.status, "failure");
  assert.match(crashed.message, /killed or crashed: it started 2 h ago, and process \d+ is gone/);
});

test("[P63] checkGateway() tells how a running gateway is connected, and its last problem", async () => {
  await using lab = await DoctorLab.open();
  const lock = await acquireLock(homePaths(lab.home).gatewayLockFile, { description: lab.home });
  assert.ok(lock.kind === "acquired");
  const running = await examineWith(lab, {
    lastProblem: { code: "x", message: "Cannot create a post: 403", atMs: Date.now() - 60_000 },
  });
  assert.match(running.named("gateway").message, /runs \(pid \d+\) and has been connected for 1 h/);
  const problem = running.named("gateway-problem");
  assert.equal(problem.message, "Its last problem, 1 min ago: Cannot create a post: 403");
  const lost = await examineWith(lab, {
    connection: {
      kind: "disconnected",
      sinceMs: Date.now() - 5_000,
      reason: "network",
      detail: "Cannot reach x: connection refused. Check it.",
      retryAtMs: Date.now() + 2_000,
    },
    lastProblem: { code: "x", message: "old", atMs: Date.now() - 7_200_000 },
  });
  assert.equal(lost.named("gateway").status, "failure");
  assert.match(lost.named("gateway").message, /lost its connection 5 s ago: Cannot reach x/);
  assert.deepEqual(lost.with("warning"), ["terminal"], "what is long ago is not told");
  await lock.release();
});

test("[P57] checkGateway() removes a lock of a gateway that is gone, and no other", async () => {
  await using lab = await DoctorLab.open();
  const { gatewayLockFile } = homePaths(lab.home);
  const isThere = () => access(gatewayLockFile).then(() => true, () => false);
  await mkdir(dirname(gatewayLockFile), { recursive: true });
  const record = { pid: 2 ** 22 + 1, startedAtMs: 1, description: "gone", id: "x" };
  await writeFile(gatewayLockFile, JSON.stringify(record));
  const stale = (await lab.examine()).named("lock");
  assert.equal(stale.status, "ok");
  assert.equal(await stale.repair?.(), `${gatewayLockFile} is removed`);
  assert.equal(await isThere(), false);
  const lock = await acquireLock(gatewayLockFile, { description: lab.home });
  assert.ok(lock.kind === "acquired");
  assert.match(await stale.repair?.() ?? "", /is held again, by pid/);
  assert.equal(await isThere(), true);
  await lock.release();
});

test("[P25] checkGateway() finds another gateway with the same token", async () => {
  await using lab = await DoctorLab.open();
  const path = tokenLockFile(lab.sandbox.token("hermes"), lab.environment);
  const lock = await acquireLock(path, { description: "/srv/other" });
  assert.ok(lock.kind === "acquired");
  const { status, message } = (await lab.examine()).named("second-gateway");
  assert.equal(status, "failure");
  assert.match(message, /Another gateway uses this token \(pid \d+, home \/srv\/other\)/);
  await lock.release();
  const own = await acquireLock(path, { description: lab.home });
  assert.ok(own.kind === "acquired");
  assert.ok((await lab.examine()).checks.every(({ name }) => name !== "second-gateway"));
  await own.release();
});

test("[P25] checkGateway() finds a service whose program is gone", async () => {
  await using lab = await DoctorLab.open();
  const world = systemWorld(lab.environment, new AbortController().signal);
  const [manager] = knownManagers(world);
  assert.ok(manager !== undefined);
  const place = manager.place(lab.home);
  const spec = {
    binary: join(lab.home, "gone"),
    home: lab.home,
    searchPath: "/usr/bin",
    stopSecondsMax: 20,
    runAs: undefined,
  };
  await mkdir(dirname(place.path), { recursive: true });
  await writeFile(place.path, manager.file(place, spec));
  const { status, message, repair } = (await lab.examine()).named("service");
  assert.equal(status, "warning");
  assert.match(message, /gone, which is gone$/);
  assert.ok(repair !== undefined);
});
