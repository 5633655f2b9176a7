import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { BackgroundGateway } from "../support/background_gateway.ts";
import { BINARY_PATH, runBinary } from "../support/binary.ts";
import { BinaryLab } from "../support/binary_lab.ts";
import { FakeSystemd } from "../support/fake_systemd.ts";
import { tempDir } from "../support/temp_dir.ts";

const skip = process.platform !== "linux" && "systemd is for Linux";

/** A person with a systemd of their own, and a home of Hermes. */
async function person(lab: BinaryLab, setup = {}) {
  const dir = await tempDir();
  const systemd = await FakeSystemd.in(dir.path);
  const processEnv = {
    HOME: dir.path,
    USER: "alice",
    PATH: `${systemd.binFolder}:/usr/bin:/bin`,
  };
  const gateway = await BackgroundGateway.in(lab, { ...setup, processEnv });
  const [service] =
    (await gateway.run("install", "--print")).stdout.match(/hermes-gateway\S*\.service/) ?? [];
  assert(service !== undefined);
  return {
    systemd,
    gateway,
    service,
    unitPath: join(dir.path, ".config", "systemd", "user", service),
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

test(
  "[P50] hermes gateway install makes a service that runs, and says what it did",
  { skip },
  async () => {
    await using lab = await BinaryLab.open();
    await using alice = await person(lab);
    const { gateway, service, systemd, unitPath } = alice;
    assert.deepEqual(await systemd.changes(), [], "--print changes nothing");

    const { exitCode, stdout, stderr } = await gateway.run("install");
    const pid = await gateway.pid();
    assert.equal(stderr, "");
    assert.equal(exitCode, 0);
    assert.deepEqual(stdout.trimEnd().split("\n"), [
      `Wrote ${unitPath}.`,
      `The service ${service} starts by itself from now on.`,
      "It also runs while you are not logged in (lingering is enabled for you).",
      `The gateway runs (pid ${pid}) and is connected to ${lab.sandbox.url} as @hermes.`,
    ]);
    const user = String(process.getuid?.());
    assert.deepEqual(await systemd.changes(), [
      "systemctl --user daemon-reload",
      `systemctl --user enable ${service}`,
      `loginctl show-user ${user} --property=Linger`,
      `loginctl --no-ask-password enable-linger ${user}`,
      `systemctl --user start ${service}`,
    ]);
    assert((await readFile(unitPath, "utf8")).includes(`\nExecStart=${BINARY_PATH} gateway run\n`));

    const status = await gateway.status();
    assert.equal(status.exitCode, 0);
    const { name, active, enabled, fault, pid: servicePid } = status.service as Record<
      string,
      unknown
    >;
    assert.deepEqual(
      { name, active, enabled, fault, servicePid },
      { name: service, active: true, enabled: true, fault: null, servicePid: pid },
    );

    const again = await gateway.run("install");
    assert.equal(again.exitCode, 0);
    assert.equal(
      again.stdout,
      `${unitPath} is up to date.\nThe gateway runs already (pid ${pid}).\n`,
    );
  },
);

test("[P50] hermes gateway stop, start and restart go through the service", { skip }, async () => {
  await using lab = await BinaryLab.open();
  await using alice = await person(lab);
  const { gateway, service, systemd } = alice;
  await gateway.run("install", "--no-start");
  assert.equal(await gateway.pid(), undefined);
  await systemd.changes();

  for (
    const [command, calls] of [["start", ["start"]], ["restart", ["stop", "start"]], ["stop", [
      "stop",
    ]]] as const
  ) {
    const { exitCode, stderr } = await gateway.run(command);
    assert.equal(exitCode, 0, command);
    assert.equal(stderr, "", command);
    const expected = calls.map((call) => `systemctl --user ${call} ${service}`);
    assert.deepEqual(await systemd.changes(), expected, command);
  }
  assert.match((await gateway.run("status")).stdout, /Service .*, enabled, inactive \(dead\)/);
});

test(
  "[P50] hermes gateway uninstall stops and removes the service, and nothing else",
  { skip },
  async () => {
    await using lab = await BinaryLab.open();
    await using alice = await person(lab);
    const { gateway, service, systemd, unitPath } = alice;
    await gateway.run("install");
    await systemd.changes();
    const { exitCode, stdout } = await gateway.run("uninstall");
    assert.equal(exitCode, 0);
    assert.equal(stdout, `Stopped the service ${service}.\nRemoved ${unitPath}.\n`);
    assert.deepEqual(await systemd.changes(), [
      `systemctl --user stop ${service}`,
      `systemctl --user disable ${service}`,
      "systemctl --user daemon-reload",
    ]);
    await assert.rejects(readFile(unitPath), { code: "ENOENT" });
    assert.equal((await gateway.status()).service, null);
    const again = await gateway.run("uninstall");
    assert.equal(again.exitCode, 0);
    assert.equal(again.stdout, `No service is installed for ${gateway.home}.\n`);
  },
);

test(
  "[P50] hermes gateway install takes over from a gateway that runs in the background",
  { skip },
  async () => {
    await using lab = await BinaryLab.open();
    await using alice = await person(lab);
    const { gateway } = alice;
    await gateway.run("start");
    const before = await gateway.pid();
    assert.equal((await gateway.run("install")).exitCode, 0);
    const after = await gateway.pid();
    assert.notEqual(after, before);
    assert.equal((await gateway.status()).pid, after);
  },
);

test(
  "[P49] --replace stops a service by its manager, which would start it again",
  { skip },
  async () => {
    await using lab = await BinaryLab.open();
    await using alice = await person(lab);
    const { gateway, service, systemd } = alice;
    await gateway.run("install");
    await systemd.changes();
    await using foreground = await lab.connected({
      home: gateway.home,
      args: ["--replace"],
      processEnv: gateway.env,
    });
    assert.deepEqual(await systemd.changes(), [`systemctl --user stop ${service}`]);
    assert.match(
      foreground.printed.join("\n"),
      new RegExp(`The service ${service} is stopped until`),
    );
    await lab.ask(foreground, "alice", "hello");
  },
);

test("[P50] hermes gateway install leaves a file alone that somebody changed, but for --force", {
  skip,
}, async () => {
  await using lab = await BinaryLab.open();
  await using alice = await person(lab);
  const { gateway, unitPath } = alice;
  await gateway.run("install", "--no-start");
  const edited = (await readFile(unitPath, "utf8")).replace("RestartSec=5", "RestartSec=60");
  await writeFile(unitPath, edited);
  const refused = await gateway.run("install", "--no-start");
  assert.equal(refused.exitCode, 1);
  assert.equal(
    refused.stderr,
    `Cannot replace ${unitPath}: somebody has changed it.\n  Replace it all the same: --force\n`,
  );
  assert.equal(await readFile(unitPath, "utf8"), edited);
  assert.match((await gateway.run("status")).stdout, /was changed by hand\./);
  assert.equal((await gateway.run("install", "--no-start", "--force")).exitCode, 0);
  assert((await readFile(unitPath, "utf8")).includes("RestartSec=5\n"));
});

test(
  "[P50] a service that cannot start says why, with the gateway's exit code",
  { skip },
  async () => {
    await using lab = await BinaryLab.open();
    const env = { MATTERMOST_TOKEN: "k7wq3ysb1tnbpjzd5uchmfr9xa" };
    await using alice = await person(lab, { env });
    const { exitCode, stderr } = await alice.gateway.run("install");
    assert.equal(exitCode, 78);
    assert.match(stderr, /^The gateway did not start\.\nCannot log in to Mattermost: /);
    assert.match(
      (await alice.gateway.run("status")).stdout,
      /Service .*, enabled, failed \(failed\)/,
    );
  },
);

test("[P50] a service is not made of settings that only this shell knows", { skip }, async () => {
  await using lab = await BinaryLab.open();
  await using alice = await person(lab);
  const { gateway, systemd } = alice;
  const envFile = join(gateway.home, ".env");
  const settings = await readFile(envFile, "utf8");
  await writeFile(envFile, settings.replace(/^MATTERMOST_URL=.*$/m, ""));
  const env = { ...gateway.env, MATTERMOST_URL: lab.sandbox.url };
  const { exitCode, stderr } = await runBinary(["gateway", "install"], { env });
  assert.equal(exitCode, 78);
  assert.match(stderr, /^MATTERMOST_URL is not set/);
  assert.deepEqual(await systemd.changes(), []);
});

test(
  "[P50] where no service manager is, hermes gateway install says what to do instead",
  { skip },
  async () => {
    await using lab = await BinaryLab.open();
    await using gateway = await BackgroundGateway.in(lab);
    const { exitCode, stderr } = await gateway.run("install");
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /^Cannot install a service: systemd does not run for this user\.\n {2}.*hermes gateway start\n$/,
    );
  },
);
