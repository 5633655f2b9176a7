import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { test } from "node:test";
import { describeFault, findService } from "../../../src/cli/service/find_service.ts";
import { knownManagers } from "../../../src/cli/service/known_managers.ts";
import type { ServiceScope } from "../../../src/cli/service/service_manager.ts";
import type { ServiceWorld } from "../../../src/cli/service/service_world.ts";
import { ServiceLab } from "./service_lab.ts";

const { signal } = new AbortController();

/** Writes the file as an installation would, and gives its path. */
async function putFile(
  lab: ServiceLab,
  world: ServiceWorld,
  scope: ServiceScope,
  { home = lab.home, binary = lab.binary } = {},
): Promise<string> {
  const manager = knownManagers(world).find((one) => one.scope === scope);
  assert(manager !== undefined);
  const place = manager.place(lab.home);
  await mkdir(dirname(place.path), { recursive: true });
  const text = manager.file(place, {
    binary,
    home,
    searchPath: "/bin",
    stopSecondsMax: 40,
    runAs: undefined,
  });
  await writeFile(place.path, text);
  return place.path;
}

const running = "ActiveState=active\nSubState=running\nUnitFileState=enabled\nMainPID=12\n";

test("findService() finds nothing where nothing is installed, and then asks no manager", async () => {
  await using lab = await ServiceLab.open();
  for (const platform of ["linux", "darwin", "freebsd"] as const) {
    const world = lab.world(signal, { platform });
    assert.equal(await findService(world, lab), undefined);
  }
  assert.deepEqual(await lab.calls(), []);
});

test("[P50] findService() finds the person's service before that of the machine, and its state", async () => {
  await using lab = await ServiceLab.open([{ call: "systemctl --user show", stdout: running }]);
  const world = lab.world(signal);
  const systemPath = await putFile(lab, world, "system");
  assert.equal((await findService(world, lab))?.place.path, systemPath);
  assert.deepEqual(await lab.calls(), [
    "systemctl --no-ask-password show hermes-gateway.service --property=ActiveState,SubState,UnitFileState,MainPID,ExecMainStatus",
  ]);
  const userPath = await putFile(lab, world, "user");
  const found = await findService(world, lab);
  assert.equal(found?.place.path, userPath);
  assert.equal(found?.manager.scope, "user");
  assert.equal(found?.fault, undefined);
  assert.equal(found?.state.pid, 12);
});

test("[P50] findService() looks where XDG_CONFIG_HOME says", async () => {
  await using lab = await ServiceLab.open();
  const environment = { XDG_CONFIG_HOME: `${lab.userHome}/elsewhere` };
  const world = lab.world(signal, { environment });
  const path = await putFile(lab, world, "user");
  assert.equal(path, `${lab.userHome}/elsewhere/systemd/user/hermes-gateway.service`);
  assert.equal((await findService(world, lab))?.place.path, path);
  assert.equal(await findService(lab.world(signal), lab), undefined);
});

test("[P50] findService() tells what is wrong with the file", async () => {
  await using lab = await ServiceLab.open();
  const world = lab.world(signal);
  const fault = async (binary: string | undefined = lab.binary) => {
    const found = await findService(world, { home: lab.home, binary });
    if (found?.fault === undefined) return undefined;
    const { message, remedy } = describeFault(found.fault, found);
    assert.doesNotMatch(message, /\.$|undefined/);
    assert.match(remedy, /hermes gateway install|HERMES_HOME/);
    return found.fault;
  };
  const path = await putFile(lab, world, "user");
  assert.equal(await fault(), undefined);
  assert.equal(await fault("/usr/bin/true"), "other_binary");
  await writeFile(path, (await readFile(path, "utf8")).replace("RestartSec=5", "RestartSec=50"));
  assert.equal(await fault(), "edited");
  await rm(lab.binary);
  assert.equal(await fault(), "binary_missing");
  await putFile(lab, world, "user", { home: "/srv/other" });
  assert.equal(await fault(), "other_home");
  await writeFile(path, "[Service]\nExecStart=/bin/true\n");
  assert.equal(await fault(), "foreign");
});

test("[P50] findService() leaves the service of another home alone in the folder of the machine", async () => {
  await using lab = await ServiceLab.open();
  const world = lab.world(signal);
  await putFile(lab, world, "system", { home: "/srv/other" });
  assert.equal(await findService(world, lab), undefined);
});
