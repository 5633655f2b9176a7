import fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeFrame, type SocketEvent } from "../../src/mattermost/events.ts";
import { socketRecordings } from "./support/recordings.ts";

const recordings = socketRecordings();
const recordedFrames = recordings.flatMap(({ frames }) => frames);

function eventsOf(name: string): SocketEvent[] {
  const frames = recordings.find((recording) => recording.name === name)?.frames ?? [];
  return frames.flatMap((text) => {
    const frame = decodeFrame(text);
    return frame?.kind === "event" && frame.event !== undefined ? [frame.event] : [];
  });
}

test("[C06] decodeFrame() reads every recorded frame, with the seq that the server gave it", () => {
  assert.ok(recordedFrames.length > 200);
  for (const text of recordedFrames) {
    const sent = JSON.parse(text);
    const frame = decodeFrame(text);
    assert.ok(frame !== undefined, text);
    if (frame.kind === "reply") assert.equal(frame.seqReply, sent.seq_reply ?? 0);
    else assert.equal(frame.seq, sent.seq);
    if (frame.kind === "event") assert.equal(frame.isMalformed, false, text);
  }
});

test("decodeFrame() gives a direct message with its channel and sender", () => {
  const [event] = eventsOf("ws-posted-dm");
  assert.ok(event?.kind === "posted");
  const { post, ...place } = event;
  assert.deepEqual(place, {
    kind: "posted",
    channelType: "D",
    channelName: "4gjz8xtopbnn5pknjqp75jfa3h__sjt9y9hsqtnw7mtbxxus47whmy",
    channelDisplayName: "@alice",
    teamId: "",
    senderName: "alice",
    via: "socket",
  });
  assert.equal(post.message, "hello in dm");
  assert.equal(post.create_at, 1795385308023);
  assert.deepEqual(post.files, []);
});

test("decodeFrame() gives the files of a post from its metadata", () => {
  const [event] = eventsOf("ws-posted-with-image");
  assert.ok(event?.kind === "posted");
  assert.deepEqual(event.post.files, [
    { id: "3uzbcw8gtpbtmbzjra8g8cge4a", name: "pic.png", mime_type: "image/png", size: 139 },
  ]);
});

test("decodeFrame() tells edits, deletions, reactions and memberships apart", () => {
  const kinds = (name: string) => eventsOf(name).map(({ kind }) => kind);
  assert.deepEqual(kinds("ws-post-edited"), ["post_edited"]);
  assert.deepEqual(kinds("ws-post-deleted"), ["post_deleted"]);
  assert.deepEqual(kinds("ws-reaction-added-by-user"), ["reaction_added"]);
  assert.deepEqual(kinds("ws-reaction-removed"), ["reaction_removed"]);
  assert.deepEqual(kinds("ws-bot-added-to-channel"), ["membership_changed", "posted"]);
  assert.deepEqual(kinds("ws-direct-added"), ["membership_changed"]);
  assert.deepEqual(kinds("ws-group-added"), ["membership_changed"]);
  assert.deepEqual(eventsOf("ws-bot-removed-from-channel"), [
    { kind: "channel_closed", channelId: "i48ofucdzig9przoypoa54yebe" },
  ]);
  assert.deepEqual(kinds("ws-channel-archived"), ["posted", "channel_closed"]);
  assert.ok(!kinds("ws-system-user-joins").includes("channel_closed"), "somebody else left");
});

test("decodeFrame() tells who a user is now, whose object is not JSON inside JSON", () => {
  const [event] = eventsOf("ws-user-updated");
  assert.ok(event?.kind === "user_updated");
  assert.deepEqual([event.user.username, event.user.nickname], ["alice", "Al1795385356"]);
});

test("decodeFrame() has nothing to say about typing, status and configuration", () => {
  for (const name of ["ws-typing-via-ws", "ws-status-change-other", "ws-config-changed"]) {
    assert.deepEqual(eventsOf(name), []);
  }
});

