import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runDemoCommand } from "../../../src/cli/demo/demo_command.ts";
import { ModelServer, userTexts } from "../../support/model_server.ts";
import { tempDir } from "../../support/temp_dir.ts";

/** Runs `hermes demo --script` on a home with this configuration. */
async function runScript(script: string, config = "") {
  await using home = await tempDir();
  const file = join(home.path, "script.txt");
  await writeFile(file, script);
  await writeFile(join(home.path, "config.yaml"), config);
  return await run({ script: file }, home.path);
}

async function run(options: { script?: string }, home: string) {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = { isTty: false, color: false, widthColumns: 80 };
  const exitCode = await runDemoCommand(options, {
    environment: { HERMES_HOME: home },
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    outTerminal: terminal,
    errTerminal: terminal,
  });
  return { exitCode, out: out.join("\n"), err: err.join("\n") };
}

async function demoFolders(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith("hermes-demo-"));
}

test("runDemoCommand() prints each message of a script with its answer, by the configured model", async () => {
  const server = await ModelServer.start();
  server.answer = (request) => ({ kind: "text", text: `heard: ${userTexts(request).at(-1)}` });
  try {
    const config = `model:\n  provider: custom\n  base_url: ${server.url}\n  default: test-model\n`;
    const before = await demoFolders();
    const script = "one\n\n# next\n#general @hermes two\n> @hermes three\nfour";
    const { exitCode, out, err } = await runScript(script, config);
    assert.match(err, /^The model is test-model, from your settings\.$/m);
    const expected = [
      ...["alice → @hermes", "  one", ""],
      ...["hermes → @alice", "  heard: one", ""],
      ...["alice → #general", "  @hermes two", ""],
      ...["hermes → #general", "  heard: two", ""],
      ...["alice → #general (thread)", "  @hermes three", ""],
      ...["hermes → #general (thread)", "  heard: three", ""],
      ...["alice → @hermes", "  four", ""],
      ...["hermes → @alice", "  heard: four", ""],
    ];
    assert.deepEqual(out.split("\n"), expected);
    assert.equal(exitCode, 0);
    assert.deepEqual(await demoFolders(), before);
  } finally {
    await server.close();
  }
});

test("runDemoCommand() says why a message of a script has no answer", async () => {
  const { exitCode, out } = await runScript("#general hi\nmallory: hello");
  assert.deepEqual(out.split("\n"), [
    ...["alice → #general", "  hi", ""],
    ...["(No answer: hermes was not mentioned; in a channel it answers to @hermes)", ""],
    ...["mallory → @hermes", "  hello", ""],
    ...["(No answer: mallory is not one of those whom hermes answers)", ""],
  ]);
  assert.equal(exitCode, 0);
});

test("runDemoCommand() exits with 1 when a message of a script could not be posted", async () => {
  const { exitCode, out } = await runScript("#secret hi\nmallory: > hello");
  assert.equal(exitCode, 1);
  assert.match(out, /^\(Not posted: mallory may not write that there\)$/m);
});

test("runDemoCommand() names the built-in model and why it answers", async () => {
  const none = await runScript("#general hi");
  assert.match(none.err, /built-in scripted one \(no language model is configured\)/);
  const broken = await runScript("#general hi", "model: [");
  assert.match(broken.err, /built-in scripted one \(your settings have a problem/);
});

for (
  const [script, problem] of [
    ["hi\n#nope hello", "in line 2, alice is in no channel"],
    ["# nothing", "there is no message in it"],
  ] as const
) {
  test(`runDemoCommand() exits with 2 and one sentence when ${problem}`, async () => {
    const { exitCode, out, err } = await runScript(script);
    assert.equal(exitCode, 2);
    assert.equal(out, "");
    assert.match(err, new RegExp(`^Cannot use the script: .*${problem}.*\\.$`));
  });
}

test("runDemoCommand() exits with 2 when the script cannot be read", async () => {
  await using home = await tempDir();
  const script = join(home.path, "missing.txt");
  const { exitCode, err } = await run({ script }, home.path);
  assert.equal(exitCode, 2);
  assert.equal(err, `Cannot read "${script}": no such file. Check the path.`);
});

test("runDemoCommand() exits with 2 and names --script where there is no terminal", async () => {
  await using home = await tempDir();
  const { exitCode, out, err } = await run({}, home.path);
  assert.equal(exitCode, 2);
  assert.equal(out, "");
  assert.match(err, /^[^\n]*--script[^\n]*$/);
});
