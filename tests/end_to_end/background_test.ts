import assert from "node:assert/strict";
import { appendFile, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { isRunning } from "../../src/runtime/process_id.ts";
import { BackgroundGateway } from "../support/background_gateway.ts";
import { BinaryLab } from "../support/binary_lab.ts";

test("[P46] [P52] hermes gateway start, status, restart and stop work without a service manager", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await BackgroundGateway.in(lab);
  assert.equal((await gateway.status()).exitCode, 3);

  const started = await gateway.run("start");
  assert.equal(started.stderr, "");
  assert.equal(started.exitCode, 0);
  const pid = await gateway.pid();
  assert.equal(
    started.stdout,
    `The gateway runs (pid ${pid}) and is connected to ${lab.sandbox.url} as @hermes.\n`,
  );
  const asked = lab.sandbox.as("alice").dm("hermes", "hello");
  await lab.sandbox.posted((post) => post.message === "heard: hello");
  assert.equal(lab.answersTo(asked).length, 1);

  const running = await gateway.status();
  assert.equal(running.exitCode, 0);
  assert.equal(running.state, "running");
  assert.equal(running.pid, pid);
  assert.deepEqual(running.bot, { id: lab.sandbox.user("hermes").id, username: "hermes" });
  assert.equal((running.connection as { kind: string }).kind, "connected");
  assert.equal(running.log, join(gateway.home, "logs", "gateway.log"));
  const text = await gateway.run("status");
  assert.equal(text.exitCode, 0);
  assert.match(
    text.stdout,
    new RegExp(`^The gateway has been running for \\d+ s \\(pid ${pid},`),
  );
  assert.match(text.stdout, /\n {2}Bot {10}@hermes\n {2}Connection {3}connected for /);
  assert.match(text.stdout, /\n {2}Service {6}not installed\n/);

  const again = await gateway.run("start");
  assert.equal(again.exitCode, 1);
  assert.equal(again.stderr, `The gateway runs already (pid ${pid}).\n`);

  const restarted = await gateway.run("restart");
  assert.equal(restarted.exitCode, 0);
  const nextPid = await gateway.pid();
  assert.notEqual(nextPid, pid);
  assert.match(restarted.stdout, new RegExp(`\\(pid ${nextPid}\\)`));

  const stopped = await gateway.run("stop");
  assert.deepEqual(stopped, { exitCode: 0, stdout: "The gateway has stopped.\n", stderr: "" });
  assert.equal(await gateway.pid(), undefined);
  const after = await gateway.run("status");
  assert.equal(after.exitCode, 3);
  assert.match(after.stdout, /^The gateway does not run: it was stopped \d+ s ago\.\n/);
  assert.equal((await gateway.run("stop")).stdout, "No gateway is running.\n");
});

test("[P52] a gateway in the background has no terminal, and files for its owner alone", {
  skip: process.platform !== "linux" && "Only Linux tells it in /proc",
}, async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await BackgroundGateway.in(lab);
  await gateway.run("start");
  const pid = await gateway.pid();
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ");
  assert.equal(fields?.[3], String(pid), "a session of its own");
  assert.equal(fields?.[4], "0", "no terminal");
  for (const name of ["gateway.log", "gateway.stderr.log"]) {
    const path = join(gateway.home, "logs", name);
    assert.equal((await stat(path)).mode & 0o777, 0o600, name);
  }
  assert.equal(await readFile(join(gateway.home, "logs", "gateway.stderr.log"), "utf8"), "");
});

