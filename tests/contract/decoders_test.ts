import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeChannel,
  decodeClientConfig,
  decodeMemberCount,
  decodePost,
  decodePostPage,
  decodeReaction,
  decodeRole,
  decodeRolesHeld,
  decodeTeam,
  decodeUser,
} from "../../src/mattermost/decode.ts";
import { decodeFrame } from "../../src/mattermost/events.ts";
import { loadRest, loadSocket, type RecordedFrame, RECORDING_NAMES } from "./recordings.ts";

type Wire = Record<string, unknown>;

/** By which field a recorded object is known, and what decodes it. */
const DECODERS: readonly [kind: string, field: string, decode: (value: unknown) => unknown][] = [
  ["posts", "original_id", decodePost],
  ["channels", "total_msg_count_root", decodeChannel],
  ["users", "locale", decodeUser],
  ["teams", "invite_id", decodeTeam],
  ["memberships", "scheme_user", decodeRolesHeld],
  ["roles", "scheme_managed", decodeRole],
  ["reactions", "emoji_name", decodeReaction],
  ["statistics", "guest_count", decodeMemberCount],
  ["configurations", "BuildNumber", decodeClientConfig],
];

const restObjects = RECORDING_NAMES.filter((name) => name.startsWith("rest-"))
  .flatMap((name) => objectsIn(loadRest(name).response.body).map((object) => ({ name, object })));

for (const [kind, field, decode] of DECODERS) {
  test(`[P30] all recorded ${kind} decode, with the values they carry`, () => {
    const found = restObjects.filter(({ object }) => field in object);
    assert.ok(found.length > 0, `no ${kind} in the recordings`);
    for (const { name, object } of found) {
      const decoded = decode(object);
      assert.notEqual(decoded, undefined, name);
      if (typeof decoded === "object") assertCarries(decoded as Wire, object, name);
    }
  });
}

test("[P30] all recorded lists of posts decode to as many posts as their order names", () => {
  const lists = restObjects.filter(({ object }) => Array.isArray(object.order));
  assert.ok(lists.length > 10);
  for (const { name, object } of lists) {
    const order = object.order as string[];
    const page = decodePostPage(object, order.length);
    assert.deepEqual(page?.posts.map((post) => post.id).sort(), [...order].sort(), name);
  }
});

test("[C06] every recorded frame decodes, and none that concerns us is malformed", () => {
  const frames = RECORDING_NAMES.filter((name) => name.startsWith("ws-"))
    .flatMap((name) => receivedFrames(name).map((text) => ({ name, text })));
  assert.ok(frames.length > 200);
  for (const { name, text } of frames) {
    const wire = JSON.parse(text);
    const frame = decodeFrame(text);
    assert.ok(frame !== undefined, name);
    if (wire.event === undefined) {
      assert.equal(frame.kind, "reply");
      continue;
    }
    assert.ok(frame.kind !== "reply" && frame.seq === wire.seq, name);
    if (frame.kind === "event") assert.equal(frame.isMalformed, false, name);
    else assert.equal(frame.connectionId, wire.data.connection_id);
  }
});

test("[C06] a recorded posted frame decodes to the post inside it", () => {
  for (const text of receivedFrames("ws-posted-public-mention")) {
    const wire = JSON.parse(text);
    const frame = decodeFrame(text);
    assert.ok(frame?.kind === "event" && frame.event?.kind === "posted");
    assertCarries(frame.event.post as unknown as Wire, JSON.parse(wire.data.post), "posted");
    assert.equal(frame.event.senderName, "alice");
    assert.equal(frame.event.channelType, "O");
  }
});

/** Every object in a body, at any depth. */
function objectsIn(value: unknown): Wire[] {
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inside : [value as Wire, ...inside];
}

/** Texts and numbers that have the same name on both sides are the same. */
function assertCarries(decoded: Wire, wire: Wire, name: string): void {
  for (const [key, value] of Object.entries(decoded)) {
    if (typeof value === "object" || typeof wire[key] === "object" || !(key in wire)) continue;
    assert.equal(value, wire[key], `${name}: ${key}`);
  }
}

function receivedFrames(name: string): string[] {
  const recording = loadSocket(name);
  const lists = [
    recording.frames,
    recording.frames_seen_by_alice,
    recording.frames_second_connection,
  ];
  return lists.flatMap((frames: readonly RecordedFrame[] = []) =>
    frames.flatMap((frame) => frame.dir === "in" ? frame.text ?? [] : [])
  );
}
