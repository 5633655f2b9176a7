import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runBinary } from "../support/binary.ts";
import { noTerminal, TerminalProcess } from "../support/driven_process.ts";
import { tempDir } from "../support/temp_dir.ts";

const TEXT = "# mine\nmodel: old\n";

/** A home, and an editor that asks for the line to add. */
async function lab() {
  const dir = await tempDir();
  const home = join(dir.path, "home");
  await mkdir(home);
  const configFile = join(home, "config.yaml");
  await writeFile(configFile, TEXT, { mode: 0o640 });
  const editor = join(dir.path, "editor");
  const script = `printf 'Add a line: '; read -r line; printf '%s\\n' "$line" >>"$2"`;
  await writeFile(editor, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return {
    home,
    configFile,
    edit: (env: Readonly<Record<string, string>> = {}) =>
      TerminalProcess.start(["config", "edit"], {
        env: { HERMES_HOME: home, EDITOR: `${editor} --wait`, ...env },
        cwd: dir.path,
      }),
    text: () => readFile(configFile, "utf8"),
    [Symbol.asyncDispose]: dir[Symbol.asyncDispose],
  };
}

test(
  "[P42] hermes config edit replaces the file when it is right",
  { skip: noTerminal },
  async () => {
    await using at = await lab();
    await using run = at.edit();
    await run.printed(/Add a line: $/);
    run.write("agent: {max_turns: 5}\r");
    const { exitCode, stdout } = await run.ended;
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /config\.yaml is written, and counts from the next start on\./);
    assert.equal(await at.text(), `${TEXT}agent: {max_turns: 5}\n`);
    assert.equal((await stat(at.configFile)).mode & 0o777, 0o640);
    assert.deepEqual(await readdir(at.home), ["config.yaml"]);
  },
);

test("[P42] hermes config edit says what is wrong, and edits again or keeps the file", {
  skip: noTerminal,
}, async () => {
  await using at = await lab();
  await using run = at.edit();
  await run.printed(/Add a line: $/);
  run.write("streaming: {enabled: maybe}\r");
  await run.printed(
    /✗ streaming\.enabled in config\.yaml, line 3, is "maybe": write true or false\./,
  );
  await run.printed(/Edit it again\?/);
  run.write("y");
  await run.printed(/Edit it again[^]*Add a line: $/);
  run.write("streaming: {enabled: false}\r");
  await run.printed(/sets streaming once more[^]*is written/);
  assert.equal((await run.ended).exitCode, 0);
  assert.equal(
    await at.text(),
    `${TEXT}streaming: {enabled: maybe}\nstreaming: {enabled: false}\n`,
  );

  await using second = at.edit();
  await second.printed(/Add a line: $/);
  second.write("model: [\r");
  await second.printed(/Edit it again\?/);
  second.write("n");
  const { exitCode, stdout } = await second.ended;
  assert.equal(exitCode, 1);
  assert.match(stdout, /config\.yaml is as it was\./);
  assert.doesNotMatch(await at.text(), /\[/);
  assert.deepEqual(await readdir(at.home), ["config.yaml"]);
});

test("hermes config edit leaves the file alone when the person or the editor gives up", {
  skip: noTerminal,
}, async () => {
  await using at = await lab();
  await using left = at.edit();
  await left.printed(/Add a line: $/);
  left.write("model: [\r");
  await left.printed(/Edit it again\?/);
  left.write("\x03");
  assert.equal((await left.ended).exitCode, 1);

  for (
    const [EDITOR, says] of [
      ["false", /The editor false ended with exit code 1\./],
      ["no-such-editor", /There is no editor no-such-editor: set EDITOR/],
      [":", /config\.yaml is as it was\./],
    ] as const
  ) {
    await using run = at.edit({ EDITOR });
    const { exitCode, stdout } = await run.ended;
    assert.equal(exitCode, EDITOR === ":" ? 0 : 1);
    assert.match(stdout, says);
  }
  assert.equal(await at.text(), TEXT);
  assert.deepEqual(await readdir(at.home), ["config.yaml"]);
});

test("hermes config edit asks before it overwrites what somebody else has written", {
  skip: noTerminal,
}, async () => {
  await using at = await lab();
  for (const [answer, expected] of [["n", "b: 1\n"], ["y", `${TEXT}a: 1\n`]] as const) {
    await writeFile(at.configFile, TEXT);
    await using run = at.edit();
    await run.printed(/Add a line: $/);
    await writeFile(at.configFile, "b: 1\n");
    run.write("a: 1\r");
    await run.printed(/was changed meanwhile\. Write yours over it\?/);
    run.write(answer);
    await run.ended;
    assert.equal(await at.text(), expected);
  }
});

test("hermes config edit needs a terminal", async () => {
  await using at = await lab();
  const { exitCode, stderr } = await runBinary(["config", "edit"], {
    env: { HERMES_HOME: at.home },
  });
  assert.equal(exitCode, 2);
  assert.match(stderr, /no terminal to edit in/);
});

test("hermes config set asks for a secret without showing it", { skip: noTerminal }, async () => {
  await using at = await lab();
  await using run = TerminalProcess.start(["config", "set", "OPENROUTER_API_KEY"], {
    env: { HERMES_HOME: at.home },
    cwd: at.home,
  });
  await run.printed(/Value of OPENROUTER_API_KEY/);
  run.write("sk-or-v1-0123456789\r");
  const { exitCode, stdout } = await run.ended;
  assert.equal(exitCode, 0, stdout);
  assert.doesNotMatch(stdout, /sk-or/);
  assert.equal(
    await readFile(join(at.home, ".env"), "utf8"),
    "OPENROUTER_API_KEY=sk-or-v1-0123456789\n",
  );
});
