import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandApi } from "../../src/mattermost/command_api.ts";
import { MattermostApiError } from "../../src/mattermost/errors.ts";
import { Lab, network } from "./support/lab.ts";

const NEVER = new AbortController().signal;

test("[P255] CommandApi answers a command later, to that person alone, as often as the server lets it", async () => {
  await using lab = await Lab.start({ basePath: "/mm" });
  const { world } = lab.sandbox;
  const [hookId, alice] = [world.newId(), lab.sandbox.as("alice")];
  const channelId = world.channelNamed("general")?.id ?? "";
  const use = { channelId, teamId: "", rootId: "", command: "/new" };
  const userId = alice.user.id;
  world.commandHooks.set(hookId, { userId, use, createdAtMs: world.nowMs(), uses: 0 });
  const api = new CommandApi({ ...lab.listenerDeps(), ...network, token: undefined });
  const posts = world.posts.size;
  for (let time = 1; time <= 5; time++) await api.sayLater(hookId, `part ${time}`, NEVER);
  assert.deepEqual(alice.whispers, ["part 1", "part 2", "part 3", "part 4", "part 5"]);
  await assert.rejects(
    api.sayLater(hookId, "too much", NEVER),
    (error) => error instanceof MattermostApiError && error.status === 400,
  );
  assert.equal(world.posts.size, posts);
  assert.ok(lab.sandbox.requests.every(({ authorization }) => authorization === "none"));
});
