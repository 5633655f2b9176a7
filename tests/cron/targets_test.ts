import assert from "node:assert/strict";
import { test } from "node:test";
import { formatTarget, parseTargets, resolveTargets } from "../../src/cron/targets.ts";

const CHANNEL = "c".repeat(26);
const THREAD = "t".repeat(26);

const ORIGIN = {
  platform: "mattermost",
  channelId: CHANNEL,
  channelName: undefined,
  threadId: undefined,
  personId: undefined,
  personName: undefined,
};

test("parseTargets() reads the places that a job's text goes to", () => {
  const resolve = (deliver: string) =>
    resolveTargets({ deliver, origin: ORIGIN }).targets.map(formatTarget);
  assert.deepEqual(resolve("origin"), [`mattermost:${CHANNEL}`]);
  assert.deepEqual(resolve("Home"), ["home"]);
  assert.deepEqual(resolve("mattermost, home,all"), ["home"], "each place once");
  assert.deepEqual(resolve("local"), []);
  assert.deepEqual(resolve(`mattermost:${CHANNEL}:${THREAD}`), [`mattermost:${CHANNEL}:${THREAD}`]);
  assert.deepEqual(resolve("mattermost:#ops"), ["mattermost:~ops"]);
  assert.deepEqual(resolve("~ops,@Alice"), ["mattermost:~ops", "@alice"]);
  assert.deepEqual(resolve("mattermost:@bob"), ["@bob"]);
  assert.deepEqual(resolve("mattermost:team-a/ops"), ["mattermost:team-a/ops"]);
});

test("parseTargets() refuses what is no place", () => {
  for (const text of ["", ",", "telegram", "mattermost:a b", "mattermost:~ops:thread", "ops"]) {
    assert.equal(parseTargets(text).kind, "refused", text);
  }
  const { targets, problem } = resolveTargets({ deliver: "telegram:12", origin: undefined });
  assert.deepEqual(targets, []);
  assert.match(problem ?? "", /"telegram:12" is no place; a place is origin, home/);
});

test("resolveTargets() takes the home channel where a job was not made in this chat", () => {
  for (const origin of [undefined, { ...ORIGIN, platform: "telegram" }]) {
    assert.deepEqual(resolveTargets({ deliver: "origin", origin }).targets, [{ kind: "home" }]);
  }
});
