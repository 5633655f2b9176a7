import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runBinary } from "../support/binary.ts";
import { tempDir } from "../support/temp_dir.ts";

async function lab() {
  const dir = await tempDir();
  const run = (...args: string[]) => runBinary(args, { env: { HERMES_HOME: dir.path } });
  return { home: dir.path, run, [Symbol.asyncDispose]: dir[Symbol.asyncDispose] };
}

test("[P140] hermes prompt-size counts part by part, and the default is below 8,000 tokens", async () => {
  await using at = await lab();
  const { stdout, exitCode } = await at.run("prompt-size", "--json");
  assert.equal(exitCode, 0);
  const size = JSON.parse(stdout);
  assert.ok(size.total_tokens > 500 && size.total_tokens < 8_000, String(size.total_tokens));
  assert.equal(size.total_tokens, size.system_prompt.tokens + size.tools.tokens);
  for (const { tokens, parts } of [size.system_prompt, size.tools]) {
    assert.equal(
      parts.reduce((sum: number, part: { tokens: number }) => sum + part.tokens, 0),
      tokens,
    );
  }
  assert.match((await at.run("prompt-size")).stdout, /^Together about \d+ tokens/m);
});

test("[P140] hermes prompt-size counts what is remembered", async () => {
  await using at = await lab();
  const total = async () => JSON.parse((await at.run("prompt-size", "--json")).stdout).total_tokens;
  const before = await total();
  await mkdir(join(at.home, "memories"));
  await writeFile(join(at.home, "memories", "MEMORY.md"), "x".repeat(2_000));
  assert.ok(await total() > before + 450);
});

test("[P141] hermes tools switches sets off and on, and keeps the rest of the file", async () => {
  await using at = await lab();
  const config = join(at.home, "config.yaml");
  await writeFile(config, "# mine\nagent:\n  max_turns: 5 # few\n");
  const isOn = async (name: string) => {
    const { toolsets } = JSON.parse((await at.run("tools", "list", "--json")).stdout);
    return toolsets.find((set: { name: string }) => set.name === name).enabled;
  };
  assert.deepEqual(await isOn("memory"), { mattermost: true, cli: true, cron: false });
  assert.equal((await at.run("tools", "disable", "memory", "web")).exitCode, 0);
  assert.deepEqual(await isOn("memory"), { mattermost: false, cli: false, cron: false });
  assert.match(
    await readFile(config, "utf8"),
    /^# mine\nagent:\n {2}max_turns: 5 # few\n {2}disabled_toolsets: \[memory, web\]\n$/,
  );
  await at.run("tools", "enable", "web");
  await at.run("tools", "enable", "memory");
  assert.equal((await isOn("memory")).cli, true);
  assert.equal(await readFile(config, "utf8"), "# mine\nagent:\n  max_turns: 5 # few\n");
});

test("[P141] hermes tools names the set that was meant, and changes nothing", async () => {
  await using at = await lab();
  const { stderr, exitCode } = await at.run("tools", "disable", "web", "memry");
  assert.equal(exitCode, 2);
  assert.match(stderr, /no set of tools called "memry": did you mean memory\?/);
  await assert.rejects(readFile(join(at.home, "config.yaml")));
});

test("[P135] hermes memory shows all that is remembered, and switches it off", async () => {
  await using at = await lab();
  await mkdir(join(at.home, "memories", "users"), { recursive: true });
  await writeFile(join(at.home, "memories", "MEMORY.md"), "one\n§\ntwo");
  await writeFile(join(at.home, "memories", "users", "aliceid.md"), "Likes tea");
  const { stdout } = await at.run("memory");
  assert.match(stdout, /^Notes: 9 of 2200 characters\n {2}- one\n {2}- two$/m);
  assert.match(stdout, /^About aliceid: 9 of 1375 characters\n {2}- Likes tea$/m);
  assert.equal((await at.run("memory", "path")).stdout, `${join(at.home, "memories")}\n`);
  assert.equal((await at.run("memory", "off")).exitCode, 0);
  assert.match((await at.run("memory")).stdout, /switched off/);
});

test("[P137] hermes skills lists and shows them, and names the one that was meant", async () => {
  await using at = await lab();
  const { skills } = JSON.parse((await at.run("skills", "list", "--json")).stdout);
  assert.ok(skills.some((skill: { name: string }) => skill.name === "meeting-notes"));
  assert.match(
    (await at.run("skills", "view", "meeting-notes")).stdout,
    /^---\nname: meeting-notes/,
  );
  const wrong = await at.run("skills", "view", "meeting-note");
  assert.equal(wrong.exitCode, 1);
  assert.match(wrong.stderr, /did you mean meeting-notes\?/);
});
