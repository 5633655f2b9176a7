import assert from "node:assert/strict";
import { test } from "node:test";
import { loadMembership } from "../../src/mattermost/find_channel.ts";
import { findReadOnlyChannels } from "../../src/mattermost/find_read_only.ts";
import { Lab } from "./support/lab.ts";

const never = new AbortController().signal;

async function readOnlyFor(lab: Lab, username: string): Promise<string[]> {
  const api = lab.api(lab.sandbox.token(username));
  const [me, membership] = await Promise.all([api.getMe(never), loadMembership(api, never)]);
  const found = await findReadOnlyChannels({ me, membership, api }, never);
  return found.map(({ channel }) => channel.name);
}

test("findReadOnlyChannels() finds where the server lets the bot only read", async () => {
  await using lab = await Lab.start();
  assert.deepEqual(await readOnlyFor(lab, "hermes"), []);
  lab.sandbox.admin.makeReadOnly("general");
  lab.sandbox.admin.makeReadOnly("secret");
  assert.deepEqual(await readOnlyFor(lab, "hermes"), ["general", "secret"]);
});

test("findReadOnlyChannels() doubts nobody for a role of which the server says nothing", async () => {
  await using lab = await Lab.start();
  lab.sandbox.admin.makeReadOnly("general");
  assert.deepEqual(await readOnlyFor(lab, "admin"), [], "system_admin is in no table of ours");
});

test("findReadOnlyChannels() has nothing to ask for where the bot is in no team", async () => {
  await using lab = await Lab.start();
  lab.sandbox.admin.createUser("loner", { isBot: true });
  const { id } = lab.sandbox.user("loner");
  for (const team of lab.sandbox.world.teams.keys()) lab.sandbox.world.leaveTeam(team, id);
  assert.deepEqual(await readOnlyFor(lab, "loner"), []);
});
