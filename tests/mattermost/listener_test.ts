import assert from "node:assert/strict";
import { copyFile, readFile, stat } from "node:fs/promises";
import { test } from "node:test";
import { inspect } from "node:util";
import { UnauthorizedError } from "../../src/mattermost/errors.ts";
import type { LoggedUpgrade } from "../../src/sandbox/request_log.ts";
import { Secret } from "../../src/runtime/secret.ts";
import { readTextFile } from "../../src/runtime/atomic_file.ts";
import { Lab, type Listening } from "./support/lab.ts";
import { hello, scriptedNetwork, ScriptedSocket, typing } from "./support/scripted_socket.ts";

/** The upgrade number `index`, now or later. */
function upgrade(lab: Lab, index: number): Promise<LoggedUpgrade> {
  return lab.sandbox.until(() => lab.sandbox.upgrades[index]);
}

/** Waits until the listener sleeps between two connections, and moves the clock over it. */
async function passReconnectDelay(lab: Lab, listening: Listening, index = 0): Promise<number> {
  const { retryInMs } = await listening.event("disconnected", index);
  await lab.clock.pass(retryInMs);
  return retryInMs;
}

/** Waits until the token was refused, and moves the clock to the second try. */
async function passSecondTry(lab: Lab): Promise<void> {
  await lab.logLine("mattermost.token_refused");
  lab.clock.advance(1_000);
}

/** Resolves when so many pings were answered and the wait for the next one has begun. */
async function untilBeating(lab: Lab, pings = 1): Promise<void> {
  await lab.logLine("mattermost.ping_answered", pings - 1);
  await lab.clock.asleep(30_000);
}

/** A listener that handled the post "before" and has stopped. */
async function startedBefore(lab: Lab): Promise<void> {
  const listening = lab.listen();
  await listening.event("connected");
  lab.sandbox.as("alice").dm("hermes", "before");
  await listening.event("posted");
  await listening.stop();
  await lab.sandbox.connected("hermes", 0);
}

test("listen() gives what happens, in order", async () => {
  await using lab = await Lab.start();
  const listening = lab.listen();
  const { how, serverVersion } = await listening.event("connected");
  assert.deepEqual([how, serverVersion], ["fresh", "11.6.0"]);
  const alice = lab.sandbox.as("alice");
  const post = alice.dm("hermes", "hello");
  alice.edit(post.id, "hello again");
  alice.react(post.id, "eyes");
  alice.unreact(post.id, "eyes");
  alice.delete(post.id);
  await listening.event("post_deleted");
  const posted = await listening.event("posted");
  assert.deepEqual(
    [posted.channelType, posted.senderName, posted.channelDisplayName, posted.via],
    ["D", "alice", "@alice", "socket"],
  );
  const { post: edited } = await listening.event("post_edited");
  assert.equal(edited.message, "hello again");
  const { reaction } = await listening.event("reaction_added");
  assert.deepEqual([reaction.post_id, reaction.emoji_name], [post.id, "eyes"]);
  assert.deepEqual(listening.events.map(({ kind }) => kind), [
    "connected",
    "posted",
    "post_edited",
    "reaction_added",
    "reaction_removed",
    "post_deleted",
  ]);
});

test("[C28] listen() shows the bot's own post with the pending id it was sent with", async () => {
  await using lab = await Lab.start();
  const listening = lab.listen();
  await listening.event("connected");
  const { id: channelId } = lab.sandbox.as("alice").direct("hermes");
  const post = { channelId, rootId: "", message: "hi", pendingPostId: "pending-1" };
  await lab.api().createPost(post, new AbortController().signal);
  assert.equal((await listening.event("posted")).post.pending_post_id, "pending-1");
});

test("[C17] listen() tells the bot's new name, also when it was renamed while the socket was away", async () => {
  await using lab = await Lab.start();
  const bot = lab.sandbox.as("hermes");
  const listening = lab.listen();
  await untilBeating(lab);
  bot.rename("atlas");
  const live = await listening.event("user_updated");
  assert.deepEqual([live.user.id, live.user.username], [bot.user.id, "atlas"]);

  lab.sandbox.faults.resume = "refused";
  lab.sandbox.cut("atlas");
  await listening.event("disconnected");
  bot.rename("zeus");
  lab.sandbox.as("alice").dm("zeus", "missed");
  await passReconnectDelay(lab, listening);
  await listening.posted("missed", "catch_up");
  assert.equal((await listening.event("user_updated", 1)).user.username, "zeus");
  const kinds = listening.events.map(({ kind }) => kind);
  assert.ok(kinds.lastIndexOf("user_updated") < kinds.indexOf("posted"));
});

