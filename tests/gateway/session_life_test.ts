import assert from "node:assert/strict";
import { test } from "node:test";
import { dueReset, type ResetPolicy } from "../../src/gateway/session_life/due_reset.ts";
import { visibleSessions } from "../../src/gateway/session_life/visible_sessions.ts";
import { findSession } from "../../src/sessions/find_session.ts";
import type { KnownSession, SessionKey } from "../../src/sessions/session_store.ts";
import { cleanTitle, titleOf, uniqueTitle } from "../../src/sessions/session_titles.ts";
import { inboundMessage } from "../support/inbound.ts";

const BOTH: ResetPolicy = {
  mode: "both",
  atHour: 4,
  idleMs: 24 * 3_600_000,
  timeZone: "Europe/Berlin",
};

test("[P188] dueReset() knows a new day by the clock of the place, also when that is changed", () => {
  const cases: readonly [
    last: string,
    now: string,
    due: string | undefined,
    policy?: Partial<ResetPolicy>,
  ][] = [
    ["2026-06-03T10:00+02:00", "2026-06-03T23:00+02:00", undefined],
    ["2026-06-03T23:00+02:00", "2026-06-04T03:59+02:00", undefined],
    ["2026-06-03T23:00+02:00", "2026-06-04T04:00+02:00", "daily"],
    ["2026-06-04T04:00+02:00", "2026-06-04T09:00+02:00", undefined],
    ["2026-06-03T10:00+02:00", "2026-06-04T10:00+02:00", "idle"],
    ["2026-06-03T10:00+02:00", "2026-06-04T09:00+02:00", undefined, { mode: "idle" }],
    ["2026-06-03T10:00+02:00", "2026-06-09T09:00+02:00", undefined, { mode: "none" }],
    ["2026-06-03T10:00+02:00", "2026-06-09T09:00+02:00", "daily", { mode: "daily" }],
    ["2026-05-31T04:00+02:00", "2026-06-01T03:59+02:00", undefined],
    ["2026-05-31T03:59+02:00", "2026-06-01T03:00+02:00", "daily"],
    // The night in which an hour is left out, and the one in which one is repeated.
    ["2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00", undefined],
    ["2026-03-29T03:30+02:00", "2026-03-29T04:00+02:00", "daily"],
    ["2026-10-25T02:30+02:00", "2026-10-25T03:59+01:00", undefined],
    ["2026-10-25T03:59+01:00", "2026-10-25T04:00+01:00", "daily"],
    ["2026-06-03T23:00Z", "2026-06-04T09:59Z", undefined, {
      timeZone: "Pacific/Honolulu",
      atHour: 0,
    }],
    ["2026-06-04T09:59Z", "2026-06-04T10:00Z", "daily", {
      timeZone: "Pacific/Honolulu",
      atHour: 0,
    }],
  ];
  for (const [last, now, due, change] of cases) {
    const times = { lastUsedAtMs: Date.parse(last), nowMs: Date.parse(now) };
    assert.equal(dueReset(times, { ...BOTH, ...change }), due, `${last} ${now}`);
  }
});

test("[P184] visibleSessions() shows everybody their own, and in a channel nothing from elsewhere", () => {
  const keys = {
    dm: "agent:main:mattermost:dm:dm-of-alice",
    dmThread: "agent:main:mattermost:dm:dm-of-alice:root",
    channel: "agent:main:mattermost:channel:town:alice",
    ofBob: "agent:main:mattermost:channel:town:bob",
    group: "agent:main:mattermost:group:secret:thread:alice",
    shared: "agent:main:mattermost:channel:town:thread",
    job: "cron:alice",
  } as const;
  const sessions = Object.entries(keys).map(([name, key]): KnownSession => {
    return { key: key as SessionKey, id: name, createdAtMs: 0, isCurrent: false };
  });
  const seen = (message: Parameters<typeof inboundMessage>[0], key: string) =>
    visibleSessions(sessions, inboundMessage(message), key as SessionKey).map(({ id }) => id);
  const alice = { senderId: "alice" } as const;
  const dm = { ...alice, channelKind: "dm", channelId: "dm-of-alice" } as const;
  assert.deepEqual(seen(dm, keys.dm), ["dm", "dmThread", "channel", "group"]);
  const town = { channelKind: "public", channelId: "town" } as const;
  assert.deepEqual(seen({ ...alice, ...town }, keys.channel), ["channel"]);
  assert.deepEqual(seen({ ...alice, ...town }, keys.shared), ["channel", "shared"]);
  assert.deepEqual(seen({ ...town, senderId: "bob" }, keys.ofBob), ["ofBob"]);
  const bobsDm = { senderId: "bob", channelKind: "dm", channelId: "dm-of-bob" } as const;
  assert.deepEqual(seen(bobsDm, "agent:main:mattermost:dm:dm-of-bob"), ["ofBob"]);
});

test("[P184] findSession() takes a number, a title, an id or a part of one", () => {
  const sessions = [
    { id: "20260603_100000_aaaaaaaa", title: "Release notes" },
    { id: "20260602_100000_bbbbbbbb", title: "Notes" },
    { id: "20260601_100000_cccccccc" },
  ];
  const found = (wanted: string) => {
    const result = findSession(wanted, sessions);
    return result.kind === "found" ? sessions.indexOf(result.session) : result.kind;
  };
  assert.equal(found("2"), 1);
  assert.equal(found("notes"), 1);
  assert.equal(found("release"), 0);
  assert.equal(found("20260601"), 2);
  assert.equal(found("20260603_100000_aaaaaaaa"), 0);
  assert.equal(found("2026"), "several");
  assert.equal(found("9"), "none");
  assert.equal(found("nothing"), "none");
});

test("[P184] titles are one short line, each once", () => {
  assert.equal(cleanTitle("  a\n\u202eb\t c "), "a b c");
  assert.equal([...cleanTitle("x".repeat(300))].length, 100);
  assert.equal(titleOf("**Please** look at `main.ts`\nand more"), "Please look at main.ts");
  assert.equal(titleOf(`${"word ".repeat(30)}`).length <= 60, true);
  assert.equal(uniqueTitle("Notes", new Set(["Notes", "Notes #2"])), "Notes #3");
});
