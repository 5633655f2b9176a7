import assert from "node:assert/strict";
import { test } from "node:test";
import type { Post } from "../../src/sandbox/records.ts";
import { BinaryLab } from "../support/binary_lab.ts";

/** How many posts answer each of `asked`. */
function timesAnswered(lab: BinaryLab, asked: readonly Post[]): number[] {
  return asked.map((post) => lab.answersTo(post).length);
}

/** Requests for the posts of a channel: nothing but the catch-up makes them. */
function listings(lab: BinaryLab): string[] {
  return lab.sandbox.requests.map((request) => request.path)
    .filter((path) => /\/channels\/\w+\/posts\?/.test(path));
}

/** Each message is answered on its own, after those before it. */
const ONE_BY_ONE = {
  HERMES_GATEWAY_BUSY_INPUT_MODE: "queue",
  HERMES_GATEWAY_BUSY_TEXT_DEBOUNCE_SECONDS: "0",
  HERMES_GATEWAY_BUSY_ACK_ENABLED: "false",
};

test("[P10] what is posted around a cut of the socket is answered once, after a resume", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected({ env: ONE_BY_ONE });
  const alice = lab.sandbox.as("alice");
  const before = alice.dm("hermes", "just before");
  lab.sandbox.cut("hermes");
  const after = alice.dm("hermes", "just after");
  await gateway.logged("gateway.disconnected");
  const away = alice.dm("hermes", "away");
  await gateway.logged("gateway.connected", (line) => line.how === "resumed");
  assert.match(await lab.ask(gateway, "alice", "back"), /before \| just after \| away \| back$/);
  assert.deepEqual(timesAnswered(lab, [before, after, away]), [1, 1, 1]);
  assert.deepEqual(listings(lab), []);
});

test("[P10] [C11] what is posted while the server does not notice the loss is answered once", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  await lab.ask(gateway, "alice", "before");
  lab.sandbox.cutUnnoticed("hermes");
  const away = lab.sandbox.as("alice").dm("hermes", "away");
  await gateway.logged("gateway.connected", (line) => line.how === "lost");
  await lab.ask(gateway, "alice", "back");
  assert.deepEqual(timesAnswered(lab, [away]), [1]);
  assert.ok(lab.sandbox.upgrades[1]?.query.connection_id, "it asked for a resume");
});

test("[P10] [P11] a server that goes down is waited for, and what was posted meanwhile is answered once", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  await lab.ask(gateway, "alice", "before");
  await lab.sandbox.goDown();
  const inDirect = lab.sandbox.as("alice").dm("hermes", "still there?");
  const inChannel = lab.sandbox.as("bob").post({
    channel: "general",
    message: "@hermes and here?",
  });
  const refused = await gateway.logged("gateway.disconnected", (line) => {
    return line.reason === "network";
  });
  assert.match(String(refused.detail), /connection refused/);
  await lab.sandbox.comeUp();
  await Promise.all([gateway.answered(inDirect.id), gateway.answered(inChannel.id)]);
  await lab.ask(gateway, "alice", "back");
  await lab.ask(gateway, "bob", "back");
  assert.deepEqual(timesAnswered(lab, [inDirect, inChannel]), [1, 1]);
});

test("[P10] an answer that grows while the server restarts is completed in the same post", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  const rest = Promise.withResolvers<string>();
  lab.model.answer = () => ({ kind: "halting", text: "Once upon ", rest: rest.promise });
  const asked = lab.sandbox.as("alice").dm("hermes", "tell me a story");
  const growing = await lab.sandbox.posted((post) => lab.answersTo(asked).includes(post));
  await lab.sandbox.goDown();
  await gateway.logged("gateway.disconnected");
  rest.resolve("a time.");
  await lab.sandbox.comeUp();
  await gateway.answered(asked.id);
  await gateway.loggedTimes("gateway.connected", 2);
  lab.model.answer = () => ({ kind: "text", text: "The end." });
  await lab.ask(gateway, "alice", "and then?");
  const shown = lab.answersTo(asked).map(({ id, message }) => ({ id, message }));
  assert.deepEqual(shown, [{ id: growing.id, message: "Once upon a time." }]);
  assert.equal(lab.model.requests.length, 2);
});

test("[C27] an answer that is stored while its connection ends is not posted again", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  lab.sandbox.faults.creates.push({ kind: "save_then_reset" });
  const asked = lab.sandbox.as("alice").dm("hermes", "hello");
  await gateway.answered(asked.id);
  await lab.ask(gateway, "alice", "once more");
  assert.deepEqual(timesAnswered(lab, [asked]), [1]);
});

test("[P11] a server that is down at the start is waited for, and the log says so", async () => {
  await using lab = await BinaryLab.open();
  await lab.sandbox.goDown();
  await using gateway = await lab.start();
  const down = await gateway.logged("mattermost.retry");
  assert.deepEqual([down.level, /connection refused/.test(String(down.error))], ["warn", true]);
  await lab.sandbox.comeUp();
  await gateway.logged("gateway.connected");
  assert.equal(await lab.ask(gateway, "alice", "at last"), "heard: at last");
});

test("[C20] [C12] 200 messages of 20 people are answered once each and in order, also across a cut", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected({
    env: {
      MATTERMOST_ALLOW_ALL_USERS: "true",
      // So that the server can keep all events until the socket is back.
      MATTERMOST_REACTIONS: "false",
      ...ONE_BY_ONE,
    },
  });
  const people = Array.from({ length: 20 }, (_, index) => {
    return lab.sandbox.as(lab.sandbox.admin.createUser(`person-${index}`).username);
  });
  const askAll = (text: string) => people.map((person) => person.dm("hermes", text));
  const rounds = Array.from({ length: 10 }, (_, round) => {
    if (round === 5) lab.sandbox.cut("hermes");
    return askAll(`question ${round}`);
  });
  await gateway.loggedTimes("gateway.answered", 200);
  await gateway.logged("gateway.connected", (line) => line.how === "resumed");
  const last = askAll("and now?");
  await gateway.loggedTimes("gateway.answered", 220);
  for (const [index, person] of people.entries()) {
    const asked = [...rounds, last].map((round) => round[index]?.id);
    const channelId = person.direct("hermes").id;
    const answers = [...lab.sandbox.world.posts.values()].filter((post) =>
      post.channel_id === channelId && post.user_id === lab.sandbox.user("hermes").id
    );
    const answered = answers.map((post) => (post.props["hermes"] as { re: string }).re);
    assert.deepEqual(answered, asked);
  }
});
