import assert from "node:assert/strict";
import { SandboxSocket } from "../sandbox/sandbox_client.ts";
import { eventsOf, loseConnection, type Play } from "./play.ts";

const MINUTE_MS = 60_000;

/** Recordings of clients that came back. */
export const RESUME_PLAYS: Readonly<Record<string, Play>> = {
  "ws-reconnect-replay-clean": comesBack({ clean: true, at: (seq) => seq + 1 }, (seq) => [
    ["status_change", seq + 1],
    ["posted", seq + 2],
    ["status_change", seq + 3],
  ]),
  "ws-reconnect-replay-abrupt": comesBack({ at: (seq) => seq + 1 }, (seq) => [
    ["status_change", seq + 1],
    ["posted", seq + 2],
    ["status_change", seq + 3],
  ]),
  "ws-reconnect-older-seq": comesBack({ at: (seq) => seq }, (seq) => [
    ["status_change", seq],
    ["status_change", seq + 1],
    ["posted", seq + 2],
    ["status_change", seq + 3],
  ]),
  "ws-reconnect-seq-0": comesBack({ at: () => 0 }, () => [
    ["status_change", 0],
    ["posted", 1],
    ["status_change", 2],
  ]),
  "ws-reconnect-seq-ahead": comesBack({ at: (seq) => seq + 9 }, () => [
    ["hello", 0],
    ["status_change", 1],
    ["posted", 2],
    ["status_change", 3],
  ]),
  "ws-reconnect-nothing-missed": comesBack({ missed: 0, at: (seq) => seq + 1 }, (seq) => [
    ["status_change", seq + 1],
    ["status_change", seq + 2],
  ]),
  "ws-reconnect-unknown-connection-id": comesBack({ id: "a".repeat(26) }, startsAnew),
  "ws-reconnect-foreign-connection-id": comesBack({ as: "alice" }, startsAnew),
  "ws-reconnect-after-2-min": comesBack({ awayMs: 2 * MINUTE_MS }, resumes(1)),
  "ws-reconnect-after-4-5-min": comesBack({ awayMs: 4.5 * MINUTE_MS }, resumes(1)),
  "ws-reconnect-after-11-min": comesBack({ awayMs: 11 * MINUTE_MS }, startsAnew),
  "ws-reconnect-idle-connection-after-4-7-min": comesBack(
    { idleMs: 6 * MINUTE_MS, awayMs: 4.7 * MINUTE_MS },
    startsAnew,
  ),
  "ws-reconnect-after-120-missed": comesBack({ missed: 120 }, resumes(120)),
  "ws-reconnect-after-200-missed": comesBack({ missed: 200 }, resumes(200)),
  "ws-reconnect-after-300-missed": comesBack({ missed: 300 }, startsAnew),
  "ws-reconnect-after-server-restart": async ({ sandbox }) => {
    const { id, seq } = await loseConnection(sandbox);
    await sandbox.restart();
    const events = await eventsOf(sandbox, "hermes", id, seq + 1);
    assert.deepEqual(events, [["hello", 0], ["status_change", 1]]);
  },
  "ws-reconnect-while-old-active": async ({ sandbox }) => {
    const old = SandboxSocket.as(sandbox, "hermes");
    const { connection_id: id } = (await old.event("hello")).data;
    const query = `?connection_id=${id}&sequence_number=1`;
    const second = SandboxSocket.as(sandbox, "hermes", query);
    assert.notEqual((await second.event("hello")).data.connection_id, id);
    sandbox.as("alice").dm("hermes", "to both");
    await Promise.all([old.event("posted"), second.event("posted")]);
    for (const socket of [old, second]) socket.close();
  },
  "ws-reconnect-invalid-bad-id": endsAtOnce("?connection_id=short&sequence_number=1"),
  "ws-reconnect-invalid-bad-seq": endsAtOnce(
    `?connection_id=${"a".repeat(26)}&sequence_number=abc`,
  ),
  "ws-reconnect-invalid-no-seq": endsAtOnce(`?connection_id=${"a".repeat(26)}`),
};

interface Absence {
  readonly clean?: boolean;
  /** How long the connection did nothing before it was lost, and how long the client was away. */
  readonly idleMs?: number;
  readonly awayMs?: number;
  /** Posts meanwhile; 1 without it. */
  readonly missed?: number;
  /** Another connection id than the lost one's. */
  readonly id?: string;
  readonly as?: string;
  /** The number asked for, from the last one seen; the one after it without this. */
  readonly at?: (seq: number) => number;
}

type Events = (seq: number) => [string, number][];

/** The bot is away, others post, it comes back: these events come. */
function comesBack(absence: Absence, expected: Events): Play {
  return async ({ sandbox, clock }) => {
    const socket = SandboxSocket.as(sandbox, "hermes");
    const hello = await socket.event("hello");
    const { seq } = await socket.event("status_change");
    clock.advance(absence.idleMs ?? 0);
    if (absence.clean === true) socket.close();
    else sandbox.cut("hermes");
    await sandbox.connected("hermes", 0);
    for (let count = 0; count < (absence.missed ?? 1); count++) {
      sandbox.as("alice").dm("hermes", `missed ${count}`);
    }
    clock.advance(absence.awayMs ?? 0);
    const at = absence.at?.(seq) ?? seq + 1;
    const id = absence.id ?? hello.data.connection_id;
    const events = await eventsOf(sandbox, absence.as ?? "hermes", id, at);
    assert.deepEqual(events, expected(seq));
  };
}

function startsAnew(): [string, number][] {
  return [["hello", 0], ["status_change", 1]];
}

/** The offline status, everything missed, the online status; numbers go on. */
function resumes(missed: number): Events {
  const names = ["status_change", ...Array(missed).fill("posted"), "status_change"];
  return (seq) => names.map((name, index) => [name, seq + 1 + index]);
}

function endsAtOnce(query: string): Play {
  return async ({ sandbox }) => {
    const socket = SandboxSocket.as(sandbox, "hermes", query);
    assert.equal(await socket.closed, 1006);
    assert.deepEqual(socket.frames, []);
  };
}
