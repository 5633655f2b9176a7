import assert from "node:assert/strict";
import { test } from "node:test";
import { gate, type GatePolicy } from "../../src/gateway/gate.ts";
import type { InboundMessage } from "../../src/gateway/inbound.ts";
import { inboundMessage } from "../support/inbound.ts";

const policy: GatePolicy = {
  allowedUsers: new Set(["alice"]),
  allowAllUsers: false,
  requireMention: true,
  freeResponseChannels: new Set(),
  allowedChannels: new Set(),
  groupMessages: "channel",
  bots: { mode: "none", userIds: new Set() },
  greets: true,
};

function outcome(change: Partial<InboundMessage>, policyChange: Partial<GatePolicy> = {}): string {
  const decision = gate(inboundMessage(change), { ...policy, ...policyChange });
  return decision.kind === "ignore" ? decision.reason : decision.kind;
}

const channelPost = { channelKind: "public", channelId: "town" } as const;

const cases: readonly [name: string, change: Partial<InboundMessage>, expected: string][] = [
  ["[P01] a direct message", {}, "answer"],
  ["[C15] the bot's own post", { origin: "self", senderId: "bot" }, "from_self"],
  ["[C15] a join notice", { origin: "system" }, "from_system"],
  ["[C15] a post of another bot", { origin: "bot" }, "from_bot"],
  ["[C15] a webhook's post under an allowed user's id", { origin: "webhook" }, "from_webhook"],
  ["[C15] a plugin's post", { origin: "plugin" }, "from_plugin"],
  ["[C15] an OAuth app's post", { origin: "oauth_app" }, "from_oauth_app"],
  ["[P02] a channel post without a mention", channelPost, "not_mentioned"],
  ["[P02] a mention in a public channel", { ...channelPost, mentionsBot: true }, "answer"],
  ["[P02] a mention in a private channel", { channelKind: "private", mentionsBot: true }, "answer"],
  ["[P02] a group message without a mention", { channelKind: "group" }, "not_mentioned"],
  ["[P02] a group message with a mention", { channelKind: "group", mentionsBot: true }, "answer"],
  ["[P03] a stranger's direct message", { senderId: "mallory" }, "user_not_allowed"],
  [
    "[P03] a stranger's mention in a channel",
    { ...channelPost, mentionsBot: true, senderId: "mallory" },
    "user_not_allowed",
  ],
];
for (const [name, change, expected] of cases) {
  test(`gate() on ${name}: ${expected}`, () => assert.equal(outcome(change), expected));
}

test("[P04] [C16] gate() with an empty allow-list ignores everyone", () => {
  assert.equal(outcome({}, { allowedUsers: new Set() }), "user_not_allowed");
});

test("[C16] gate() looks at the user id and never at the name", () => {
  assert.equal(outcome({ senderId: "mallory", senderName: "alice" }), "user_not_allowed");
});

test("gate() answers everyone when all users are allowed, but no webhook", () => {
  const open = { allowAllUsers: true, allowedUsers: new Set<string>() };
  assert.equal(outcome({ senderId: "mallory" }, open), "answer");
  assert.equal(outcome({ origin: "webhook" }, open), "from_webhook");
});

test("gate() needs no mention where it is not required", () => {
  assert.equal(outcome(channelPost, { requireMention: false }), "answer");
  assert.equal(outcome(channelPost, { freeResponseChannels: new Set(["town"]) }), "answer");
  assert.equal(outcome(channelPost, { freeResponseChannels: new Set(["other"]) }), "not_mentioned");
});

test("gate() keeps to the allowed channels, direct messages apart", () => {
  const only = { allowedChannels: new Set(["lab"]) };
  assert.equal(outcome({ ...channelPost, mentionsBot: true }, only), "channel_not_allowed");
  assert.equal(outcome({ ...channelPost, channelId: "lab", mentionsBot: true }, only), "answer");
  assert.equal(outcome({}, only), "answer");
  const free = { ...only, freeResponseChannels: new Set(["town"]), requireMention: false };
  assert.equal(outcome(channelPost, free), "channel_not_allowed");
});

test("[P215] gate() hears bots and webhooks only as far as the settings let it", () => {
  const bots = (mode: "none" | "mentions" | "all", ...ids: string[]) => ({
    bots: { mode, userIds: new Set(ids) },
  });
  const mention = { ...channelPost, mentionsBot: true } as const;
  const bot = { origin: "bot", senderId: "alice" } as const;
  const webhook = { origin: "webhook", senderId: "alice" } as const;
  assert.equal(outcome({ ...bot, ...mention }, bots("none")), "from_bot");
  assert.equal(outcome({ ...bot, ...mention }, bots("mentions")), "answer");
  assert.equal(outcome(bot, bots("mentions")), "from_bot", "also in direct messages");
  assert.equal(outcome({ ...webhook, ...mention }, bots("mentions")), "from_webhook");
  assert.equal(outcome({ ...webhook, ...mention }, bots("all")), "answer");
  assert.equal(outcome({ ...bot, ...channelPost }, bots("all")), "not_mentioned");
  assert.equal(outcome({ ...bot, ...mention, senderId: "robo" }, bots("all")), "user_not_allowed");
  assert.equal(outcome({ ...bot, ...mention, senderId: "robo" }, bots("none", "robo")), "answer");
  assert.equal(outcome({ origin: "system", senderId: "robo" }, bots("all", "robo")), "from_system");
  assert.equal(outcome({ origin: "self", senderId: "robo" }, bots("all", "robo")), "from_self");
  const followed = inboundMessage({ ...bot, ...channelPost, rootId: "r1" });
  assert.equal(
    gate(followed, { ...policy, ...bots("all") }, true).kind,
    "ignore",
    "bots follow on",
  );
});

test("[P210] gate() treats group messages as direct messages where the settings say so", () => {
  const group = { channelKind: "group", channelId: "g1" } as const;
  const direct = { groupMessages: "dm" } as const;
  assert.equal(outcome(group, direct), "answer");
  assert.equal(outcome(group, { ...direct, allowedChannels: new Set(["lab"]) }), "answer");
  assert.equal(outcome({ ...group, senderId: "mallory" }, direct), "user_not_allowed");
  assert.equal(outcome(channelPost, direct), "not_mentioned");
});

test("[P211] [P212] gate() in a thread that the bot follows needs no mention, and leaves alone what is for others", () => {
  const reply = { ...channelPost, rootId: "r1" };
  const followed = (change: Partial<InboundMessage>, policyChange: Partial<GatePolicy> = {}) => {
    const message = inboundMessage({ ...reply, ...change });
    const decision = gate(message, { ...policy, ...policyChange }, true);
    return decision.kind === "ignore" ? decision.reason : decision.kind;
  };
  assert.equal(followed({}), "answer");
  assert.equal(followed({ mentionsOthers: true }), "for_others");
  assert.equal(followed({ mentionsOthers: true, mentionsBot: true }), "answer");
  assert.equal(followed({ senderId: "mallory" }), "not_mentioned");
  assert.equal(followed({ senderId: "mallory", mentionsBot: true }), "user_not_allowed");
  assert.equal(followed({ origin: "webhook" }), "from_webhook");
  assert.equal(followed({}, { allowedChannels: new Set(["lab"]) }), "channel_not_allowed");
});
