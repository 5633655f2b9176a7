import assert from "node:assert/strict";
import { test } from "node:test";
import { PersonZones } from "../../src/gateway/person_zones.ts";
import { decodeUser } from "../../src/mattermost/decode.ts";
import { UnexpectedAnswerError } from "../../src/mattermost/errors.ts";
import { FakeClock } from "../support/fake_clock.ts";

const signal = new AbortController().signal;
const id = "a".repeat(26);

function lab(timezone: unknown) {
  const clock = new FakeClock();
  const asked: string[] = [];
  const api = {
    getUsersByIds: (ids: readonly string[]) => {
      asked.push(...ids);
      if (timezone instanceof Error) return Promise.reject(timezone);
      const user = decodeUser({ id, username: "alice", timezone });
      return Promise.resolve(user === undefined ? [] : [user]);
    },
  };
  const zones = new PersonZones({ api, ownZone: "Europe/Berlin", clock, log: () => {} });
  return { zones, asked, clock };
}

const automatic = { useAutomaticTimezone: "true", automaticTimezone: "Asia/Tokyo" };
const cases: readonly [name: string, timezone: unknown, zone: string][] = [
  ["what the device says", automatic, "Asia/Tokyo"],
  [
    "what was set by hand",
    { ...automatic, useAutomaticTimezone: "false", manualTimezone: "America/Lima" },
    "America/Lima",
  ],
  ["an empty zone", { useAutomaticTimezone: "true", automaticTimezone: "" }, "Europe/Berlin"],
  ["no zone", undefined, "Europe/Berlin"],
  ["a zone that is none", { ...automatic, automaticTimezone: "Mars/Olympus" }, "Europe/Berlin"],
  [
    "a server that fails",
    new UnexpectedAnswerError({ action: "read users", kind: "not_json", status: 200 }),
    "Europe/Berlin",
  ],
];
for (const [name, timezone, zone] of cases) {
  test(`[P219] PersonZones takes ${name} for ${zone}, and asks once an hour`, async () => {
    const { zones, asked, clock } = lab(timezone);
    for (const minutes of [0, 30, 31]) {
      clock.advance(minutes * 60_000);
      assert.equal(await zones.zoneOf(id, signal), zone);
    }
    assert.equal(asked.length, 2);
  });
}
