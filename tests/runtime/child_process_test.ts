import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import {
  type Child,
  INPUT_WAITING_CHARS_MAX,
  startChild,
} from "../../src/runtime/child_process.ts";
import { isRunning } from "../../src/runtime/process_id.ts";
import { runProgram } from "../../src/runtime/run_program.ts";
import { tempDir } from "../support/temp_dir.ts";
import { untilEnded } from "../support/until_ended.ts";

const ENV = { PATH: "/usr/bin:/bin" };

interface Started {
  readonly child: Child;
  output(): string;
  saw(text: string): Promise<void>;
}

function start(script: string, input: "open" | "closed" = "closed"): Started {
  let output = "";
  let look = () => {};
  const child = startChild({
    argv: ["sh", "-c", script],
    cwd: "/",
    env: ENV,
    input,
    onOutput: (chunk) => {
      output += Buffer.from(chunk).toString();
      look();
    },
  });
  return {
    child,
    output: () => output,
    saw: async (text) => {
      while (!output.includes(text)) await new Promise<void>((resolve) => look = resolve);
    },
  };
}

test("startChild() tells how a program ended, and that one cannot be started", async () => {
  assert.deepEqual(await start("exit 3").child.ended, { kind: "exited", code: 3 });
  assert.deepEqual(await start("kill -9 $$").child.ended, {
    kind: "signalled",
    signal: "SIGKILL",
  });
  await using dir = await tempDir();
  const file = join(dir.path, "plain.txt");
  await writeFile(file, "not a program");
  const common = { cwd: "/", env: ENV, input: "closed", onOutput: () => {} } as const;
  const missing = startChild({ ...common, argv: [join(dir.path, "missing")] });
  assert.deepEqual(await missing.ended, { kind: "not_started", systemCode: "ENOENT" });
  assert.equal(missing.pid, undefined);
  await missing.kill(1_000);
  const denied = startChild({ ...common, argv: [file] });
  assert.deepEqual(await denied.ended, { kind: "not_started", systemCode: "EACCES" });
});

test("startChild() adds nothing of its own environment", async () => {
  const started = start("env");
  await started.child.ended;
  const names = started.output().trim().split("\n").map((line) => line.split("=")[0]).sort();
  assert.deepEqual(names.filter((name) => name !== "_"), ["PATH", "PWD"]);
});

test("startChild() gives all output, also when what it started holds the streams", async () => {
  const started = start(
    "echo $$; sleep 60 & echo $!; head -c 200000 /dev/zero | tr '\\0' x; echo end",
  );
  assert.deepEqual(await started.child.ended, { kind: "exited", code: 0 });
  assert.ok(started.output().endsWith("xend\n"));
  const sleeper = Number(started.output().split("\n")[1]);
  assert.equal(await isRunning({ pid: sleeper }), true);
  await started.child.kill(1_000);
  await untilEnded(sleeper);
});

test("kill() ends the whole group, and what ignores the request after the grace", async () => {
  const polite = start("sleep 60 & echo $! ready; wait");
  await polite.saw("ready");
  await polite.child.kill(60_000);
  assert.deepEqual(await polite.child.ended, { kind: "signalled", signal: "SIGTERM" });
  await untilEnded(Number.parseInt(polite.output()));

  const stubborn = start("trap '' TERM; echo ready; while :; do sleep 0.05; done");
  await stubborn.saw("ready");
  await stubborn.child.kill(100);
  assert.deepEqual(await stubborn.child.ended, { kind: "signalled", signal: "SIGKILL" });
});

test("write() reaches the program, and says when it is full or closed", async () => {
  const reader = start("cat", "open");
  assert.equal(reader.child.write("hello "), "taken");
  assert.equal(reader.child.write("world"), "taken");
  reader.child.closeInput();
  assert.equal(reader.child.write("more"), "closed");
  assert.deepEqual(await reader.child.ended, { kind: "exited", code: 0 });
  assert.equal(reader.output(), "hello world");

  const deaf = start("sleep 60", "open");
  assert.equal(deaf.child.write("x".repeat(2 * INPUT_WAITING_CHARS_MAX)), "taken");
  assert.equal(deaf.child.write("x"), "full");
  await deaf.child.kill(1_000);
  assert.equal(start("true").child.write("x"), "closed");
});

test("runProgram() keeps as much output as it may, each stream apart", async () => {
  await using dir = await tempDir();
  await mkdir(join(dir.path, "a folder"));
  const program = {
    argv: ["sh", "-c", "pwd; echo problem >&2; yes | head -c 5000000"],
    cwd: join(dir.path, "a folder"),
    env: ENV,
  } as const;
  const limits = { timeMsMax: 20_000, outputBytesMax: 1_000 };
  const result = await runProgram(program, limits, new AbortController().signal);
  assert.deepEqual(result.end, { kind: "exited", code: 0 });
  assert.equal(result.stderr, "problem\n");
  assert.equal(result.stdout.length, 1_000);
  assert.match(result.stdout, /\/a folder\ny\ny\n/);
});

test("runProgram() stops a program that takes too long or is no longer wanted", async () => {
  const program = { argv: ["sh", "-c", "echo $$; sleep 60"], cwd: "/", env: ENV } as const;
  const limits = { timeMsMax: 200, outputBytesMax: 100 };
  const slow = await runProgram(program, limits, new AbortController().signal);
  assert.deepEqual(slow.end, { kind: "stopped" });
  await untilEnded(Number(slow.stdout));
  const unwanted = await runProgram(program, { ...limits, timeMsMax: 60_000 }, AbortSignal.abort());
  assert.deepEqual(unwanted.end, { kind: "stopped" });
  const missing = { ...program, argv: ["/no/such/program"] } as const;
  const { end } = await runProgram(missing, limits, new AbortController().signal);
  assert.deepEqual(end, { kind: "not_started", systemCode: "ENOENT" });
  assert.equal(process.exitCode, undefined);
});