test("decodeFrame() reads hello and the replies to pings", () => {
  const framesOf = (name: string) =>
    recordings.find((recording) => recording.name === name)?.frames.map(decodeFrame) ?? [];
  assert.deepEqual(framesOf("ws-auth-challenge-ok"), [
    { kind: "hello", seq: 0, connectionId: "y4kwpetd93bg3gjrd37naczebo", serverVersion: "11.6.0" },
    { kind: "reply", seqReply: 1, status: 200, serverTimeMs: undefined },
  ]);
  assert.deepEqual(framesOf("ws-ping-action"), [
    { kind: "reply", seqReply: 1, status: 200, serverTimeMs: 1795385202216 },
  ]);
  const refused = framesOf("ws-token-revoked-while-connected").at(-1);
  assert.deepEqual(refused, { kind: "reply", seqReply: 2, status: 401, serverTimeMs: undefined });
});

test("[C06] decodeFrame() keeps the seq of an event whose inner JSON is broken", () => {
  for (const post of ["{", "null", "[]", "7", '{"id":"x"}', 7, null, undefined, { id: "x" }]) {
    const data = { post, channel_type: "D" };
    const frame = decodeFrame(JSON.stringify({ event: "posted", data, broadcast: null, seq: 4 }));
    assert.deepEqual(frame, {
      kind: "event",
      seq: 4,
      name: "posted",
      event: undefined,
      isMalformed: true,
    });
  }
});

test("[C06] decodeFrame() takes null for an empty list or object, and strings for numbers", () => {
  const post = JSON.stringify({
    id: "p",
    user_id: "u",
    channel_id: "c",
    message: "hi",
    create_at: "5",
    props: null,
    file_ids: null,
    metadata: null,
  });
  const data = { post, channel_type: "O" };
  const frame = decodeFrame(JSON.stringify({ event: "posted", data, seq: "3" }));
  assert.ok(frame?.kind === "event" && frame.event?.kind === "posted");
  assert.equal(frame.seq, 3);
  const { create_at, props, file_ids, files, root_id } = frame.event.post;
  assert.deepEqual({ create_at, props, file_ids, files, root_id }, {
    create_at: 5,
    props: {},
    file_ids: [],
    files: [],
    root_id: "",
  });
});

test("decodeFrame() gives undefined for what is no frame at all", () => {
  for (const text of ["", "pong", "null", "[]", "7", "{}", '{"event":"posted"}', '{"seq":1}']) {
    assert.equal(decodeFrame(text), undefined, text);
  }
});

test("[C06] decodeFrame() never throws, and never loses the seq, whatever is done to an event", () => {
  const events = recordedFrames.map((text) => JSON.parse(text)).filter((frame) => "event" in frame);
  const damage = fc.record({
    frame: fc.constantFrom(...events),
    at: fc.nat(),
    value: fc.oneof(fc.constant(undefined), fc.jsonValue(), fc.string()),
  });
  fc.assert(fc.property(damage, ({ frame, at, value }) => {
    const damaged = structuredClone(frame);
    replaceLeaf(damaged, at, value);
    const decoded = decodeFrame(JSON.stringify(damaged));
    assert.ok(decoded?.kind === "event" || decoded?.kind === "hello");
    assert.equal(decoded.seq, frame.seq);
  }));
  fc.assert(fc.property(fc.string(), (text) => void decodeFrame(text)));
});

/** Replaces one value somewhere in the frame, also inside JSON inside JSON, but not name and seq. */
// deno-lint-ignore no-explicit-any -- any JSON at all.
function replaceLeaf(frame: any, at: number, value: unknown): void {
  const places: (() => void)[] = [];
  const visit = (holder: Record<string, unknown>, put: () => void) => {
    for (const key of Object.keys(holder)) {
      if (holder === frame && (key === "event" || key === "seq")) continue;
      const old = holder[key];
      places.push(() => (holder[key] = value, put()));
      if (typeof old === "object" && old !== null) visit(old as Record<string, unknown>, put);
      if (typeof old !== "string" || !old.startsWith("{")) continue;
      const inner = JSON.parse(old);
      visit(inner, () => (holder[key] = JSON.stringify(inner), put()));
    }
  };
  visit(frame, () => {});
  places[at % places.length]?.();
}
