import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { DoctorLab } from "./doctor_lab.ts";

test("[P130] checkTerminal() warns of commands that run on the machine itself", async () => {
  await using lab = await DoctorLab.open();
  const local = (await lab.examine()).named("terminal");
  assert.equal(local.status, "warning");
  assert.match(local.message, /run on this machine/);
  const without = "agent:\n  disabled_toolsets: [terminal]\n";
  assert.equal((await lab.examine({ yaml: without })).named("terminal").status, "ok");
});

test("[P130] checkTerminal() says whether the program of the container is there and works", async () => {
  await using lab = await DoctorLab.open();
  const yaml = "terminal:\n  backend: podman\n";
  const PATH = join(lab.home, "..", "bin");
  const examine = async () => (await lab.examine({ yaml, processEnv: { PATH } })).named("terminal");
  assert.match((await examine()).message, /podman is not installed/);
  await mkdir(PATH);
  const podman = join(PATH, "podman");
  await writeFile(podman, "#!/bin/sh\necho 'cannot connect to the daemon' >&2\nexit 1\n");
  await chmod(podman, 0o755);
  const broken = await examine();
  assert.equal(broken.status, "failure");
  assert.match(broken.message, /podman does not work: cannot connect to the daemon/);
  await writeFile(podman, '#!/bin/sh\n[ "$1" = info ]\n');
  assert.match((await examine()).message, /run in a container of podman, from nikolaik/);
});
