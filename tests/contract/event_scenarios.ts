// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import type { Person } from "../../src/sandbox/person.ts";
import type { SandboxServer } from "../../src/sandbox/sandbox_server.ts";
import { call } from "../sandbox/sandbox_client.ts";
import { addFile, IDS, pngHeader, setCustomStatus } from "./recorded_world.ts";

/**
 * What happened in a recording. `before` is done first and not compared, e.g. the root of a thread;
 * what it returns goes to `act`, whose events are compared.
 */
export interface Scenario {
  // deno-lint-ignore no-explicit-any -- each scenario hands itself what it made.
  readonly before?: (sandbox: SandboxServer) => any;
  // deno-lint-ignore no-explicit-any -- as above.
  readonly act: (sandbox: SandboxServer, made: any) => unknown;
}

const general = "general-lab";

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "ws-posted-dm": says("alice", IDS.direct, "hello in dm"),
  "ws-posted-public-mention": says("alice", general, "@hermes what time is it?"),
  "ws-posted-public-no-mention": says("alice", general, "nobody in particular"),
  "ws-posted-private-mention": says("alice", "secret-lab", "@hermes psst"),
  "ws-posted-private-no-mention": says("alice", "secret-lab", "psst"),
  "ws-posted-group-mention": says("alice", IDS.group, "@hermes hi"),
  "ws-posted-group-no-mention": says("alice", IDS.group, "hi all of you"),
  "ws-posted-at-all": says("alice", general, "@all look"),
  "ws-posted-at-channel": says("alice", general, "@channel look"),
  "ws-posted-at-here": says("alice", general, "@here look"),
  "ws-posted-at-here-bot-away": {
    before: (sandbox) => call(sandbox, "hermes", "PUT", "/users/me/status", { status: "away" }),
    act: says("alice", general, "@here look").act,
  },
  "ws-posted-by-bot-itself": says("hermes", general, "the bot speaks"),
  "ws-posted-by-other-bot": says("otherbot", general, "@hermes from another bot"),
  "ws-posted-by-webhook": {
    act: (sandbox) =>
      sandbox.as("sysadmin").postByWebhook({
        channel: general,
        message: "@hermes from a webhook",
      }),
  },
  "ws-posted-forged-from-bot": {
    act: (sandbox) =>
      sandbox.as("alice").post({ channel: IDS.direct, message: "x", props: { from_bot: "true" } }),
  },
  "ws-posted-me-message": {
    act: (sandbox) =>
      sandbox.as("alice").post({ channel: IDS.direct, message: "*waves*", type: "me" }),
  },
  "ws-posted-priority": {
    act: (sandbox) =>
      call(sandbox, "alice", "POST", "/posts", {
        channel_id: IDS.general,
        message: "@hermes urgent",
        metadata: { priority: { priority: "urgent" } },
      }),
  },
  "ws-posted-with-buttons": {
    act: (sandbox) =>
      call(sandbox, "hermes", "POST", "/posts", {
        channel_id: IDS.general,
        message: "",
        props: { attachments: [{ text: "Approve?", actions: BUTTONS }] },
      }),
  },
  "ws-posted-with-file-only": {
    before: ({ world }) => addFile(world, { id: "f".repeat(26), user_id: IDS.alice }),
    act: (sandbox) =>
      sandbox.as("alice").post({ channel: IDS.direct, message: "", fileIds: ["f".repeat(26)] }),
  },
  "ws-posted-with-image": {
    before: ({ world }) =>
      addFile(world, {
        id: "f".repeat(26),
        user_id: IDS.alice,
        name: "chart.png",
        bytes: pngHeader(640, 480),
      }),
    act: (sandbox) =>
      sandbox.as("alice").post({ channel: IDS.direct, message: "see", fileIds: ["f".repeat(26)] }),
  },
  "ws-posted-dm-thread-reply": repliesTo("alice", "alice", IDS.direct, "a reply"),
  "ws-posted-thread-reply-to-bot-thread": repliesTo("hermes", "alice", general, "a reply"),
  "ws-posted-thread-reply-mention": repliesTo("hermes", "alice", general, "@hermes a reply"),
  "ws-posted-thread-reply-other-thread": repliesTo("alice", "bob", general, "a reply"),
  "ws-posted-thread-reply-bot-joins": {
    before: (sandbox) => {
      setCustomStatus(sandbox);
      return sandbox.as("alice").post({ channel: general, message: "root" });
    },
    act: repliesTo("alice", "hermes", general, "the bot's reply").act,
  },
  "ws-posted-thread-reply-after-bot-joined": {
    before: (sandbox) => {
      setCustomStatus(sandbox);
      const root = sandbox.as("alice").post({ channel: general, message: "root" });
      sandbox.as("hermes").post({ channel: general, message: "I join", rootId: root.id });
      return root;
    },
    act: (sandbox, root) =>
      sandbox.as("bob").post({ channel: general, message: "again", rootId: root.id }),
  },
  "ws-posted-thread-reply-crt-disabled": {
    before: (sandbox) => {
      sandbox.settings.collapsedThreads = "disabled";
      return sandbox.as("hermes").post({ channel: general, message: "root" });
    },
    act: repliesTo("hermes", "alice", general, "a reply").act,
  },
  "ws-post-edited": onPostOf("alice", (alice, post) => alice.edit(post.id, "@hermes now edited")),
  "ws-post-edited-by-bot": {
    act: (sandbox) => {
      const post = sandbox.as("hermes").post({ channel: general, message: "first" });
      sandbox.as("hermes").edit(post.id, "second");
    },
  },
  "ws-post-pinned": {
    before: (sandbox) => {
      const post = sandbox.as("alice").post({ channel: general, message: "pin me" });
      sandbox.as("alice").react(post.id, "+1");
      return post;
    },
    act: (sandbox, { id }) =>
      call(sandbox, "alice", "PUT", `/posts/${id}/patch`, { is_pinned: true }),
  },
  "ws-post-deleted": {
    before: (sandbox) => {
      const post = sandbox.as("alice").post({ channel: general, message: "delete me" });
      sandbox.as("alice").react(post.id, "+1");
      return post;
    },
    act: (sandbox, post) => sandbox.as("alice").delete(post.id),
  },
  "ws-post-deleted-by-admin": {
    before: (sandbox) => sandbox.as("hermes").post({ channel: general, message: "delete me" }),
    act: (sandbox, post) => sandbox.as("sysadmin").delete(post.id),
  },
  "ws-post-deleted-root-with-replies": {
    before: (sandbox) => {
      const root = sandbox.as("alice").post({ channel: general, message: "root" });
      sandbox.as("alice").post({ channel: general, message: "a reply", rootId: root.id });
      return root;
    },
    act: (sandbox, root) => sandbox.as("alice").delete(root.id),
  },
  "ws-reaction-added-by-user": onPostOf("alice", (alice, post) => alice.react(post.id, "+1")),
  "ws-reaction-added-by-bot": {
    before: (sandbox) => sandbox.as("alice").post({ channel: general, message: "react" }),
    act: (sandbox, post) => sandbox.as("hermes").react(post.id, "eyes"),
  },
  "ws-reaction-removed": {
    before: (sandbox) => {
      const post = sandbox.as("alice").post({ channel: general, message: "react" });
      sandbox.as("alice").react(post.id, "+1");
      return post;
    },
    act: (sandbox, post) => sandbox.as("alice").unreact(post.id, "+1"),
  },
  "ws-typing-by-bot": {
    act: (sandbox) =>
      call(sandbox, "hermes", "POST", "/users/me/typing", { channel_id: IDS.direct }),
  },
  "ws-typing-via-rest-thread": {
    before: (sandbox) => sandbox.as("alice").dm("hermes", "root"),
    act: (sandbox, { id }) =>
      call(sandbox, "alice", "POST", "/users/me/typing", {
        channel_id: IDS.direct,
        parent_id: id,
      }),
  },
  "ws-bot-added-to-channel": {
    before: addPrivateChannel,
    act: (sandbox, channel) => sandbox.as("sysadmin").add(channel.id, "hermes"),
  },
  "ws-posted-first-in-new-channel": {
    before: (sandbox) => {
      const channel = addPrivateChannel(sandbox);
      sandbox.as("sysadmin").add(channel.id, "hermes");
      return channel;
    },
    act: (sandbox, channel) =>
      sandbox.as("sysadmin").post({ channel: channel.id, message: "@hermes hi" }),
  },
  "ws-bot-removed-from-channel": {
    act: (sandbox) => sandbox.as("sysadmin").remove("secret-lab", "hermes"),
  },
  "ws-posted-after-removal": {
    before: (sandbox) => sandbox.as("sysadmin").remove("secret-lab", "hermes"),
    act: says("alice", "secret-lab", "@hermes are you there?").act,
  },
  "ws-system-user-joins": {
    act: (sandbox) => {
      sandbox.as("bob").remove(general, "bob");
      sandbox.as("alice").add(general, "bob");
    },
  },
  "ws-channel-created": {
    act: (sandbox) =>
      call(sandbox, "alice", "POST", "/channels", {
        team_id: IDS.lab,
        name: "new",
        display_name: "New",
        type: "O",
      }),
  },
  "ws-channel-archived": { act: ({ admin }) => admin.archive(general) },
  "ws-direct-added": { act: (sandbox) => sandbox.as("bob").direct("hermes") },
  "ws-posted-dm-first": {
    before: (sandbox) => sandbox.as("bob").direct("hermes"),
    act: (sandbox) => sandbox.as("bob").dm("hermes", "first"),
  },
  "ws-dm-teamless-user": { act: (sandbox) => sandbox.as("loner-bot").dm("hermes", "hello") },
  "ws-group-added": { act: (sandbox) => sandbox.as("bob").group("hermes", "mallory") },
  "ws-status-change-own": {
    act: (sandbox) => call(sandbox, "hermes", "PUT", "/users/me/status", { status: "dnd" }),
  },
  "ws-status-change-other": {
    act: (sandbox) => call(sandbox, "alice", "PUT", "/users/me/status", { status: "dnd" }),
  },
  "ws-user-updated": {
    act: (sandbox) => call(sandbox, "alice", "PUT", "/users/me/patch", { nickname: "Al" }),
  },
};

const BUTTONS = [{
  id: "approve",
  name: "Approve",
  type: "button",
  style: "good",
  integration: { url: "http://integration.example/act" },
}];

function says(username: string, channel: string, message: string): Scenario {
  return { act: (sandbox) => sandbox.as(username).post({ channel, message }) };
}

/** One starts a thread, another answers in it. */
function repliesTo(starter: string, other: string, channel: string, message: string): Scenario {
  return {
    before: (sandbox) => sandbox.as(starter).post({ channel, message: "root" }),
    act: (sandbox, root) => sandbox.as(other).post({ channel, message, rootId: root.id }),
  };
}

function onPostOf(
  username: string,
  act: (person: Person, post: { id: string }) => unknown,
): Scenario {
  return {
    before: (sandbox) => sandbox.as(username).post({ channel: general, message: "a post" }),
    act: (sandbox, post) => act(sandbox.as(username), post),
  };
}

function addPrivateChannel({ world }: SandboxServer) {
  const channel = world.addChannel({
    name: "join-me",
    type: "P",
    display_name: "Join Me",
    team_id: IDS.lab,
  });
  world.join(channel.id, IDS.sysadmin);
  return channel;
}
