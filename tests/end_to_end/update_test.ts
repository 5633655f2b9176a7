import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import manifest from "../../deno.json" with { type: "json" };
import { certificatePath, startProxy } from "../runtime/servers.ts";
import { type BinaryResult, placeBinary, runBinary } from "../support/binary.ts";
import { BinaryLab } from "../support/binary_lab.ts";
import { noTerminal, TerminalProcess } from "../support/driven_process.ts";
import { NOBODY, noPlainUser } from "../support/nobody.ts";
import { programOf, ReleaseServer } from "../support/release_server.ts";
import { tempDir } from "../support/temp_dir.ts";

/** An installed copy of the binary, an empty home, and a server whose newest version is 9.9.9. */
class UpdateLab implements AsyncDisposable {
  readonly releases: ReleaseServer;
  readonly binary: string;
  readonly home: string;
  readonly #folder: Awaited<ReturnType<typeof tempDir>>;

  static async open(options: { readonly tls?: boolean } = {}): Promise<UpdateLab> {
    const folder = await tempDir();
    await chmod(folder.path, 0o755); // Somebody without rights has to come by.
    const lab = new UpdateLab(folder, await ReleaseServer.open(options));
    await mkdir(join(folder.path, "bin"));
    await mkdir(lab.home);
    await placeBinary(lab.binary);
    lab.releases.publish("9.9.9", programOf("9.9.9"));
    return lab;
  }

  private constructor(folder: Awaited<ReturnType<typeof tempDir>>, releases: ReleaseServer) {
    this.#folder = folder;
    this.releases = releases;
    this.binary = join(folder.path, "bin", "hermes");
    this.home = join(folder.path, "home");
  }

  get env() {
    return { HERMES_HOME: this.home, HERMES_INSTALL_URL: this.releases.url };
  }

  async run(
    args: readonly string[] = [],
    { env = {}, path = this.binary }: {
      readonly env?: Readonly<Record<string, string>>;
      readonly path?: string;
    } = {},
  ): Promise<BinaryResult> {
    return await runBinary(["update", ...args], { path, env: { ...this.env, ...env } });
  }

  /** What is beside the binary. */
  files(): Promise<string[]> {
    return readdir(join(this.binary, ".."));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.releases[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }
}

test("[P80] hermes update --check says with exit code 3 that there is a newer version", async () => {
  await using lab = await UpdateLab.open();
  const { exitCode, stdout } = await lab.run(["--check"]);
  assert.equal(exitCode, 3);
  assert.deepEqual(stdout.split("\n"), [
    `There is hermes 9.9.9; this is ${manifest.version}. To get it: hermes update`,
    `What is new: ${lab.releases.url}/download/v9.9.9/RELEASE_NOTES.md`,
    "",
  ]);
  const asJson = await lab.run(["--check", "--json"]);
  assert.equal(asJson.exitCode, 3);
  assert.deepEqual(JSON.parse(asJson.stdout), {
    result: "found",
    current: manifest.version,
    version: "9.9.9",
    program: lab.binary,
    previous: `${lab.binary}.previous`,
    gatewayNeedsRestart: false,
  });
  assert.deepEqual(await lab.files(), ["hermes"]);
});

for (const version of [manifest.version, "0.0.1"]) {
  test(`[P80] hermes update has nothing to do when the newest version is ${version}`, async () => {
    await using lab = await UpdateLab.open();
    lab.releases.publish(version, programOf(version));
    for (const args of [["--check"], []]) {
      const { exitCode, stdout, stderr } = await lab.run(args);
      assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" });
      assert.equal(stdout, `hermes ${manifest.version} is up to date.\n`);
    }
    assert.deepEqual(await lab.files(), ["hermes"]);
  });
}

test("[P80] [P81] hermes update puts the newest version in place, and its previous one goes back", async () => {
  await using lab = await UpdateLab.open();
  const { exitCode, stdout, stderr } = await lab.run();
  assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" });
  assert.deepEqual(stdout.split("\n"), [
    `hermes is version 9.9.9 now: ${lab.binary}`,
    "What was there before is kept; to go back: hermes update --rollback",
    "",
  ]);
  assert.equal(await readFile(lab.binary, "utf8"), programOf("9.9.9"));

  // The newer one is too broken to go back by itself.
  const back = await lab.run(["--rollback"], { path: `${lab.binary}.previous` });
  assert.equal(back.exitCode, 0, back.stderr);
  assert.match(
    back.stdout,
    RegExp(`^hermes is version ${manifest.version} again: ${lab.binary}$`, "m"),
  );
  const again = await lab.run(["--rollback", "--json"]);
  assert.deepEqual([again.exitCode, JSON.parse(again.stdout).result], [0, "rolled_back"]);
  assert.equal(await readFile(lab.binary, "utf8"), programOf("9.9.9"));
});

test("[P80] hermes update replaces the file to which a link leads, and leaves the link", async () => {
  await using lab = await UpdateLab.open();
  const link = join(lab.home, "agent");
  await symlink(lab.binary, link);
  const { exitCode, stderr } = await lab.run([], { path: link });
  assert.equal(exitCode, 0, stderr);
  assert.equal(await readFile(link, "utf8"), programOf("9.9.9"));
  assert.deepEqual(await lab.files(), ["hermes", "hermes.previous"]);
});

test("[P80] hermes update --version gets an older version, and refuses one that is none", async () => {
  await using lab = await UpdateLab.open();
  lab.releases.publish("0.0.1", programOf("0.0.1"));
  const unknown = await lab.run(["--version", "7.7.7"]);
  assert.equal(unknown.exitCode, 1);
  assert.match(
    unknown.stderr,
    /^Cannot download \S+v7\.7\.7\S+: the server answers with 404\.\n {2}Check/,
  );
  assert.equal((await lab.run(["--version", "../1"])).exitCode, 2);
  assert.equal((await lab.run(["--version", "1.0.0", "--check"])).exitCode, 2);
  const { exitCode, stdout } = await lab.run(["--version", "v0.0.1"]);
  assert.equal(exitCode, 0);
  assert.match(stdout, /^hermes is version 0\.0\.1 now/);
});

test("[P80] hermes update says what is wrong, and leaves the program alone", async () => {
  await using lab = await UpdateLab.open();
  lab.releases.damage("9.9.9");
  const damaged = await lab.run();
  assert.equal(damaged.exitCode, 1);
  assert.match(
    damaged.stderr,
    /^Cannot use hermes-9\.9\.9-\S+: its SHA-256 is not \w+\.\n {2}Try it again\.\n$/,
  );
  const nowhere = await lab.run([], { env: { HERMES_INSTALL_URL: "" } });
  assert.equal(nowhere.exitCode, 1);
  assert.match(nowhere.stderr, /Set HERMES_INSTALL_URL to the address of the releases/);
  const back = await lab.run(["--rollback"]);
  assert.equal(back.exitCode, 1);
  assert.match(back.stderr, /^Cannot go back: there is no \S+hermes\.previous\./);
  assert.deepEqual(await lab.files(), ["hermes"]);
});

test(
  "[P80] hermes update without the right to write says who has it",
  { skip: noPlainUser },
  async () => {
    await using lab = await UpdateLab.open();
    await chmod(join(lab.binary, ".."), 0o555);
    const [path = lab.binary, ...words] = [...NOBODY, lab.binary, "update"];
    const { exitCode, stderr } = await runBinary(words, { path, env: lab.env });
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /^Cannot replace \S+hermes: you may not write to its folder\.\n {2}Run this as/,
    );
    assert.deepEqual(await lab.files(), ["hermes"]);
  },
);

