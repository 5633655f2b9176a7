import assert from "node:assert/strict";
import { test } from "node:test";
import { BinaryLab } from "../support/binary_lab.ts";

test("[P17] all mistakes are told at once, with file, key and line, and nothing is contacted", async () => {
  await using lab = await BinaryLab.open();
  const env = { MATTERMOST_URL: "chat.example.com", MATTERMOST_ALLOWED_USERS: "alice" };
  const yaml = "streaming:\n  enabled: perhaps\nagent:\n  max_turns: many\n";
  await using gateway = await lab.start({ env, yaml });
  assert.equal(await gateway.exited, 78);
  const printed = gateway.printed.join("\n");
  assert.match(printed, /^MATTERMOST_URL in .*\/\.env, line 1, does not begin with https/m);
  assert.match(printed, /^MATTERMOST_ALLOWED_USERS in .*\/\.env, line 3, .*is not a user id/m);
  assert.match(printed, /^streaming\.enabled in .*\/config\.yaml, line 6, /m);
  assert.match(printed, /^agent\.max_turns in .*\/config\.yaml, line 8, /m);
  assert.deepEqual([lab.sandbox.requests.length, lab.sandbox.upgrades.length], [0, 0]);
});

test("[P19] an option beats the environment, which beats .env", async () => {
  await using lab = await BinaryLab.open();
  const setup = {
    env: { MATTERMOST_REPLY_MODE: "nonsense" },
    processEnv: { MATTERMOST_REPLY_MODE: "off" },
    args: ["--set", "mattermost.reply_mode=thread"],
  };
  await using gateway = await lab.connected(setup);
  const message = "@hermes hello";
  const asked = lab.sandbox.as("alice").post({ channel: "general", message });
  await gateway.answered(asked.id);
  assert.equal(lab.answersTo(asked)[0]?.root_id, asked.id);
});

test("[P18] an unknown key is a warning that names the nearest one", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected({ env: { MATTERMOST_REPLY_MOD: "thread" } });
  assert.match(gateway.printed.join("\n"), /did you mean MATTERMOST_REPLY_MODE\?/);
});

test("an option that names no setting ends the process with 2", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.start({ args: ["--set", "mattermost.reply_mod=thread"] });
  assert.equal(await gateway.exited, 2);
  assert.match(gateway.printed.join("\n"), /mattermost\.reply_mod/);
});
