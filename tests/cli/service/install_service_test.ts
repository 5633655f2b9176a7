import assert from "node:assert/strict";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import {
  type InstallOptions,
  installService,
  planService,
} from "../../../src/cli/service/install_service.ts";
import {
  homeOfUser,
  openServiceContext,
  type ServiceContext,
} from "../../../src/cli/service/service_context.ts";
import { uninstallService } from "../../../src/cli/service/uninstall_service.ts";
import { type FakeAnswer, ServiceLab } from "./service_lab.ts";

const plain: InstallOptions = { runAs: undefined, force: false, drainMs: 10_000 };
const atWork: FakeAnswer = { call: "systemctl --user is-system-running", stdout: "running\n" };
const machineAtWork: FakeAnswer = {
  call: "systemctl --no-ask-password is-system-running",
  stdout: "degraded\n",
  code: 1,
};
const lingers: FakeAnswer = { call: "loginctl show-user 501", stdout: "Linger=yes\n" };

async function install(context: ServiceContext, options: Partial<InstallOptions> = {}) {
  const all = { ...plain, ...options };
  const planned = await planService(context, all);
  const result = await installService(context, planned, all);
  return { ...planned, ...result };
}

test("[P50] installService() changes nothing that is as it should be", async () => {
  await using lab = await ServiceLab.open([atWork, lingers]);
  const { context, said } = lab.context();
  const { isChanged, place } = await install(context);
  assert.equal(isChanged, true);
  assert.equal((await stat(place.path)).mode & 0o777, 0o644);
  assert.deepEqual(said.splice(0), [
    `Wrote ${place.path}.`,
    "The service hermes-gateway.service starts by itself from now on.",
  ]);
  await lab.calls();

  const enabled = { call: "systemctl --user show", stdout: "UnitFileState=enabled\n" };
  await lab.answer([atWork, lingers, enabled]);
  assert.equal((await install(context)).isChanged, false);
  assert.deepEqual(said.splice(0), [`${place.path} is up to date.`]);
  assert(!(await lab.calls()).some((call) => / enable | daemon-reload|enable-linger/.test(call)));

  assert.equal((await install({ ...context, binary: "/opt/hermes" })).isChanged, true);
  assert.equal(said[0], `Updated ${place.path}.`);
});

test("[P50] installService() says how the service outlives the login where that is not allowed", async () => {
  const denied = {
    call: "loginctl --no-ask-password enable-linger",
    stderr: "Access denied",
    code: 1,
  };
  await using lab = await ServiceLab.open([atWork, denied]);
  const { context, said } = lab.context({ environment: { USER: "alice" } });
  await install(context);
  assert.equal(
    said.at(-1),
    "It ends when you log out. To keep it running: sudo loginctl enable-linger alice",
  );
});

test("[P50] planService() gives the service the shell's PATH, and what every system has", async () => {
  await using lab = await ServiceLab.open();
  const { context } = lab.context({ environment: { PATH: `relative::/opt/x:/usr/bin:/opt/x` } });
  const { text } = await planService(context, plain);
  const bin = join(lab.binary, "..");
  assert(text.includes(`\nEnvironment=PATH=/opt/x:/usr/bin:${bin}:/usr/local/bin:/bin\n`), text);
});

test("[P50] installService() is refused where somebody else's file stands", async () => {
  await using lab = await ServiceLab.open([atWork, lingers]);
  const { context } = lab.context();
  const { path } = (await planService(context, plain)).place;
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, "[Service]\n");
  await assert.rejects(install(context), {
    message: `Cannot replace ${path}: Hermes did not write it`,
    hint: "Replace it all the same: --force",
  });
  assert.equal(await readFile(path, "utf8"), "[Service]\n");
  await install(context, { force: true });
  await writeFile(path, (await readFile(path, "utf8")).replace(lab.home, "/srv/other"));
  await assert.rejects(install(context, { force: true }), {
    message: `Cannot write ${path}: it is the service of /srv/other`,
  });
});

test("[P50] installService() tells what the manager says when it refuses", async () => {
  const refusal = { call: "systemctl --user enable", stderr: "x\nFailed to enable: no\n", code: 1 };
  await using lab = await ServiceLab.open([atWork, refusal]);
  await assert.rejects(install(lab.context().context), {
    message: 'Cannot run "systemctl --user enable hermes-gateway.service": Failed to enable: no',
  });
});