test("[P80] hermes update trusts the own CA and takes the proxy of the settings", async () => {
  await using lab = await UpdateLab.open({ tls: true });
  await using proxy = await startProxy();
  const untrusted = await lab.run(["--check"]);
  assert.equal(untrusted.exitCode, 1);
  assert.match(untrusted.stderr, /does not trust/);
  const lines = [`MATTERMOST_CA_FILE=${certificatePath("ca")}`, `HTTPS_PROXY=${proxy.url}`, ""];
  await writeFile(join(lab.home, ".env"), lines.join("\n"), { mode: 0o600 });
  const { exitCode, stderr } = await lab.run();
  assert.equal(exitCode, 0, stderr);
  assert.ok(proxy.requests.includes(`CONNECT ${new URL(lab.releases.url).host}`));
});

test("[P80] hermes update works with settings that are wrong, by the proxy of the environment", async () => {
  await using lab = await UpdateLab.open();
  await writeFile(join(lab.home, "config.yaml"), "mattermost: [\n");
  assert.equal((await lab.run(["--check"])).exitCode, 3);
  await using proxy = await startProxy();
  await lab.run(["--check"], { env: { http_proxy: proxy.url } });
  assert.deepEqual(proxy.requests, [`GET ${lab.releases.url}/latest/download/SHA256SUMS`]);
});

test("[P80] hermes update tells of the gateway that runs the old version", async () => {
  await using lab = await UpdateLab.open();
  await using world = await BinaryLab.open();
  await using _gateway = await world.connected({ home: lab.home });
  const { exitCode, stdout } = await lab.run();
  assert.equal(exitCode, 0);
  assert.match(stdout, /^The gateway runs the old version until .*: hermes gateway restart$/m);
});

test(
  "[P80] hermes update shows in a terminal how much has come",
  { skip: noTerminal },
  async () => {
    await using lab = await UpdateLab.open();
    lab.releases.publish("9.9.10", `${programOf("9.9.10")}#${"x".repeat(5_000_000)}`);
    await using terminal = TerminalProcess.start(["update"], {
      env: lab.env,
      cwd: lab.home,
      binary: lab.binary,
    });
    const { exitCode, stdout } = await terminal.ended;
    assert.equal(exitCode, 0, stdout);
    assert.match(terminal.output.stdout, /Downloading hermes 9\.9\.10: \d\.\d of 5\.0 MB/);
    assert.match(terminal.screen.rows[0] ?? "", /^hermes is version 9\.9\.10 now/);
  },
);
