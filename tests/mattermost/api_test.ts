import assert from "node:assert/strict";
import { test } from "node:test";
import { MattermostApiError } from "../../src/mattermost/errors.ts";
import { Lab } from "./support/lab.ts";
import { startOddServer } from "./support/odd_server.ts";

const never = new AbortController().signal;

async function refusal(promise: Promise<unknown>): Promise<MattermostApiError> {
  const error = await promise.then(() => undefined, (error: unknown) => error);
  assert.ok(error instanceof MattermostApiError, `threw ${error}`);
  return error;
}

test("MattermostApi reads the bot's channels and the configuration", async () => {
  await using lab = await Lab.start({ settings: { messageRunesMax: 500 } });
  const api = lab.api();
  const channels = await api.getMyChannels(never);
  assert.deepEqual(channels.map((channel) => channel.type).sort(), ["D", "D", "D", "O", "O", "P"]);
  assert.equal((await api.getClientConfig(never)).postRunesMax, 500);
  const [general] = channels.filter((channel) => channel.name === "general");
  assert.ok(general);
  assert.deepEqual(await api.getChannel(general.id, never), general);
  assert.equal(await api.getMemberCount(general.id, never), 5);
});

test("MattermostApi finds people by id and by name", async () => {
  await using lab = await Lab.start();
  const api = lab.api();
  const alice = await api.getUserByUsername("alice", never);
  const found = await api.getUsersByIds([alice.id, lab.botUserId, "x".repeat(26)], never);
  assert.deepEqual(found.map((user) => user.username).sort(), ["alice", "hermes"]);
  assert.equal((await refusal(api.getUserByUsername("../me", never))).kind, "not_found");
});

test("MattermostApi.getUsersByIds() asks for 100 at a time, and for nobody not at all", async () => {
  await using lab = await Lab.start();
  const ids = Array.from({ length: 250 }, (_, index) => String(index).padStart(26, "x"));
  assert.deepEqual(await lab.api().getUsersByIds(ids, never), []);
  assert.equal(lab.requested(/users\/ids/).length, 3);
  await lab.api().getUsersByIds([], never);
  assert.equal(lab.requested(/users\/ids/).length, 3);
});

test("[C25] MattermostApi.getMyChannels() takes the server's odd empty list for no channels", async () => {
  await using lab = await Lab.start();
  lab.sandbox.admin.createUser("loner", { isBot: true });
  const api = lab.api(lab.sandbox.token("loner"));
  assert.deepEqual(await api.getMyChannels(never), []);
});

test("[C25] MattermostApi.getMyChannels() takes an error in the middle of the list for an error", async () => {
  await using lab = await Lab.start();
  lab.sandbox.faults.channelListBreaksAfter = 2;
  const error = await refusal(lab.api().getMyChannels(never));
  assert.equal(error.status, 500);
  assert.match(error.id, /^app\.channel\./);
});

const brokenLists = [
  ["cut off", '[{"id":"78', "UnexpectedAnswerError"],
  ["an object", '{"id":"78"}', "UnexpectedAnswerError"],
  [
    "without more after a first channel",
    '[{"id":"78","type":"O"}{"id":"app.channel.get_channels.not_found.app_error"}',
    "MattermostApiError",
  ],
] as const;

for (const [what, text, name] of brokenLists) {
  test(`[C25] MattermostApi.getMyChannels() does not take a list ${what} for no channels`, async () => {
    await using server = await startOddServer((_, response) => {
      const headers = { "content-type": "application/json", "x-version-id": "11.6.0" };
      response.writeHead(200, headers).end(text);
    });
    await assert.rejects(server.api.getMyChannels(never), { name });
  });
}

test("MattermostApi.getMyChannels() takes null for no channels", async () => {
  await using server = await startOddServer((_, response) => {
    const headers = { "content-type": "application/json", "x-version-id": "11.6.0" };
    response.writeHead(200, headers).end("null");
  });
  assert.deepEqual(await server.api.getMyChannels(never), []);
});

