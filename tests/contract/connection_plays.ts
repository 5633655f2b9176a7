import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { SandboxSocket } from "../sandbox/sandbox_client.ts";
import { loseConnection, type Play, sendRecorded } from "./play.ts";
import { IDS } from "./recorded_world.ts";
import { loadSocket } from "./recordings.ts";

/** Recordings of how connections begin, what they reply to, and how they end. */
export const CONNECTION_PLAYS: Readonly<Record<string, Play>> = {
  "ws-auth-header-hello": saysHello,
  "ws-auth-challenge-ok": answersChallenge,
  "ws-reconnect-with-challenge-auth": answersChallenge,
  "ws-auth-challenge-bad-token": endsOnChallenge,
  "ws-auth-challenge-no-token": endsOnChallenge,
  "ws-auth-header-bad-token": (stage) => endsAfterFiveSeconds(stage, { token: "<unknown-token>" }),
  "ws-no-auth-timeout": (stage) => endsAfterFiveSeconds(stage, {}),
  "ws-action-before-auth": (stage) => endsAfterFiveSeconds(stage, {}),
  "ws-actions-errors": repliesToActions,
  "ws-ping-action": repliesToActions,
  "ws-auth-header-then-challenge": repliesToActions,
  "ws-typing-by-bot-via-ws": async ({ sandbox, name }) => {
    const [bot, alice] = await bothConnected(sandbox);
    sendRecorded(bot, name);
    assert.equal((await bot.frame((frame) => frame.seq_reply === 60)).status, "OK");
    const typing = await alice.event("typing");
    assert.deepEqual(typing.data, { parent_id: "", user_id: IDS.hermes });
    assert.deepEqual(typing.broadcast.omit_users, { [IDS.hermes]: true });
    for (const socket of [bot, alice]) socket.close();
  },
  "ws-typing-via-ws": async ({ sandbox, name }) => {
    const [bot, alice] = await bothConnected(sandbox);
    for (const frame of loadSocket(name).frames_seen_by_alice ?? []) {
      if (frame.dir === "out") alice.send(frame.text ?? "");
    }
    assert.deepEqual((await bot.event("typing")).data, { parent_id: "", user_id: IDS.alice });
    for (const socket of [bot, alice]) socket.close();
  },
  "ws-invalid-json": async ({ sandbox, name }) => {
    const socket = SandboxSocket.as(sandbox, "hermes");
    await socket.event("hello");
    sendRecorded(socket, name);
    assert.equal(await socket.closed, 1006);
  },
  "ws-frame-over-8k": async ({ sandbox }) => {
    const socket = SandboxSocket.as(sandbox, "hermes");
    await socket.event("hello");
    socket.send("x".repeat(9_047));
    assert.equal(await socket.closed, 1009);
  },
  "ws-protocol-ping-by-client": async ({ sandbox }) => {
    const socket = SandboxSocket.as(sandbox, "hermes");
    await socket.event("hello");
    await socket.protocolPing();
    socket.close();
  },
  "ws-posted-largest-frame": async ({ sandbox }) => {
    const socket = SandboxSocket.as(sandbox, "hermes");
    await socket.event("hello");
    sandbox.as("alice").dm("hermes", "\u{1F600}".repeat(16_000) + '"'.repeat(382));
    await socket.event("posted");
    assert.ok(Buffer.byteLength(socket.texts.at(-1) ?? "") > 65_536);
    socket.close();
  },
  "ws-two-connections-same-token": async ({ sandbox }) => {
    const sockets = [1, 2].map(() => SandboxSocket.as(sandbox, "hermes"));
    await Promise.all(sockets.map((socket) => socket.event("hello")));
    const post = sandbox.as("alice").dm("hermes", "one message, two sockets");
    for (const socket of sockets) {
      assert.equal(JSON.parse((await socket.event("posted")).data.post).id, post.id);
      socket.close();
    }
  },
  "ws-token-revoked-while-connected": (stage) => staysOpenAndDeaf(stage, "revokeTokens"),
  "ws-bot-disabled-while-connected": (stage) => staysOpenAndDeaf(stage, "deactivate"),
  "ws-token-revoked-within-5s": async ({ sandbox, clock }) => {
    const socket = SandboxSocket.as(sandbox, "doomed-bot");
    await socket.event("hello");
    clock.advance(2_000);
    sandbox.admin.revokeTokens("doomed-bot");
    clock.advance(3_000);
    assert.equal(await socket.closed, 1006);
  },
  "ws-server-stopped": endsWithTheServer,
  "ws-server-killed": endsWithTheServer,
};

