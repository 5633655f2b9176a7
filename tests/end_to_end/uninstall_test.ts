import assert from "node:assert/strict";
import { access, chmod, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { homePaths } from "../../src/config/paths.ts";
import { readLockHolder } from "../../src/runtime/lock_file.ts";
import { isRunning } from "../../src/runtime/process_id.ts";
import { type BinaryResult, placeBinary, runBinary } from "../support/binary.ts";
import { BinaryLab } from "../support/binary_lab.ts";
import { noTerminal, TerminalProcess } from "../support/driven_process.ts";
import { FakeSystemd } from "../support/fake_systemd.ts";
import { STATE_DIR, writeHome } from "../support/gateway_process.ts";
import { NOBODY, noPlainUser } from "../support/nobody.ts";
import { tempDir } from "../support/temp_dir.ts";
import { CTRL_C, ENTER, SetupTerminal, UP } from "./setup_terminal.ts";

const notLinux = process.platform !== "linux" && "systemd is for Linux";

/** A person who has installed Hermes, with a home and a version before. */
class Person implements AsyncDisposable {
  readonly folder: string;
  readonly binary: string;
  readonly home: string;
  readonly systemd: FakeSystemd;
  readonly #dir: Awaited<ReturnType<typeof tempDir>>;

  static async open(): Promise<Person> {
    const dir = await tempDir();
    await chmod(dir.path, 0o755); // Somebody without rights has to come by.
    const person = new Person(dir, await FakeSystemd.in(dir.path));
    await mkdir(join(person.binary, ".."), { recursive: true });
    await placeBinary(person.binary);
    await writeFile(`${person.binary}.previous`, "old");
    await mkdir(join(person.home, "sessions"), { recursive: true });
    await writeFile(join(person.home, ".env"), "MATTERMOST_URL=https://chat.example.com\n");
    return person;
  }

  private constructor(dir: Awaited<ReturnType<typeof tempDir>>, systemd: FakeSystemd) {
    this.#dir = dir;
    this.systemd = systemd;
    this.folder = dir.path;
    this.binary = join(dir.path, "apps", "hermes");
    this.home = join(dir.path, ".hermes");
  }

  get env() {
    const PATH = `${this.systemd.binFolder}:/usr/bin:/bin`;
    return { HOME: this.folder, USER: "alice", XDG_STATE_HOME: STATE_DIR, PATH };
  }

  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<BinaryResult> {
    return runBinary(args, { path: this.binary, env: { ...this.env, ...env } });
  }

  programs(): Promise<string[]> {
    return readdir(join(this.binary, ".."));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const pid = (await readLockHolder(homePaths(this.home).gatewayLockFile))?.pid;
    if (pid !== undefined) process.kill(pid, "SIGKILL");
    await this.#dir[Symbol.asyncDispose]();
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}

test("[P82] hermes uninstall --yes removes the program and the version before, and keeps the home", async () => {
  await using person = await Person.open();
  const { exitCode, stdout, stderr } = await person.run(["uninstall", "--yes"]);
  assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" });
  assert.deepEqual(stdout.split("\n"), [
    "This is removed:",
    `  ${person.binary}`,
    `  ${person.binary}.previous`,
    "This stays:",
    `  ${person.home}, with your settings and conversations (--data removes it)`,
    `Removed ${person.binary}.`,
    `Removed ${person.binary}.previous.`,
    "",
  ]);
  assert.deepEqual(await person.programs(), []);
  assert.deepEqual((await readdir(person.home)).sort(), [".env", "sessions"]);
});

test(
  "[P82] hermes uninstall removes the service and stops the gateway",
  { skip: notLinux },
  async () => {
    await using person = await Person.open();
    await using lab = await BinaryLab.open();
    await writeHome(person.home, lab.workplace, lab.model);
    assert.equal((await person.run(["gateway", "install"])).exitCode, 0);
    assert.ok(await readLockHolder(homePaths(person.home).gatewayLockFile));
    const { exitCode, stdout, stderr } = await person.run(["uninstall", "--yes"]);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^Stopped the service hermes-gateway\.service\.$/m);
    assert.equal(await readLockHolder(homePaths(person.home).gatewayLockFile), undefined);
    const units = join(person.folder, ".config", "systemd", "user");
    assert.deepEqual(await readdir(units), []);
    assert.deepEqual(await person.programs(), []);
  },
);

test("[P82] hermes uninstall stops a gateway that is no service", async () => {
  await using person = await Person.open();
  await using lab = await BinaryLab.open();
  await writeHome(person.home, lab.workplace, lab.model);
  assert.equal((await person.run(["gateway", "start"])).exitCode, 0);
  const gateway = await readLockHolder(homePaths(person.home).gatewayLockFile);
  assert.ok(gateway);
  const { exitCode, stdout, stderr } = await person.run(["uninstall", "--yes", "--data"]);
  assert.equal(exitCode, 0, stderr);
  assert.match(stdout, /^ {2}the gateway that runs \(pid \d+\): it is stopped$/m);
  assert.match(stdout, /^The gateway has stopped\.$/m);
  assert.equal(await isRunning(gateway), false);
  assert.equal(await exists(person.home), false);
});

test("[P82] hermes uninstall --dry-run, and one without a terminal, remove nothing", async () => {
  await using person = await Person.open();
  const tried = await person.run(["uninstall", "--dry-run", "--data"]);
  assert.equal(tried.exitCode, 0);
  assert.match(tried.stdout, /^ {2}\S+\.hermes: \.env, sessions$/m);
  assert.match(tried.stdout, /^Nothing was removed: this was only to see it\.$/m);
  const unasked = await person.run(["uninstall", "--data"]);
  assert.equal(unasked.exitCode, 2);
  assert.match(unasked.stderr, /^Nothing was removed: .*\n {2}Add --yes to remove it\.\n$/);
  assert.deepEqual((await readdir(person.home)).sort(), [".env", "sessions"]);
  assert.deepEqual((await person.programs()).sort(), ["hermes", "hermes.previous"]);
});

test("[P83] hermes uninstall --yes --data says where a link leads, and leaves the files of others", async () => {
  await using person = await Person.open();
  const disk = join(person.folder, "disk");
  await mkdir(join(disk, "sessions"), { recursive: true });
  await writeFile(join(disk, "mine.txt"), "");
  await symlink(disk, join(person.folder, "linked"));
  const env = { HERMES_HOME: join(person.folder, "linked") };
  const { exitCode, stdout, stderr } = await person.run(["uninstall", "--yes", "--data"], env);
  assert.equal(exitCode, 0, stderr);
  assert.match(stdout, /^ {2}\S+\/linked, which leads to \S+\/disk: sessions$/m);
  assert.match(stdout, /^ {2}in \S+\/disk, what is not of Hermes: mine\.txt$/m);
  assert.match(stdout, /^Removed from \S+\/disk: sessions\.$/m);
  assert.deepEqual(await readdir(disk), ["mine.txt"]);
  assert.equal(await exists(person.home), true, "the home that was not meant");
});

test("[P84] hermes uninstall --data refuses a folder that is not a home of Hermes, and removes nothing", async () => {
  await using person = await Person.open();
  for (const HERMES_HOME of ["/", person.folder, join(person.binary, "..")]) {
    const { exitCode, stderr } = await person.run(["uninstall", "--yes", "--data"], {
      HERMES_HOME,
    });
    assert.equal(exitCode, 1, HERMES_HOME);
    assert.match(
      stderr,
      /^Cannot remove \S+: (your own files are in it|there is nothing of Hermes in it)\./,
    );
  }
  assert.deepEqual((await person.programs()).sort(), ["hermes", "hermes.previous"]);
});

test("[P82] hermes uninstall without the right to remove the program removes nothing", {
  skip: noPlainUser,
}, async () => {
  await using person = await Person.open();
  await chmod(join(person.binary, ".."), 0o555);
  const [path = person.binary, ...words] = [...NOBODY, person.binary, "uninstall", "--yes"];
  const { exitCode, stderr } = await runBinary(words, { path, env: person.env });
  assert.equal(exitCode, 1);
  assert.match(
    stderr,
    /^Cannot remove \S+hermes: you may not write to its folder\.\n {2}Run this as/,
  );
  assert.deepEqual((await person.programs()).sort(), ["hermes", "hermes.previous"]);
});

test("[P84] hermes uninstall --data asks for the path of the home, and takes no other", {
  skip: noTerminal,
}, async () => {
  await using person = await Person.open();
  const start = () => {
    const { binary, env, folder: cwd } = person;
    return TerminalProcess.start(["uninstall", "--data"], { binary, env, cwd, columns: 100 });
  };
  const endings = [
    [[[/Remove it\?/, ENTER]], 130],
    [[[/Remove it\?/, CTRL_C]], 130],
    [[[/Remove it\?/, `${UP}${ENTER}`], [/Type the path/, `yes${ENTER}`]], 130],
    [[[/Remove it\?/, `${UP}${ENTER}`], [/Type the path/, CTRL_C]], 130],
  ] as const;
  for (const [steps, code] of endings) {
    await using terminal = start();
    await new SetupTerminal(terminal).answer(steps);
    const { exitCode, stdout } = await terminal.ended;
    assert.equal(exitCode, code, stdout);
    assert.match(stdout, /Nothing was removed\./);
    assert.equal(await exists(join(person.home, ".env")), true);
    assert.deepEqual((await person.programs()).sort(), ["hermes", "hermes.previous"]);
  }
  await using terminal = start();
  await new SetupTerminal(terminal).answer([
    [/Remove it\?/, `${UP}${ENTER}`],
    [/Type the path/, `${person.home}${ENTER}`],
  ]);
  const { exitCode, stdout } = await terminal.ended;
  assert.equal(exitCode, 0, stdout);
  assert.equal(await exists(person.home), false);
  assert.deepEqual(await person.programs(), []);
});
