import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { formatJsonLine } from "../../src/runtime/log_line.ts";
import { BINARY_PATH, runBinary } from "../support/binary.ts";
import { BinaryLab } from "../support/binary_lab.ts";
import { DrivenProcess, noTerminal, TerminalProcess } from "../support/driven_process.ts";
import { tempDir } from "../support/temp_dir.ts";

/** A home in which `count` lines were logged. */
async function homeWithLog(count: number) {
  const dir = await tempDir();
  await mkdir(join(dir.path, "logs"));
  const lines = Array.from({ length: count }, (_, number) => {
    const level = number % 100 === 0 ? "warn" : "info";
    return `${formatJsonLine({ atMs: 0, level, event: "a.line", fields: { number } })}\n`;
  });
  await writeFile(join(dir.path, "logs", "gateway.log"), lines.join(""));
  return { ...dir, env: { HERMES_HOME: dir.path, TZ: "UTC" } };
}

test("[P47] [P48] hermes logs shows what the gateway put into its file, also without a terminal", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  const env = { HERMES_HOME: gateway.home, TZ: "UTC" };
  await using follower = DrivenProcess.start(["logs", "-f"], { env, cwd: gateway.home });
  await follower.printed(/gateway\.connected/);
  await lab.ask(gateway, "alice", "hello");
  await follower.printed(/gateway\.answered {2}postId=/);
  follower.kill("SIGINT");
  assert.equal((await follower.ended).exitCode, 0);
  await gateway.stop();

  const file = join(gateway.home, "logs", "gateway.log");
  const inFile = (await readFile(file, "utf8")).trimEnd().split("\n");
  assert.deepEqual(inFile.map((line) => JSON.parse(line)), gateway.lines);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const json = await runBinary(["logs", "--json", "-n", "2"], { env });
  assert.equal(json.stdout, `${inFile.slice(-2).join("\n")}\n`);
  const text = await runBinary(["logs", "-n", "1"], { env });
  assert.match(text.stdout, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d info {2}gateway\.stopped\n$/);
});

test("[P47] a gateway whose log file cannot be written says so and answers", async () => {
  await using lab = await BinaryLab.open();
  await using dir = await tempDir();
  const home = join(dir.path, "home");
  await mkdir(home);
  await writeFile(join(home, "logs"), "a file where the folder has to be");
  await using gateway = await lab.connected({ home });
  await lab.ask(gateway, "alice", "hello");
  const warnings = gateway.printed.filter((line) =>
    /^Warning: Cannot write ".*gateway.log"/.test(line)
  );
  assert.equal(warnings.length, 1);
});

test("[P47] hermes gateway --quiet logs to the file alone", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.start({ args: ["run", "--quiet"] });
  const file = join(gateway.home, "logs", "gateway.log");
  await using follower = DrivenProcess.start(["logs", "-f"], {
    env: { HERMES_HOME: gateway.home },
    cwd: gateway.home,
  });
  await follower.printed(/gateway\.connected/);
  assert.equal(await gateway.stop(), 0);
  assert.deepEqual([...gateway.lines, ...gateway.printed], []);
  assert.match(await readFile(file, "utf8"), /gateway\.stopped/);
});

test("[P48] hermes logs says that there is no log yet, and where one would be", async () => {
  await using dir = await tempDir();
  const { exitCode, stdout, stderr } = await runBinary(["logs"], {
    env: { HERMES_HOME: dir.path },
  });
  assert.equal(exitCode, 1);
  assert.equal(stdout, "");
  assert.equal(
    stderr,
    `There is no log yet: a gateway that runs writes it to ${dir.path}/logs/gateway.log.\n`,
  );
});

test("[P48] hermes logs shows 50 lines, or as many as are asked for, and only important ones", async () => {
  await using home = await homeWithLog(1_000);
  const { env } = home;
  const shown = async (...args: string[]) => {
    const { exitCode, stdout } = await runBinary(["logs", ...args], { env });
    assert.equal(exitCode, 0);
    return stdout.split("\n").slice(0, -1);
  };
  const newest = await shown();
  assert.equal(newest.length, 50);
  assert.equal(newest.at(-1), "1970-01-01 00:00:00 info  a.line  number=999");
  assert.equal((await shown("-n", "2000")).length, 1_000);
  assert.deepEqual(await shown("-n", "2", "--level", "warn"), [
    "1970-01-01 00:00:00 warn  a.line  number=800",
    "1970-01-01 00:00:00 warn  a.line  number=900",
  ]);
  assert.deepEqual(await shown("-n", "0"), []);
  for (const args of [["-n", "-1"], ["-n", "many"], ["--level", "loud"]]) {
    const { exitCode, stderr } = await runBinary(["logs", ...args], { env });
    assert.equal(exitCode, 2, stderr);
  }
});

test("[P48] hermes logs gives all lines to a slow reader, and ends quietly when one stops reading", async () => {
  await using home = await homeWithLog(20_000);
  const options = { env: { PATH: "/usr/bin:/bin", ...home.env } };
  const slow = spawn(BINARY_PATH, ["logs", "-n", "20000"], options);
  const slowEnded = once(slow, "close");
  await once(slow.stdout, "readable"); // From here on it fills the pipe, and waits.
  let lines = 0;
  slow.stdout.on("data", (chunk: Uint8Array) => lines += String(chunk).split("\n").length - 1);
  assert.deepEqual(await slowEnded, [0, null]);
  assert.equal(lines, 20_000);

  const deaf = spawn(BINARY_PATH, ["logs", "-n", "20000"], options);
  let printed = "";
  deaf.stderr.on("data", (chunk) => printed += chunk);
  deaf.stdout.destroy();
  assert.deepEqual(await once(deaf, "close"), [141, null]);
  assert.equal(printed, "");
});

test(
  "[P48] hermes logs is coloured in a terminal, and not with NO_COLOR",
  { skip: noTerminal },
  async () => {
    await using home = await homeWithLog(1);
    const shown = async (more: Record<string, string>) => {
      const options = { env: { ...home.env, ...more }, cwd: home.path };
      await using terminal = TerminalProcess.start(["logs"], options);
      await terminal.ended;
      return terminal.output.stdout;
    };
    assert((await shown({})).includes("\u001b[33mwarn"));
    assert(!(await shown({ NO_COLOR: "1" })).includes("\u001b"));
  },
);
