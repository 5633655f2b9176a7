import assert from "node:assert/strict";
import { test } from "node:test";
import { CONNECTION_PLAYS } from "./connection_plays.ts";
import { SCENARIOS } from "./event_scenarios.ts";
import { idleEntries, reasonNotPlayed } from "./not_played.ts";
import { PREPARATIONS } from "./preparations.ts";
import { RECORDING_NAMES } from "./recordings.ts";
import { RESUME_PLAYS } from "./resume_plays.ts";
import { UPGRADE_PLAYS } from "./upgrade_plays.ts";

/** Recordings of the socket that a test plays; those of REST are played unless a reason is given. */
const PLAYED = new Set([
  "ws-mentions-syntax-table",
  ...[SCENARIOS, CONNECTION_PLAYS, RESUME_PLAYS, UPGRADE_PLAYS].flatMap((table) =>
    Object.keys(table)
  ),
]);

test("[P30] every recording is either played against the sandbox or has a reason not to be", () => {
  const isPlayed = (name: string) =>
    PLAYED.has(name) || (name.startsWith("rest-") && reasonNotPlayed(name) === undefined);
  const neither = RECORDING_NAMES.filter((name) =>
    !isPlayed(name) && reasonNotPlayed(name) === undefined
  );
  const both = RECORDING_NAMES.filter((name) =>
    isPlayed(name) && reasonNotPlayed(name) !== undefined
  );
  assert.deepEqual(neither, [], "neither played nor listed");
  assert.deepEqual(both, [], "played and listed");
});

test("the tables of the contract name only recordings that exist", () => {
  const known = new Set(RECORDING_NAMES);
  const named = [...PLAYED, ...Object.keys(PREPARATIONS)];
  assert.deepEqual(named.filter((name) => !known.has(name)), []);
  assert.deepEqual(idleEntries(RECORDING_NAMES), []);
});
