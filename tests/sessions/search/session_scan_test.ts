import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionHistory } from "../../../src/sessions/search/session_history.ts";
import { SessionScan } from "../../../src/sessions/search/session_scan.ts";
import type { SessionKey } from "../../../src/sessions/session_store.ts";

function session(id: string, ...texts: readonly string[]): SessionHistory {
  return {
    summary: { key: `key:${id}` as SessionKey, id, createdAtMs: 0 },
    people: new Set(),
    lines: texts.map((text, index) => ({ role: "user", text, atMs: Number(id) * 100 + index })),
  };
}

function found(query: string, ...sessions: readonly SessionHistory[]): string[] {
  const scan = new SessionScan(query);
  for (const each of sessions) scan.add(each);
  return scan.ranked().map(({ id }) => id);
}

test("[P167] SessionScan puts first what has more of the words, and the rare ones", () => {
  const common = [session("1", "the release is out"), session("2", "another release")];
  const both = session("3", "the notes of the release");
  assert.deepEqual(found("release notes", ...common, both), ["3", "2", "1"]);
  const rare = session("4", "your notes");
  assert.deepEqual(found("release notes", ...common, rare), ["4", "2", "1"]);
  const apart = session("5", "a release", "some notes");
  assert.deepEqual(found("release notes", apart, both), ["3", "5"]);
});

test("[P167] SessionScan knows words by their beginning, in any case and without accents", () => {
  const all = [
    session("1", "Déploiement du serveur"),
    session("2", "Deployments"),
    session("3", "cat"),
  ];
  assert.deepEqual(found("DEPLO", ...all), ["2", "1"]);
  assert.deepEqual(found("ca", ...all), [], "short words stand for themselves");
  assert.deepEqual(found("nothing", ...all), []);
  assert.deepEqual(found("", ...all), []);
});
