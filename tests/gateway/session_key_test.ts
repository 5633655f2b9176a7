import assert from "node:assert/strict";
import { test } from "node:test";
import type { InboundMessage } from "../../src/gateway/inbound.ts";
import { isShared, sessionKey, type SessionOptions } from "../../src/gateway/session_key.ts";
import { inboundMessage } from "../support/inbound.ts";
import { everywhere } from "../support/reply_modes.ts";

const defaults: SessionOptions = {
  groupSessionsPerUser: true,
  threadSessionsPerUser: true,
  replyModes: everywhere("off"),
};
const shared: SessionOptions = { ...defaults, groupSessionsPerUser: false };
const threads: SessionOptions = { ...defaults, replyModes: everywhere("thread") };
const flatGroups: SessionOptions = {
  ...defaults,
  replyModes: { ...everywhere("thread"), group: "off" },
};
const sharedThreads: SessionOptions = { ...defaults, threadSessionsPerUser: false };

const channel = { channelKind: "public", channelId: "c1" } as const;
const PREFIX = "agent:main:mattermost";

const cases: readonly [
  name: string,
  message: Partial<InboundMessage>,
  options: SessionOptions,
  key: string,
][] = [
  ["a direct message", {}, defaults, "dm:c1"],
  ["a thread in a direct message", { rootId: "r1" }, defaults, "dm:c1:r1"],
  ["a direct message in thread mode", {}, threads, "dm:c1"],
  ["a direct message when channels are shared", {}, shared, "dm:c1"],
  ["[P07] one person in a public channel", channel, defaults, "channel:c1:alice"],
  ["a private channel", { channelKind: "private" }, defaults, "group:c1:alice"],
  ["a group message", { channelKind: "group" }, defaults, "group:c1:alice"],
  ["[P07] a channel that is shared", channel, shared, "channel:c1"],
  [
    "[P08] a thread, each person apart",
    { ...channel, rootId: "r1" },
    defaults,
    "channel:c1:r1:alice",
  ],
  ["[P08] a thread that is shared", { ...channel, rootId: "r1" }, sharedThreads, "channel:c1:r1"],
  ["a thread in a shared channel", { ...channel, rootId: "r1" }, shared, "channel:c1:r1"],
  ["a channel message that opens a thread", channel, threads, "channel:c1:p1:alice"],
  [
    "[P210] a group message where only channels open threads",
    { channelKind: "group" },
    flatGroups,
    "group:c1:alice",
  ],
  ["[P210] a channel message beside it", channel, flatGroups, "channel:c1:p1:alice"],
  [
    "a reply in a thread in thread mode",
    { ...channel, rootId: "r1" },
    threads,
    "channel:c1:r1:alice",
  ],
];
for (const [name, message, options, key] of cases) {
  test(`sessionKey() of ${name}: ${key}`, () => {
    assert.equal(sessionKey(inboundMessage(message), options), `${PREFIX}:${key}`);
  });
}

test("isShared() tells where a message has to name its speaker", () => {
  assert.equal(isShared(inboundMessage(channel), defaults), false);
  assert.equal(isShared(inboundMessage(channel), shared), true);
  assert.equal(isShared(inboundMessage({}), shared), false);
  assert.equal(isShared(inboundMessage({ ...channel, rootId: "r1" }), sharedThreads), true);
  assert.equal(isShared(inboundMessage(channel), sharedThreads), false);
});
