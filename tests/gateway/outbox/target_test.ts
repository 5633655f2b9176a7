import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTarget, type Target, targetText } from "../../../src/gateway/outbox/target.ts";

const ID = "abcdefghijklmnopqrstuvwxyz";
const THREAD = "zyxwvutsrqponmlkjihgfedcba";

const TARGETS: readonly (readonly [typed: string, target: Target])[] = [
  ["home", { kind: "home" }],
  [" Mattermost ", { kind: "home" }],
  ["origin", { kind: "origin" }],
  ["@Alice.B", { kind: "person", username: "alice.b" }],
  ["mattermost:@alice", { kind: "person", username: "alice" }],
  ["~General", { kind: "channel", channel: "~general", threadId: undefined }],
  ["mattermost:#general", { kind: "channel", channel: "~general", threadId: undefined }],
  ["mattermost:general", { kind: "channel", channel: "~general", threadId: undefined }],
  ["team-a/general", { kind: "channel", channel: "team-a/general", threadId: undefined }],
  ["team-a/~general", { kind: "channel", channel: "team-a/~general", threadId: undefined }],
  [ID, { kind: "channel", channel: ID, threadId: undefined }],
  [`mattermost:${ID}`, { kind: "channel", channel: ID, threadId: undefined }],
  [`mattermost:${ID}:${THREAD}`, { kind: "channel", channel: ID, threadId: THREAD }],
  [`${ID}:${THREAD}`, { kind: "channel", channel: ID, threadId: THREAD }],
  [`~general:${THREAD}`, { kind: "channel", channel: "~general", threadId: THREAD }],
  ["https://chat.example.com/mm/team-a/channels/general", {
    kind: "channel",
    channel: "https://chat.example.com/mm/team-a/channels/general",
    threadId: undefined,
  }],
  [`https://chat.example.com/team-a/pl/${ID}`, { kind: "post", postId: ID }],
  ["https://chat.example.com/team-a/messages/@Bob", { kind: "person", username: "bob" }],
];

test("[P240] parseTarget() reads the forms in which people and the original name a target", () => {
  for (const [typed, target] of TARGETS) {
    assert.deepEqual(parseTarget(typed), { kind: "target", target }, typed);
  }
});

test("[P240] parseTarget() takes its own words back", () => {
  for (const [, target] of TARGETS.filter(([, { kind }]) => kind !== "post")) {
    assert.deepEqual(parseTarget(targetText(target)), { kind: "target", target });
  }
});

test("[P240] parseTarget() guesses nothing", () => {
  for (
    const typed of ["", "hom", "general", "slack:general", "@", "~", "a b", "@al ice", "/x", "all"]
  ) {
    assert.equal(parseTarget(typed).kind, "refused", typed);
  }
  assert.deepEqual(parseTarget("general"), {
    kind: "refused",
    problem: '"general" is no target: write ~general for a channel',
  });
});
