import assert from "node:assert/strict";
import { mkdir, readFile, readlink, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { InstallLab, noTools } from "../support/install_lab.ts";
import { ALL_PLATFORMS, programOf } from "../support/release_server.ts";

for (const tools of ["this machine", "busybox"] as const) {
  const skip = noTools(tools);

  test(
    `[P75] install.sh installs the newest version with the tools of ${tools}`,
    { skip },
    async () => {
      await using lab = await InstallLab.open(tools);
      lab.releases.publish("1.9.0", programOf("1.9.0"));
      lab.releases.publish("1.10.0", programOf("1.10.0"));
      const { exitCode, stdout, stderr } = await lab.run();
      assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" });
      assert.deepEqual(stdout.split("\n"), [
        `hermes 1.10.0 is installed: ${lab.target}/hermes`,
        `${lab.target} is not in your PATH. Add it, and open a new terminal:`,
        `  echo 'export PATH="$HOME/.local/bin:$PATH"' >> ~/.bashrc`,
        "Go on with: hermes gateway setup",
        "",
      ]);
      assert.deepEqual(await lab.snapshot(lab.target), [`hermes 100755 ${programOf("1.10.0")}`]);
    },
  );

  test(
    `[P75] install.sh updates in place, and keeps what was there, with ${tools}`,
    { skip },
    async () => {
      await using lab = await InstallLab.open(tools);
      await lab.putOld("old");
      lab.releases.publish("2.0.0", programOf("2.0.0"));
      const { exitCode, stdout } = await lab.run();
      assert.equal(exitCode, 0);
      assert.match(stdout, /hermes is version 2\.0\.0 now/);
      assert.match(stdout, /hermes update --rollback/);
      assert.deepEqual(await lab.snapshot(lab.target), [
        `hermes 100755 ${programOf("2.0.0")}`,
        "hermes.previous 100755 old",
      ]);
      const again = await lab.run();
      assert.match(again.stdout, /hermes 2\.0\.0 was installed already/);
      assert.equal(await readFile(join(lab.target, "hermes.previous"), "utf8"), "old");
    },
  );

  test(
    `[P75] install.sh takes the version and the folder that are named, with ${tools}`,
    { skip },
    async () => {
      await using lab = await InstallLab.open(tools);
      for (const version of ["1.0.0-rc.1", "1.0.0", "2.0.0"]) {
        lab.releases.publish(version, programOf(version));
      }
      const folder = join(lab.home, "with 'quotes' and $blanks");
      const args = ["--to", folder, "--version=v1.0.0-rc.1"];
      const { exitCode, stdout, stderr } = await lab.run({ args });
      assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" });
      assert.match(stdout, /hermes 1\.0\.0-rc\.1 is installed/);
      const byName = await lab.run({ args: ["--to=~/of mine/"], env: { HERMES_VERSION: "1.0.0" } });
      assert.equal(byName.exitCode, 0, byName.stderr);
      const beside = await lab.run({ args: ["--to", "beside"] });
      assert.equal(beside.exitCode, 0, beside.stderr);
      const folders = { [folder]: "1.0.0-rc.1", "of mine": "1.0.0", beside: "2.0.0" };
      for (const [name, version] of Object.entries(folders)) {
        const program = join(name.startsWith("/") ? "" : lab.home, name, "hermes");
        assert.equal(await readFile(program, "utf8"), programOf(version));
      }
    },
  );
}

const MACHINES = [
  ["Linux x86_64", "glibc", "linux-x64"],
  ["Linux amd64", "glibc", "linux-x64"],
  ["Linux aarch64", "glibc", "linux-arm64"],
  ["Linux x86_64", "musl", "linux-x64-musl"],
  ["Linux aarch64", "musl", "linux-arm64-musl"],
  ["Darwin arm64", "", "darwin-arm64"],
  ["Darwin x86_64", "", "darwin-x64"],
  ["Darwin x86_64", "rosetta", "darwin-arm64"],
] as const;

for (const [machine, kind, platform] of MACHINES) {
  test(`[P75] install.sh takes ${platform} on ${machine} ${kind}`, async () => {
    await using lab = await InstallLab.open();
    const [system, processor] = machine.split(" ");
    await lab.fake("uname", `[ "$1" = -s ] && echo ${system} || echo ${processor}`);
    await lab.fake("ldd", kind === "musl" ? "echo musl libc >&2; exit 1" : "echo GNU libc");
    await lab.fake("sysctl", kind === "rosetta" ? "echo 1" : "exit 1");
    for (const known of ALL_PLATFORMS) {
      lab.releases.publish("1.0.0", `${programOf("1.0.0")}# ${known}`, [known]);
    }
    const { exitCode, stderr } = await lab.run();
    assert.equal(exitCode, 0, stderr);
    const program = await readFile(join(lab.target, "hermes"), "utf8");
    assert.equal(program.split("# ")[1], platform);
  });
}

for (const [removed, works] of [["curl", "wget"], ["wget", "curl"]] as const) {
  test(`[P75] install.sh downloads with ${works} where there is no ${removed}`, async () => {
    await using lab = await InstallLab.open();
    await lab.takeAway(removed);
    lab.releases.publish("1.0.0", programOf("1.0.0"));
    assert.equal((await lab.run()).exitCode, 0);
  });
}

for (const name of ["sha256sum", "shasum", "openssl"]) {
  test(`[P75] install.sh verifies with ${name} where there is nothing else`, async (t) => {
    await using lab = await InstallLab.open();
    await lab.takeAway("sha256sum");
    if (!await lab.add(name)) return t.skip(`there is no ${name}`);
    lab.releases.publish("1.0.0", programOf("1.0.0"));
    const { exitCode, stderr } = await lab.run();
    assert.equal(exitCode, 0, stderr);
    lab.releases.damage("1.0.0");
    const again = await lab.run();
    assert.equal(again.exitCode, 1);
    assert.match(again.stderr, /it is damaged/);
  });
}

const SHELLS = [
  ["/usr/bin/zsh", `echo 'export PATH="$HOME/.local/bin:$PATH"' >> ~/.zshrc`],
  ["/usr/bin/fish", `fish_add_path "$HOME/.local/bin"`],
  ["", `echo 'export PATH="$HOME/.local/bin:$PATH"' >> ~/.profile`],
] as const;

for (const [shell, line] of SHELLS) {
  test(`[P75] install.sh tells how to set PATH in the shell "${shell}"`, async () => {
    await using lab = await InstallLab.open();
    lab.releases.publish("1.0.0", programOf("1.0.0"));
    const { stdout } = await lab.run({ env: { SHELL: shell } });
    assert.ok(stdout.includes(`\n  ${line}\n`), stdout);
  });
}

test("[P75] install.sh says nothing about PATH when its folder is in it, unless another hermes comes first", async () => {
  await using lab = await InstallLab.open();
  lab.releases.publish("1.0.0", programOf("1.0.0"));
  const PATH = `${lab.tools}:${lab.target}`;
  assert.doesNotMatch((await lab.run({ env: { PATH } })).stdout, /PATH/);
  await lab.fake("hermes", "exit 0");
  const { stdout } = await lab.run({ env: { PATH } });
  assert.match(stdout, RegExp(`Another one comes first in your PATH: ${lab.tools}/hermes`));
});

test("[P75] install.sh tells of the gateway that runs the old version", async () => {
  await using lab = await InstallLab.open();
  await lab.putOld("old");
  const isRunning = `case $* in --version) echo 1.0.0;; "gateway status") ;; *) exit 1;; esac`;
  lab.releases.publish("1.0.0", `#!/bin/sh\n${isRunning}\n`);
  const { stdout } = await lab.run();
  assert.match(stdout, /runs the old version until you restart it: hermes gateway restart/);
});

test("[P75] install.sh keeps a hermes that is a link as it is, the one of the Python original", async () => {
  await using lab = await InstallLab.open();
  lab.releases.publish("1.0.0", programOf("1.0.0"));
  const original = join(lab.home, "original");
  await writeFile(original, "python");
  await mkdir(lab.target, { recursive: true });
  await symlink(original, join(lab.target, "hermes"));
  assert.equal((await lab.run()).exitCode, 0);
  assert.equal(await readlink(join(lab.target, "hermes.previous")), original);
  assert.equal(await readFile(original, "utf8"), "python");
});