type Stage = Parameters<Play>[0];

async function saysHello({ sandbox, name }: Stage): Promise<void> {
  const socket = SandboxSocket.as(sandbox, "hermes");
  const recorded = JSON.parse(loadSocket(name).frames?.[0]?.text ?? "");
  const hello = await socket.event("hello");
  assert.equal(hello.seq, 0);
  assert.deepEqual(Object.keys(hello), Object.keys(recorded));
  assert.deepEqual(Object.keys(hello.data), Object.keys(recorded.data));
  assert.deepEqual(hello.broadcast, recorded.broadcast);
  assert.equal(socket.texts[0]?.endsWith("\n"), true);
  socket.close();
}

/** Also with the parameters of a resume: a challenge never resumes. */
async function answersChallenge({ sandbox, name }: Stage): Promise<void> {
  const { id, seq } = await loseConnection(sandbox);
  const query = name.includes("reconnect") ? `?connection_id=${id}&sequence_number=${seq}` : "";
  const socket = new SandboxSocket(sandbox, { query });
  await socket.opened();
  sendRecorded(socket, name);
  await socket.event("status_change");
  const names = socket.frames.map((frame) => frame.event ?? frame.status);
  assert.deepEqual(names, ["hello", "OK", "status_change"]);
  socket.close();
}

async function endsOnChallenge({ sandbox, name }: Stage): Promise<void> {
  const socket = new SandboxSocket(sandbox);
  await socket.opened();
  sendRecorded(socket, name);
  assert.equal(await socket.closed, 1006);
  assert.deepEqual(socket.frames, []);
}

async function endsAfterFiveSeconds(
  { sandbox, clock, name }: Stage,
  options: { token?: string },
): Promise<void> {
  const socket = new SandboxSocket(sandbox, options);
  await socket.opened();
  sendRecorded(socket, name);
  await clock.sleeperFor(5_000);
  clock.advance(4_999);
  await socket.protocolPing();
  assert.deepEqual(socket.frames, []);
  clock.advance(1);
  assert.equal(await socket.closed, 1006);
}

async function repliesToActions({ sandbox, name }: Stage): Promise<void> {
  const socket = SandboxSocket.as(sandbox, "hermes");
  await socket.event("status_change");
  const from = socket.frames.length;
  sendRecorded(socket, name);
  await socket.ping(1000);
  const recorded = (loadSocket(name).frames ?? []).filter((frame) => frame.dir === "in");
  assert.deepEqual(
    socket.frames.slice(from, -1).map(withoutValues),
    recorded.map((frame) => withoutValues(JSON.parse(frame.text ?? ""))),
  );
  socket.close();
}

/** Times and who is online depend on the day: only the names in `data` are compared. */
function withoutValues(reply: { data?: object }): unknown {
  const { data, ...rest } = reply;
  return data === undefined ? rest : { ...rest, data: Object.keys(data).sort() };
}

/** The socket stays open, nothing comes, and a ping is refused; also after the bot is back. */
async function staysOpenAndDeaf(
  { sandbox, clock, name }: Stage,
  kill: "revokeTokens" | "deactivate",
): Promise<void> {
  const socket = SandboxSocket.as(sandbox, "doomed-bot");
  await socket.event("hello");
  clock.advance(6_000);
  sandbox.admin[kill]("doomed-bot");
  sandbox.as("alice").dm("doomed-bot", "are you there?");
  const refusal = await socket.ping(1);
  if (kill === "deactivate") sandbox.admin.reactivate("doomed-bot");
  clock.advance(15_000);
  sandbox.as("alice").dm("doomed-bot", "and now?");
  await socket.ping(2);
  const recorded = (loadSocket(name).frames ?? []).map((frame) => JSON.parse(frame.text ?? ""));
  assert.deepEqual(refusal, recorded.find((frame) => frame.seq_reply === 1));
  assert.deepEqual(socket.frames.filter((frame) => frame.event === "posted"), []);
  assert.equal(socket.isOpen, true);
  socket.close();
}

async function endsWithTheServer({ sandbox }: Stage): Promise<void> {
  const socket = SandboxSocket.as(sandbox, "hermes");
  await socket.event("hello");
  await sandbox.goDown();
  assert.equal(await socket.closed, 1006);
}

async function bothConnected(
  sandbox: Stage["sandbox"],
): Promise<[bot: SandboxSocket, alice: SandboxSocket]> {
  const bot = SandboxSocket.as(sandbox, "hermes");
  const alice = SandboxSocket.as(sandbox, "alice");
  await Promise.all([bot.event("hello"), alice.event("hello")]);
  return [bot, alice];
}