test("[C02] listen() authenticates by header, without origin, cookie or token in the address", async () => {
  await using lab = await Lab.start(); // Disposing of it checks all upgrades and frames.
  const listening = lab.listen();
  await listening.event("connected");
  const { authorization, path } = await upgrade(lab, 0);
  assert.deepEqual([authorization, path], ["bearer", "/api/v4/websocket"]);
});

for (const hello of ["first", "after_reply"] as const) {
  test(`[C02] [C05] listen() falls back to the challenge, with hello ${hello}`, async () => {
    await using lab = await Lab.start();
    lab.sandbox.faults.hello = hello;
    const listening = lab.listen({ deps: { socketAuthentication: "challenge" } });
    await listening.event("connected");
    const { authorization, frames } = await upgrade(lab, 0);
    assert.equal(authorization, "none");
    assert.equal(JSON.parse(frames[0] ?? "").action, "authentication_challenge");
    assert.deepEqual(lab.logged("mattermost.resume_off").map(({ level }) => level), ["warn"]);
    lab.sandbox.as("alice").dm("hermes", "hello");
    await listening.event("posted");

    lab.sandbox.cut("hermes");
    await passReconnectDelay(lab, listening);
    assert.deepEqual((await upgrade(lab, 1)).query, {});
  });
}

test("[C04] listen() takes a silent socket for a failure, asks REST and backs off further", async () => {
  await using lab = await Lab.start();
  lab.sandbox.faults.hello = "never";
  const listening = lab.listen();
  const delays: number[] = [];
  for (let index = 0; index < 5; index++) {
    await upgrade(lab, index);
    await lab.clock.pass(10_000);
    const { reason } = await listening.event("disconnected", index);
    assert.equal(reason, "no_hello");
    assert.equal(lab.requested(/users\/me$/).length, index + 1);
    delays.push(await passReconnectDelay(lab, listening, index));
  }
  assert.deepEqual(delays, delays.toSorted((a, b) => a - b), "the waits grow");
  assert.ok((delays[4] ?? 0) >= 16_000);
  assert.equal(listening.events.some(({ kind }) => kind === "connected"), false);
});

test("[C04] listen() ends when a socket is closed before hello because the token is bad", async () => {
  await using lab = await Lab.start();
  const token = new Secret("x".repeat(26));
  const listening = lab.listen({ deps: { token, api: lab.api(token) } });
  await upgrade(lab, 0);
  await lab.clock.asleep(10_000);
  lab.clock.advance(5_000); // Now the server ends it.
  await passSecondTry(lab);
  await listening.ended();
  assert.ok(listening.failure instanceof UnauthorizedError);
  assert.equal(listening.failure.code, "mattermost.unauthorized");
  assert.equal(lab.sandbox.upgrades.length, 1);
});

test("[C07] listen() closes with 4001 at a gap and resumes at the number it expected", async () => {
  await using lab = await Lab.start();
  const listening = lab.listen();
  await untilBeating(lab);
  const alice = lab.sandbox.as("alice");
  alice.dm("hermes", "one");
  await listening.event("posted");
  lab.sandbox.skipEvents("hermes", 1);
  alice.dm("hermes", "two");
  alice.dm("hermes", "three");
  const { reason, detail } = await listening.event("disconnected");
  assert.equal(reason, "seq_gap");
  const expected = /in place of (\d+)/.exec(detail)?.[1];
  await lab.sandbox.until(() => lab.sandbox.upgrades[0]?.closeCode === 4001 || undefined);
  await passReconnectDelay(lab, listening);
  const { query } = await upgrade(lab, 1);
  assert.equal(query.sequence_number, expected);
  assert.equal(query.disconnect_err_code, "4001");
  await listening.event("posted", 2);
  assert.deepEqual(listening.messages, ["one", "two", "three"]);
  assert.equal(lab.requested(/./).length, 0);
});