test("MattermostApi creates, edits, reads and deletes posts, and reacts to them", async () => {
  await using lab = await Lab.start();
  const api = lab.api();
  const question = lab.sandbox.as("alice").dm("hermes", "question");
  const { channel_id: channelId } = question;
  const answer = await api.createPost({
    channelId,
    rootId: question.id,
    message: "answer",
    pendingPostId: "pending-1",
    props: { hermes: { re: question.id, part: 0 } },
  }, never);
  assert.equal(answer.root_id, question.id);
  assert.deepEqual(answer.props.hermes, { re: question.id, part: 0 });
  assert.equal(
    (await api.patchPost(answer.id, { message: "better answer" }, never)).message,
    "better answer",
  );
  assert.deepEqual((await api.getPost(answer.id, never)).props.hermes, answer.props.hermes);
  const thread = await api.getThread(question.id, never);
  assert.deepEqual(thread.map((post) => post.message), ["question", "better answer"]);
  const query = { channelId, afterPostId: question.id, page: 0 };
  const after = await api.getPostsPage(query, never);
  assert.deepEqual(after.posts.map((post) => post.id), [answer.id]);

  const reaction = { userId: lab.botUserId, postId: question.id, emojiName: "eyes" };
  await api.addReaction(reaction, never);
  await api.addReaction(reaction, never);
  assert.equal(lab.sandbox.world.reactions.length, 1);
  await api.removeReaction(question.id, "eyes", never);
  assert.equal(lab.sandbox.world.reactions.length, 0);

  await api.deletePost(answer.id, never);
  assert.equal((await refusal(api.getPost(answer.id, never))).kind, "not_found");
});

test("MattermostApi.createPost() gives the first post back for the same pending id", async () => {
  await using lab = await Lab.start();
  const { id: channelId } = lab.sandbox.as("alice").direct("hermes");
  const post = { channelId, rootId: "", message: "once", pendingPostId: "pending-1" };
  const first = await lab.api().createPost(post, never);
  assert.equal((await lab.api().createPost(post, never)).id, first.id);
});

test("MattermostApi.createPost() sends no NUL and no half characters, and nothing blank", async () => {
  await using lab = await Lab.start();
  const api = lab.api();
  const { id: channelId } = lab.sandbox.as("alice").direct("hermes");
  const post = { channelId, rootId: "", pendingPostId: "p" };
  const created = await api.createPost({ ...post, message: "a\0b\ud83dc 👍🏽 \udc4d" }, never);
  assert.equal(created.message, "abc 👍🏽 ");
  const before = lab.sandbox.requests.length;
  for (const message of ["", " \n\t", "\0", "\ud83d"]) {
    await assert.rejects(api.createPost({ ...post, message }, never), /needs a text or a file/);
    await assert.rejects(api.patchPost(created.id, { message }, never), /needs a text or a file/);
  }
  assert.equal(lab.sandbox.requests.length, before);
});

test("MattermostApi opens direct channels and shows that the bot types", async () => {
  await using lab = await Lab.start();
  const api = lab.api();
  const alice = lab.sandbox.user("alice");
  const channel = await api.createDirectChannel([lab.botUserId, alice.id], never);
  assert.equal(channel.type, "D");
  assert.equal(channel.id, lab.sandbox.as("alice").direct("hermes").id);
  await api.showTyping({ channelId: channel.id, parentId: "root" }, never);
  const request = lab.sandbox.requests.at(-1);
  assert.equal(request?.path, "/api/v4/users/me/typing");
  assert.deepEqual(request?.body, { channel_id: channel.id, parent_id: "root" });
});

test("[C37] MattermostApi.probeSocket() says why a socket cannot be opened", async () => {
  await using lab = await Lab.start();
  const text = 'Bad Request\n{"id":"api.web_socket.connect.upgrade.app_error","status_code":400}';
  const answer = { kind: "body", status: 400, contentType: "application/json", text } as const;
  lab.sandbox.faults.rest = [{ path: /^\/websocket$/, answer }];
  const error = await refusal(lab.api().probeSocket(never));
  assert.equal(error.kind, "upgrade_refused");
  assert.match(error.hint, /Upgrade/);
});
