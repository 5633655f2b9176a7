import assert from "node:assert/strict";
import { chmod, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runBinary } from "../support/binary.ts";
import { BinaryLab } from "../support/binary_lab.ts";
import { diagnose, statusWritten } from "../support/doctor_process.ts";
import { writeHome } from "../support/gateway_process.ts";
import { tempDir } from "../support/temp_dir.ts";

test("[P25] doctor finds nothing wrong where the gateway works, and exits with 0", async () => {
  await using lab = await BinaryLab.open();
  const setup = { yaml: "agent:\n  disabled_toolsets: [terminal]\n" }; // Else it warns of that.
  await using gateway = await lab.connected(setup);
  await statusWritten(gateway, ({ connection }) => connection.kind === "connected");
  const { exitCode, text, checks } = await diagnose(lab, setup, gateway);
  assert.equal(exitCode, 0);
  assert.doesNotMatch(text, /^[✗!-]/m);
  assert.match(text, /^✓ socket +The server says hello on the socket\.$/m);
  assert.match(text, /^✓ gateway +The gateway runs \(pid \d+\) and has been connected for /m);
  assert.match(text, /\n\nEverything works\.\n$/);
  assert.deepEqual([...new Set(checks.map(({ status }) => status))].sort(), ["ok", "skipped"]);
});

test("[P25] doctor exits with 1 when something is broken, and sums up", async () => {
  await using lab = await BinaryLab.open();
  const { exitCode, text } = await diagnose(lab, { noModel: true });
  assert.equal(exitCode, 1);
  assert.match(text, /\n\n1 failure, 2 warnings\.\n$/);
});

test("[P25] doctor with an option that does not exist exits with 2", async () => {
  const { exitCode, stderr } = await runBinary(["doctor", "--frobnicate"], { env: {} });
  assert.equal(exitCode, 2);
  assert.match(stderr, /--frobnicate/);
});

test("[P55] doctor without any configuration says what to do first", async () => {
  await using dir = await tempDir();
  const env = { HERMES_HOME: join(dir.path, "home") };
  const { exitCode, stdout } = await runBinary(["doctor"], { env });
  assert.equal(exitCode, 1);
  assert.match(stdout, /^✗ settings +Nothing is set up yet: .*\n +Run: hermes gateway setup$/m);
  assert.match(stdout, /\n\n1 failure\.\n$/);
});

test("[P56] doctor tells where each setting stands: in JSON, with --verbose, and where it is wrong", async () => {
  await using lab = await BinaryLab.open();
  await using dir = await tempDir();
  const home = join(dir.path, "home");
  const env = { MATTERMOST_URL: `${lab.sandbox.url}/api/v4` };
  const yaml = "gateway:\n  allowed_users: aaaaaaaaaaaaaaaaaaaaaaaaaa\n";
  await writeHome(home, lab.workplace, lab.model, { env, yaml });
  const MATTERMOST_REQUIRE_MENTION = "true";
  const run = async (...args: string[]) =>
    (await runBinary(["doctor", ...args], {
      env: { HERMES_HOME: home, MATTERMOST_REQUIRE_MENTION },
    }))
      .stdout;
  const short = await run();
  assert.match(short, /^! address .*\(MATTERMOST_URL from \.env, line 1\)$/m);
  assert.match(short, /^✓ token +The server knows the bot as @hermes\.$/m);
  const long = await run("--verbose");
  assert.match(long, /^✓ token .*@hermes\. \(MATTERMOST_TOKEN from \.env, line 2\)$/m);
  assert.match(long, /^- home-channel +There is none in the settings\.$/m);
  const { checks } = JSON.parse(await run("--json"));
  const settingsOf = (name: string) =>
    checks.find((check: { name: string }) => check.name === name).settings;
  assert.deepEqual(settingsOf("token"), [{
    key: "mattermost.token",
    name: "MATTERMOST_TOKEN",
    source: ".env",
    file: join(home, ".env"),
    line: 2,
  }]);
  assert.deepEqual(settingsOf("people").map(({ source }: { source: string }) => source), [
    ".env",
    "config.yaml",
  ]);
  assert.equal(settingsOf("mention")[0].source, "environment");
});

test("[P57] doctor --fix mends modes and the address, says what it did, and looks again", async () => {
  await using lab = await BinaryLab.open();
  await using dir = await tempDir();
  const home = join(dir.path, "home");
  const { url } = lab.sandbox;
  await writeHome(home, lab.workplace, lab.model, { env: { MATTERMOST_URL: `${url}/api/v4` } });
  const envFile = join(home, ".env");
  const before = await readFile(envFile, "utf8");
  await chmod(home, 0o755);
  await chmod(envFile, 0o644);
  const run = (...args: string[]) =>
    runBinary(["doctor", ...args], { env: { HERMES_HOME: home, XDG_STATE_HOME: dir.path } });
  const { exitCode, stdout } = await run("--fix");
  assert.equal(exitCode, 0, stdout);
  assert.deepEqual(stdout.match(/^Fixed: .*$/gm), [
    `Fixed: ${home} is for its owner alone now.`,
    `Fixed: ${envFile} is for its owner alone now.`,
    `Fixed: MATTERMOST_URL in .env is ${url} now.`,
  ]);
  assert.match(stdout, /^✓ address /m);
  assert.equal(await readFile(envFile, "utf8"), before.replace("/api/v4", ""));
  assert.deepEqual([(await stat(home)).mode & 0o777, (await stat(envFile)).mode & 0o777], [
    0o700,
    0o600,
  ]);
  assert.match((await run("--fix")).stdout, /^There was nothing to fix\.$/m);
  await chmod(envFile, 0o640);
  const { fixed } = JSON.parse((await run("--fix", "--json")).stdout);
  assert.deepEqual(fixed, [`${envFile} is for its owner alone now.`]);
});

test("[P58] doctor --live posts to the bot itself, asks the model, and leaves nothing behind", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  const env = { HERMES_HOME: gateway.home, XDG_STATE_HOME: gateway.home };
  const { exitCode, stdout } = await runBinary(["doctor", "--live"], { env });
  assert.equal(exitCode, 0, stdout);
  assert.match(
    stdout,
    /^✓ echo +A post of the bot to itself was heard on the socket after \d+ ms\.$/m,
  );
  assert.match(stdout, /^✓ model-answer +test-model answered in /m);
  const posts = [...lab.sandbox.world.posts.values()];
  assert.equal(posts.length, 1, "the gateway has not answered it");
  assert.ok(posts[0] !== undefined && posts[0].delete_at > 0);
});

test("[P25] doctor shows no secret, whatever is wrong", async () => {
  await using lab = await BinaryLab.open();
  const MATTERMOST_TOKEN = "canarytoken0123456789abcde";
  lab.sandbox.faults.rest.push({
    path: /^\/users\/me$/,
    answer: { kind: "error", status: 401, id: `api.${MATTERMOST_TOKEN}` },
  });
  const env = { MATTERMOST_TOKEN, HTTP_PROXY: "", OPENROUTER_API_KEY: "sk-or-canary-key" };
  const { text, checks } = await diagnose(lab, { env });
  assert.doesNotMatch(text + JSON.stringify(checks), /canary/);
});