test("[C08] listen() closes with 4000 when a ping is unanswered at the next one", async () => {
  await using lab = await Lab.start();
  const listening = lab.listen();
  await listening.event("connected");
  await untilBeating(lab);
  const { frames } = await upgrade(lab, 0);
  lab.sandbox.faults.pings = "swallowed";
  lab.clock.advance(30_000);
  await lab.sandbox.until(() => frames.length === 2 || undefined);
  await lab.clock.asleep(30_000);
  lab.clock.advance(29_999);
  assert.equal(listening.events.some(({ kind }) => kind === "disconnected"), false);
  lab.clock.advance(1);
  assert.equal((await listening.event("disconnected")).reason, "ping_timeout");
  await lab.sandbox.until(() => lab.sandbox.upgrades[0]?.closeCode === 4000 || undefined);
  lab.sandbox.faults.pings = "answered";
  await passReconnectDelay(lab, listening);
  assert.equal((await upgrade(lab, 1)).query.disconnect_err_code, "4000");
  assert.equal((await listening.event("connected", 1)).how, "resumed");
});

test("[C09] listen() finds out within 30 s that its token was revoked, and ends", async () => {
  await using lab = await Lab.start();
  const listening = lab.listen();
  await listening.event("connected");
  await untilBeating(lab);
  lab.clock.advance(6_000); // The server looks at the token once, after 5 s.
  lab.sandbox.admin.revokeTokens("hermes");
  lab.clock.advance(24_000);
  await passSecondTry(lab);
  await listening.ended();
  assert.ok(listening.failure instanceof UnauthorizedError);
  assert.deepEqual(lab.requested(/./), ["/api/v4/users/me", "/api/v4/users/me"]);
});

test("[C09] listen() goes on when a token that was refused once works a second later", async () => {
  await using lab = await Lab.start();
  lab.sandbox.faults.hello = "never";
  const listening = lab.listen();
  await upgrade(lab, 0);
  const id = "api.context.session_expired.app_error";
  lab.sandbox.faults.rest = [{ times: 1, answer: { kind: "error", status: 401, id } }];
  await lab.clock.pass(10_000);
  await passSecondTry(lab);
  lab.sandbox.faults.hello = "first";
  await passReconnectDelay(lab, listening);
  assert.equal((await listening.event("connected")).how, "fresh");
});

test("[C09] listen() does not resume a socket that was deaf for a while: it catches up", async () => {
  await using lab = await Lab.start();
  const listening = lab.listen();
  await listening.event("connected");
  await untilBeating(lab);
  lab.clock.advance(6_000);
  lab.sandbox.admin.disableTokens("hermes");
  lab.sandbox.as("alice").dm("hermes", "while deaf");
  lab.sandbox.admin.enableTokens("hermes");
  lab.clock.advance(24_000);
  assert.equal((await listening.event("disconnected")).reason, "unauthorized");
  await passReconnectDelay(lab, listening);
  assert.equal((await listening.event("connected", 1)).how, "lost");
  const { post, via } = await listening.event("posted");
  assert.deepEqual([post.message, via], ["while deaf", "catch_up"]);
});

test("[C09] listen() does not ask for a connection again that a dead token has left deaf", async () => {
  await using lab = await Lab.start();
  const first = new ScriptedSocket();
  const { openSocket, requests } = scriptedNetwork(first);
  const listening = lab.listen({ deps: { openSocket } });
  first.push(hello());
  const { seq } = await first.request(0);
  first.push({ status: "FAIL", seq_reply: seq, error: { status_code: 401 } });
  await passReconnectDelay(lab, listening);
  await lab.clock.asleep(20_000); // The next socket is being opened.
  assert.deepEqual(requests.map(({ url }) => new URL(url).search), ["", ""]);
});

