import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeChannel,
  decodeClientConfig,
  decodeEach,
  decodeMemberCount,
  decodePostPage,
  decodeReaction,
  decodeUser,
} from "../../src/mattermost/decode.ts";
import { recordedBody } from "./support/recordings.ts";

test("decodeClientConfig() reads the limits that a server sends as strings", () => {
  const config = decodeClientConfig(recordedBody("rest-config-client-old-bot"));
  assert.deepEqual(config, {
    version: "11.6.0",
    siteUrl: "http://mattermost.example",
    websocketUrl: "",
    postRunesMax: 16_383,
    fileBytesMax: 104_857_600,
    filesEnabled: true,
    typingEnabled: true,
    typingIntervalMs: 5_000,
    notificationsPerChannelMax: 1_000,
    signingKey:
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEmIDpBv7MlQPggwdqLmg3Ai8Flz89Aam+Uts8wCfamxqGhUFziOx6pDCwAhX01T8ejVGCgfxrjsudk/FC2wnn+Q==",
  });
});

test("decodeClientConfig() assumes the defaults of the server for what it does not send", () => {
  assert.deepEqual(decodeClientConfig({ Version: "9.11.0", EnableUserTypingMessages: "false" }), {
    version: "9.11.0",
    siteUrl: "",
    websocketUrl: "",
    postRunesMax: 16_383,
    fileBytesMax: 104_857_600,
    filesEnabled: true,
    typingEnabled: false,
    typingIntervalMs: 5_000,
    notificationsPerChannelMax: 1_000,
    signingKey: "",
  });
  assert.equal(decodeClientConfig({}), undefined);
});

test("decodePostPage() gives the page that order names, oldest first, and not its roots", () => {
  const body = recordedBody("rest-channel-posts-after") as { order: string[]; posts: object };
  const page = decodePostPage(body, 2);
  assert.deepEqual(page?.posts.map((post) => post.message), ["dm 2", "dm 3"]);
  assert.equal(page?.isLast, false);
  assert.equal(decodePostPage(body, 3)?.isLast, true);
  const oneOfTwo = { ...body, order: body.order.slice(0, 1) };
  assert.deepEqual(decodePostPage(oneOfTwo, 2)?.posts.map((post) => post.message), ["dm 3"]);
  assert.deepEqual(decodePostPage({ order: null, posts: null }, 2), { posts: [], isLast: true });
});

test("decodePostPage() does not take a damaged post for the end of the list", () => {
  const body = { order: ["a", "b"], posts: { a: { id: "a" } } };
  assert.deepEqual(decodePostPage(body, 2), { posts: [], isLast: false });
});

test("decodeChannel() and decodeUser() read recorded bodies", () => {
  const channels = decodeEach(recordedBody("rest-users-me-channels"), decodeChannel);
  assert.ok(channels.some(({ type, team_id: teamId }) => type === "D" && teamId === ""));
  const me = decodeUser(recordedBody("rest-users-me-bot-ok"));
  assert.deepEqual([me?.username, me?.is_bot, me?.roles], ["hermes", true, "system_user"]);
  assert.equal(decodeUser(recordedBody("rest-users-me-pat-user-ok"))?.is_bot, false);
  assert.equal(decodeMemberCount(recordedBody("rest-channel-stats")), 3);
});

test("each decoder refuses a value that lacks what Hermes needs", () => {
  for (const decode of [decodeChannel, decodeUser, decodeReaction, decodeMemberCount]) {
    for (const value of [undefined, null, 7, "x", [], {}, { id: 7 }, { id: "" }]) {
      assert.equal(decode(value), undefined);
    }
  }
  assert.equal(decodeChannel({ id: "c", type: "X" }), undefined);
});