test("[P52] hermes gateway start says why a gateway cannot start, with the gateway's exit code", async () => {
  await using lab = await BinaryLab.open();
  await using empty = await BackgroundGateway.in(lab, { env: { MATTERMOST_URL: "" } });
  const incomplete = await empty.run("start");
  assert.equal(incomplete.exitCode, 78);
  assert.match(incomplete.stderr, /^MATTERMOST_URL is not set/);

  await using refused = await BackgroundGateway.in(lab, {
    env: { MATTERMOST_TOKEN: "k7wq3ysb1tnbpjzd5uchmfr9xa" },
  });
  const { exitCode, stderr } = await refused.run("start");
  assert.equal(exitCode, 78);
  assert.match(stderr, /^The gateway did not start\.\nCannot log in to Mattermost: .*token/);
  const status = await refused.run("status");
  assert.equal(status.exitCode, 3);
  assert.match(status.stdout, /^The gateway does not run: it ended \d+ s ago\. Cannot log in/);
});

test("[P52] hermes gateway start does not wait for ever for a server that is down", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await BackgroundGateway.in(lab);
  await lab.sandbox.goDown();
  const { exitCode, stdout } = await gateway.run("start");
  assert.equal(exitCode, 0);
  assert.match(stdout, /^The gateway runs, but it is not connected yet\. Cannot reach /);
  const status = await gateway.run("status");
  assert.match(status.stdout, /\n {2}Connection {3}connecting for \d+ s\n/);
  assert.match(status.stdout, /\n {2}Last problem {1}\d+ s ago: Cannot reach /);
  assert.equal((await gateway.run("stop")).exitCode, 0);
});

test("[P46] [P53] a gateway that was killed has crashed, and can be started again", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await BackgroundGateway.in(lab);
  await gateway.run("start");
  const pid = await gateway.pid() ?? 0;
  process.kill(pid, "SIGKILL");
  const limit = AbortSignal.timeout(10_000);
  while (await isRunning({ pid })) limit.throwIfAborted();

  const crashed = await gateway.status();
  assert.equal(crashed.exitCode, 3);
  assert.equal(crashed.state, "crashed");
  assert.match(
    (await gateway.run("status")).stdout,
    /^The gateway does not run: it was killed, or crashed\./,
  );
  assert.equal((await gateway.run("stop")).stdout, "No gateway is running.\n");
  assert.equal((await gateway.run("start")).exitCode, 0);
  assert.equal((await gateway.status()).state, "running");
});

test("[P53] of two that start a gateway at once one wins, and the other says who", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await BackgroundGateway.in(lab);
  const results = await Promise.all([gateway.run("start"), gateway.run("start")]);
  const pid = await gateway.pid();
  assert.deepEqual(results.map(({ exitCode }) => exitCode).toSorted(), [0, 1]);
  const loser = results.find(({ exitCode }) => exitCode === 1);
  assert.match(loser?.stderr ?? "", new RegExp(`already.* \\(pid ${pid}\\b`));
  assert.equal((await gateway.status()).exitCode, 0);
});

test("[P52] hermes gateway restart stops nothing for settings that cannot work", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await BackgroundGateway.in(lab);
  await gateway.run("start");
  const pid = await gateway.pid();
  await appendFile(join(gateway.home, "config.yaml"), "gateway:\n  drain_seconds: soon\n");
  const { exitCode, stderr } = await gateway.run("restart");
  assert.equal(exitCode, 78);
  assert.match(stderr, /gateway\.drain_seconds/);
  assert.equal(await gateway.pid(), pid);
});

test("[P52] hermes gateway stop waits for the answers under way, and says so", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await BackgroundGateway.in(lab);
  await gateway.run("start");
  const rest = Promise.withResolvers<string>();
  lab.model.answer = () => ({ kind: "halting", text: "begun ", rest: rest.promise });
  const asked = lab.sandbox.as("alice").dm("hermes", "hello");
  await lab.sandbox.posted((post) => post.message.startsWith("begun"));
  const stopping = gateway.run("stop");
  const limit = AbortSignal.timeout(10_000);
  while ((await gateway.status()).stoppingSince === null) limit.throwIfAborted();
  rest.resolve("finished");
  const { exitCode, stdout } = await stopping;
  assert.equal(exitCode, 0);
  assert.equal(stdout, "The gateway has stopped.\n");
  assert.deepEqual(lab.answersTo(asked).map((post) => post.message), ["begun finished"]);
});