test("[C10] listen() has a new connection in its state at once, should the process die in a second", async () => {
  await using lab = await Lab.start();
  const listening = lab.listen();
  await listening.event("connected");
  await untilBeating(lab);
  for (;;) {
    const state = JSON.parse(await readTextFile(lab.statePath) ?? "{}");
    if (state.connectionId !== undefined && state.lastAliveMs !== undefined) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
});

test("[C10] listen() resumes after a restart, gives what was missed once and lists nothing", async () => {
  await using lab = await Lab.start();
  const before = lab.listen();
  await untilBeating(lab);
  const alice = lab.sandbox.as("alice");
  alice.dm("hermes", "before");
  await before.event("posted");
  await before.stop();
  await lab.sandbox.connected("hermes", 0);
  for (const message of ["one", "two", "three"]) alice.dm("hermes", message);

  const after = lab.listen();
  assert.equal((await after.event("connected")).how, "resumed");
  await after.event("posted", 2);
  assert.deepEqual(after.messages, ["one", "two", "three"]);
  assert.equal(lab.requested(/channels/).length, 0);
});

test("[C10] listen() takes the answer to a ping for a resume when nothing was missed", async () => {
  await using lab = await Lab.start({ settings: { userStatuses: false } });
  const before = lab.listen();
  await before.event("connected");
  await untilBeating(lab);
  await before.stop();
  await lab.sandbox.connected("hermes", 0);
  const after = lab.listen();
  assert.equal((await after.event("connected")).how, "resumed");
  assert.equal(lab.sandbox.requests.length, 0);
});

test("listen() gives an event again after a crash in the middle of its handling", async () => {
  await using lab = await Lab.start();
  const crashed = `${lab.statePath}.crashed`;
  const handling = Promise.withResolvers<void>();
  const before = lab.listen({
    handle: async (event) => {
      if (event.kind !== "posted" || event.post.message !== "two") return;
      await lab.clock.pass(1_000); // The state is written now, in the middle.
      await lab.clock.asleep(1_000);
      await copyFile(lab.statePath, crashed);
      handling.resolve();
    },
  });
  await untilBeating(lab);
  const alice = lab.sandbox.as("alice");
  alice.dm("hermes", "one");
  alice.dm("hermes", "two");
  await handling.promise;
  await before.stop();
  await lab.sandbox.connected("hermes", 0);

  const after = lab.listen({ deps: { statePath: crashed } });
  await after.event("posted");
  assert.deepEqual(after.messages, ["two"]);
});

for (const resume of ["messages_lost", "refused", "closed_at_once"] as const) {
  test(`[C11] listen() catches up when a resume is ${resume}`, async () => {
    await using lab = await Lab.start();
    await startedBefore(lab);
    lab.sandbox.as("alice").dm("hermes", "missed");
    lab.sandbox.faults.resume = resume;

    const after = lab.listen();
    if (resume === "closed_at_once") {
      assert.equal((await after.event("disconnected")).reason, "no_hello");
      await passReconnectDelay(lab, after);
      assert.deepEqual((await upgrade(lab, 2)).query, {});
    }
    assert.equal((await after.event("connected")).how, "lost");
    lab.sandbox.as("bob").dm("hermes", "live");
    await after.posted("live", "socket");
    assert.deepEqual([...new Set(after.messages)], ["before", "missed", "live"]);
  });
}

test("[C11] listen() forgets a state that the server has never heard of", async () => {
  await using lab = await Lab.start();
  const listening = lab.listen();
  await untilBeating(lab);
  lab.sandbox.as("alice").dm("hermes", "hello");
  await listening.event("posted");
  await lab.sandbox.restart();
  await passReconnectDelay(lab, listening);
  assert.equal((await listening.event("connected", 1)).how, "lost");
  lab.sandbox.as("alice").dm("hermes", "live");
  await listening.posted("live", "socket");
  await listening.stop();
  await lab.sandbox.connected("hermes", 0);
  const again = lab.listen();
  assert.equal((await again.event("connected")).how, "resumed");
});

test("[C11] listen() repeats a catch-up that failed, and gives live events after it", async () => {
  await using lab = await Lab.start();
  await startedBefore(lab);
  lab.sandbox.as("alice").dm("hermes", "missed");
  lab.sandbox.faults.resume = "refused";
  const answer = { kind: "html", status: 502 } as const;
  lab.sandbox.faults.rest = [{ path: /\/posts$/, times: 2, answer }];
  const listening = lab.listen();
  await listening.event("connected");
  await lab.logLine("mattermost.catch_up_failed");
  lab.sandbox.as("alice").dm("hermes", "live");
  for (let index = 0; index < 2; index++) {
    const { fields } = await lab.logLine("mattermost.catch_up_failed", index);
    await lab.clock.pass(Number(fields.retryInMs));
  }
  await listening.posted("live", "socket");
  assert.deepEqual(listening.messages, ["before", "missed", "live", "live"]);
});

test("[C11] listen() that ends in the middle of a catch-up begins it anew at the next start", async () => {
  await using lab = await Lab.start();
  await startedBefore(lab);
  for (const message of ["one", "two", "three"]) lab.sandbox.as("alice").dm("hermes", message);
  lab.sandbox.faults.resume = "refused";
  const middle = Promise.withResolvers<void>();
  const interrupted: Listening = lab.listen({
    handle: (event) => {
      if (event.kind !== "posted" || event.post.message !== "two") return;
      middle.resolve();
      void interrupted.stop();
    },
  });
  await middle.promise;
  await interrupted.ended();
  await lab.sandbox.connected("hermes", 0);
  lab.sandbox.faults.resume = "granted";

  const after = lab.listen();
  assert.equal((await after.event("connected")).how, "lost");
  await after.posted("three", "catch_up");
});

test("[C11] listen() ends when the token dies during the catch-up", async () => {
  await using lab = await Lab.start();
  await startedBefore(lab);
  lab.sandbox.faults.resume = "refused";
  const id = "api.context.session_expired.app_error";
  lab.sandbox.faults.rest = [{ answer: { kind: "error", status: 401, id } }];
  const listening = lab.listen();
  await passSecondTry(lab);
  await listening.ended();
  assert.ok(listening.failure instanceof UnauthorizedError);
});

test("[C07] listen() gives up a connection that has a hole just where it resumes", async () => {
  await using lab = await Lab.start();
  const first = new ScriptedSocket();
  const second = new ScriptedSocket();
  const third = new ScriptedSocket();
  const { openSocket, requests } = scriptedNetwork(first, second, third);
  const listening = lab.listen({ deps: { openSocket } });
  first.push(hello(), typing(1), typing(3));
  await passReconnectDelay(lab, listening);
  second.push(typing(3));
  await passReconnectDelay(lab, listening, 1);
  third.push(hello());
  await listening.event("connected", 1);
  assert.deepEqual(requests.map(({ url }) => new URL(url).search), [
    "",
    `?connection_id=${"c".repeat(26)}&sequence_number=2&disconnect_err_code=4001`,
    "?disconnect_err_code=4001",
  ]);
});

test("[C12] listen() reads and pings while its consumer is busy, and loses nothing", async () => {
  await using lab = await Lab.start();
  const release = Promise.withResolvers<void>();
  const listening = lab.listen({
    handle: (event) => event.kind === "posted" ? release.promise : undefined,
  });
  await untilBeating(lab);
  const sent = Array.from({ length: 1_000 }, (_, index) => `message ${index}`);
  for (const message of sent) lab.sandbox.as("alice").dm("hermes", message);
  await listening.event("posted");
  const first = await upgrade(lab, 0);
  for (let pings = 2; pings <= 6; pings++) {
    lab.clock.advance(30_000);
    await untilBeating(lab, pings);
  }
  assert.deepEqual([lab.sandbox.upgrades.length, first.open], [1, true]);
  release.resolve();
  await listening.event("posted", 999);
  assert.deepEqual(listening.messages, sent);
});

test("[C13] listen() waits longer and longer for a server that is down, and at most 60 s", async () => {
  await using lab = await Lab.start();
  const listening = lab.listen();
  await untilBeating(lab);
  await lab.sandbox.goDown();
  const bounds = [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000];
  for (const [index, bound] of bounds.entries()) {
    const delayMs = await passReconnectDelay(lab, listening, index);
    assert.ok(bound / 2 <= delayMs && delayMs <= bound, `wait ${index} is ${delayMs}`);
  }
  const refused = await listening.event("disconnected", bounds.length);
  assert.equal(refused.reason, "network");
  assert.match(refused.detail, /connection refused\. Check/);
  await lab.sandbox.comeUp();
  await passReconnectDelay(lab, listening, bounds.length);
  await listening.event("connected", 1);
  await untilBeating(lab, 2);
  lab.sandbox.cut("hermes");
  const again = await listening.event("disconnected", bounds.length + 1);
  assert.ok(again.retryInMs <= 2_000, "after hello it starts at the first wait");
});

test("[C13] listen() starts at the first wait again after a resume", async () => {
  await using lab = await Lab.start();
  const listening = lab.listen();
  await untilBeating(lab);
  lab.sandbox.faults.upgrade = { status: 502 };
  lab.sandbox.cut("hermes");
  for (let index = 0; index < 4; index++) await passReconnectDelay(lab, listening, index);
  const { retryInMs } = await listening.event("disconnected", 4);
  assert.ok(retryInMs >= 16_000);
  lab.sandbox.faults.upgrade = undefined;
  await lab.clock.pass(retryInMs);
  assert.equal((await listening.event("connected", 1)).how, "resumed");
  lab.sandbox.cut("hermes");
  const again = await listening.event("disconnected", 5);
  assert.ok(again.retryInMs <= 2_000);
});

test("[C13] [C37] listen() asks a server that refuses the upgrade why, and waits as long as it says", async () => {
  await using lab = await Lab.start();
  lab.sandbox.faults.upgrade = { status: 503 };
  const maintenance = { kind: "html", status: 503, headers: { "retry-after": "7" } } as const;
  lab.sandbox.faults.rest = [{ path: /^\/websocket$/, answer: maintenance }];
  const listening = lab.listen();
  const { reason, detail, retryInMs } = await listening.event("disconnected");
  assert.equal(reason, "refused_upgrade");
  assert.match(detail, /503/);
  assert.ok(retryInMs >= 7_000);
});

const refusedUpgrades = [
  ["a page", { kind: "html", status: 200 }, /web page.*subpath/],
  ["a redirect", { kind: "redirect", location: "/mm/api/v4/websocket" }, /redirects to.*\/mm\//],
  [
    "400",
    { kind: "error", status: 400, id: "api.web_socket.connect.upgrade.app_error" },
    /400.*pass the headers Upgrade/,
  ],
] as const;

for (const [what, answer, diagnosis] of refusedUpgrades) {
  test(`[C37] listen() says what to do when an upgrade gets ${what}`, async () => {
    await using lab = await Lab.start();
    lab.sandbox.faults.upgrade = { status: 400 };
    lab.sandbox.faults.rest = [{ path: /^\/websocket$/, answer }];
    const listening = lab.listen();
    assert.match((await listening.event("disconnected")).detail, diagnosis);
  });
}

test("[C13] listen() stops at once, wherever it is", async () => {
  await using lab = await Lab.start();
  const connected = lab.listen();
  await untilBeating(lab);
  await connected.stop();
  await lab.sandbox.until(() => lab.sandbox.upgrades[0]?.closeCode === 1000 || undefined);

  await lab.sandbox.goDown();
  const waiting = lab.listen();
  await waiting.event("disconnected");
  await waiting.stop();
  assert.equal(waiting.failure, undefined);
});

test("listen() gives nothing more once it is stopped, and what waited at the next start", async () => {
  await using lab = await Lab.start();
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  const stopped: Listening = lab.listen({
    handle: async (event) => {
      if (event.kind !== "posted") return;
      first.resolve();
      await second.promise;
      void stopped.stop();
    },
  });
  await untilBeating(lab);
  for (const message of ["one", "two", "three"]) lab.sandbox.as("alice").dm("hermes", message);
  await first.promise;
  lab.clock.advance(30_000);
  await untilBeating(lab, 2); // All three are read.
  second.resolve();
  await stopped.ended();
  assert.deepEqual(stopped.messages, ["one"]);
  await lab.sandbox.connected("hermes", 0);
  const after = lab.listen();
  await after.posted("three", "socket");
  assert.deepEqual(after.messages, ["two", "three"]);
});

test("[C14] listen() numbers its requests from 1 on each connection and sends pings alone", async () => {
  await using lab = await Lab.start();
  const listening = lab.listen();
  await untilBeating(lab);
  lab.sandbox.cut("hermes");
  await passReconnectDelay(lab, listening);
  await listening.event("connected", 1);
  const { frames } = await upgrade(lab, 1);
  await lab.sandbox.until(() => frames.length === 2 || undefined);
  assert.deepEqual(frames.map((frame) => JSON.parse(frame)), [
    { seq: 1, action: "ping" },
    { seq: 2, action: "ping" },
  ]);
});

test("[C39] listen() keeps messages and tokens out of its state and its log", async () => {
  await using lab = await Lab.start();
  const listening = lab.listen();
  await untilBeating(lab);
  lab.sandbox.as("alice").dm("hermes", "canary message");
  await listening.event("posted");
  lab.sandbox.cut("hermes");
  await listening.event("disconnected");
  await listening.stop();
  const written = `${await readFile(lab.statePath, "utf8")}${inspect(lab.logs, { depth: 9 })}`;
  assert.match(written, /connectionId/);
  assert.doesNotMatch(written, /canary/);
  assert.ok(!written.includes(lab.sandbox.token("hermes").reveal()));
  assert.equal((await stat(lab.statePath)).mode & 0o777, 0o600);
});

test("[C24] listen() finds a post of which the server never told, within ten minutes", async () => {
  await using lab = await Lab.start();
  const listening = lab.listen();
  await listening.event("connected");
  await untilBeating(lab);
  lab.sandbox.faults.suppressPosted = 1;
  lab.sandbox.as("alice").dm("hermes", "unheard");
  lab.clock.advance(600_000);
  const { post, via } = await listening.event("posted");
  assert.deepEqual([post.message, via], ["unheard", "catch_up"]);
});