test("[P50] planService() refuses what can be no service", async () => {
  await using lab = await ServiceLab.open();
  const plan = (options: Parameters<ServiceLab["context"]>[0]) =>
    planService(lab.context(options).context, plain);
  await assert.rejects(plan({ binary: '/a"b' }), /systemd takes no quote/);
  await assert.rejects(plan({ platform: "freebsd" }), /there is no systemd and no launchd/);
  await assert.rejects(plan({ platform: "darwin", scopes: ["system"] }), {
    hint: "Leave out --system.",
  });
  const { context } = lab.context();
  await assert.rejects(planService({ ...context, binary: undefined }, plain), /runs from source/);
});

const passwd = (name: string, home: string): FakeAnswer => ({
  call: `getent passwd -- ${name}`,
  stdout: `${name}:x:1000:1000:,,,:${home}:/bin/bash\n`,
});

test("[P51] installService() says what to do where launchd has no session of the person", async () => {
  await using lab = await ServiceLab.open([{ call: "launchctl print gui/501", code: 113 }]);
  await assert.rejects(install(lab.context({ platform: "darwin" }).context), {
    message: "Cannot install a service: launchd has no desktop session of yours",
    hint: "Start the gateway in the background instead: hermes gateway start",
  });
});

test("[P50] the service of the machine is run by a person, and takes root", async () => {
  await using lab = await ServiceLab.open([machineAtWork, passwd("bob", "/home/bob")]);
  const scopes = ["system"] as const;
  const root = lab.context({ scopes, userId: 0, environment: { SUDO_USER: "bob" } });
  const { place, text } = await install(root.context);
  assert.equal(place.path, join(lab.systemUnitsFolder, "hermes-gateway.service"));
  assert(text.includes("\nUser=bob\n"));
  assert(!(await lab.calls()).some((call) => call.startsWith("loginctl")));

  const person = lab.context({ scopes, environment: { USER: "bob" } });
  await assert.rejects(install(person.context), { hint: "Use sudo." });
  const bare = lab.context({ scopes, userId: 0 });
  await assert.rejects(install(bare.context), { hint: "Name the person: --run-as NAME" });
  await assert.rejects(install(root.context, { runAs: "nobody-here" }), /Cannot find the user/);
});

test("[P50] openServiceContext() takes the home of the person who runs it", async () => {
  await using lab = await ServiceLab.open([passwd("bob", "/home/bob")]);
  const { context: { io, signal, world } } = lab.context();
  assert.equal(await homeOfUser(world, "bob"), "/home/bob");
  const { environment } = world;
  const own = await openServiceContext({ system: false }, { ...io, environment }, signal);
  assert.deepEqual(own.scopes, ["user", "system"]);
  const chosen = { ...environment, HERMES_HOME: "/srv/hermes" };
  const other = await openServiceContext({ system: true }, { ...io, environment: chosen }, signal);
  assert.equal(other.home, "/srv/hermes");
  assert.deepEqual(other.scopes, ["system"]);
});

test("[P51] on macOS the agent is enabled, and removed again", async () => {
  await using lab = await ServiceLab.open();
  const { context, said } = lab.context({ platform: "darwin" });
  const { place } = await install(context);
  assert.equal(
    place.path,
    join(lab.userHome, "Library", "LaunchAgents", "ai.hermes.gateway.plist"),
  );
  assert((await stat(join(lab.home, "logs"))).isDirectory(), "launchd opens a file in it first");
  await lab.answer([{ call: "launchctl print", stdout: "\tstate = running\n\tpid = 7\n" }]);
  await lab.calls();
  assert.equal(await uninstallService(context, { force: false }), "uninstalled");
  assert.deepEqual(await lab.calls(), [
    "launchctl print gui/501/ai.hermes.gateway",
    "launchctl bootout gui/501/ai.hermes.gateway",
  ]);
  assert.equal(said.at(-1), `Removed ${place.path}.`);
});

test("uninstallService() removes no file of somebody else, but for --force", async () => {
  await using lab = await ServiceLab.open([atWork, lingers]);
  const { context } = lab.context();
  const { place } = await install(context);
  await writeFile(place.path, "[Service]\n");
  await assert.rejects(uninstallService(context, { force: false }), /Hermes did not write it/);
  assert.equal(await uninstallService(context, { force: true }), "uninstalled");
  assert.equal(await uninstallService(context, { force: true }), "not_installed");
});
