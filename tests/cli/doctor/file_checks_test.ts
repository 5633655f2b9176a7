import assert from "node:assert/strict";
import { chmod, mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { DoctorLab } from "./doctor_lab.ts";

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

test("[P57] checkFiles() finds a home and a .env that others can read, and closes them", async () => {
  await using lab = await DoctorLab.open();
  await lab.examine();
  const envFile = join(lab.home, ".env");
  await chmod(lab.home, 0o755);
  await chmod(envFile, 0o644);
  const open = await lab.look();
  assert.equal(open.named("home").remedy, `Run: chmod 700 ${lab.home}`);
  assert.equal(open.named("env-file").remedy, `Run: chmod 600 ${envFile}`);
  await open.named("home").repair?.();
  await open.named("env-file").repair?.();
  assert.deepEqual([await modeOf(lab.home), await modeOf(envFile)], [0o700, 0o600]);
  const closed = await lab.look();
  assert.deepEqual(["home", "env-file"].map((name) => closed.named(name).status), ["ok", "ok"]);
});

test("[P25] checkFiles() names what the Python original left, and its gateway if it runs", async () => {
  await using lab = await DoctorLab.open();
  await mkdir(lab.home, { mode: 0o700 });
  for (const name of ["state.db", "auth.json"]) await writeFile(join(lab.home, name), "");
  await writeFile(join(lab.home, "gateway.pid"), JSON.stringify({ pid: 2 ** 22 + 1 }));
  assert.equal(
    (await lab.examine()).named("original").message,
    "Left by the Python original and not used here: state.db, auth.json",
  );
  await writeFile(join(lab.home, "gateway.pid"), JSON.stringify({ pid: process.pid }));
  const running = (await lab.examine()).named("original");
  assert.equal(running.status, "warning");
  assert.match(running.remedy, new RegExp(`kill ${process.pid}$`));
});

test("[P25] checkFiles() bears a file in the place of the home", async () => {
  await using lab = await DoctorLab.open();
  await writeFile(lab.home, "");
  assert.match((await lab.look()).named("settings").message, /home/);
});

test("[P55] runChecks() of a home that is not there says what to do first, and nothing more", async () => {
  await using lab = await DoctorLab.open();
  const found = await lab.look();
  assert.deepEqual(found.with("failure"), ["settings"]);
  assert.match(found.named("settings").message, /^Nothing is set up yet/);
  assert.equal(found.named("settings").remedy, "Run: hermes gateway setup");
  assert.deepEqual(found.checks.map(({ name }) => name), ["settings", "disk"]);
});
