import assert from "node:assert/strict";
import { appendFile, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Ledger } from "../../src/gateway/ledger.ts";
import { silentLog } from "../../src/runtime/log.ts";
import type { SessionKey } from "../../src/sessions/session_store.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { tempDir } from "../support/temp_dir.ts";

const HOUR_MS = 3_600_000;
const post = (postId: string) => ({
  postId,
  channelId: "c1",
  senderId: "alice",
  sessionKey: "k1" as SessionKey,
});

async function ledgerIn(folder: string, clock = new FakeClock()) {
  return await Ledger.open({ path: join(folder, "ledger.jsonl"), clock, log: silentLog });
}

test("[C20] Ledger.claim() takes a post on once, also after a restart", async () => {
  await using dir = await tempDir();
  const ledger = await ledgerIn(dir.path);
  assert.equal(ledger.claim(post("p1")), "fresh");
  assert.equal(ledger.claim(post("p1")), "seen");
  await ledger.close();
  const reopened = await ledgerIn(dir.path);
  assert.equal(reopened.claim(post("p1")), "seen");
  await reopened.close();
});

test("Ledger.claim() is in the file before it returns, without a sync", async () => {
  await using dir = await tempDir();
  const ledger = await ledgerIn(dir.path);
  ledger.claim(post("p1"));
  const other = await ledgerIn(dir.path);
  assert.deepEqual(other.unfinished().map((entry) => entry.postId), ["p1"]);
  await other.close();
  await ledger.close();
});

test("Ledger.unfinished() holds what was claimed and neither answered nor failed", async () => {
  await using dir = await tempDir();
  const ledger = await ledgerIn(dir.path);
  for (const id of ["p1", "p2", "p3"]) ledger.claim(post(id));
  ledger.settle("p1", "answered", ["r1"]);
  ledger.settle("p3", "failed", []);
  ledger.settle("never-claimed", "answered", []);
  assert.deepEqual(ledger.unfinished().map((entry) => entry.postId), ["p2"]);
  await ledger.close();
});

test("Ledger.find() leads from a reply to the post it answers", async () => {
  await using dir = await tempDir();
  const ledger = await ledgerIn(dir.path);
  ledger.claim(post("p1"));
  ledger.settle("p1", "answered", ["r1", "r2"]);
  await ledger.close();
  const reopened = await ledgerIn(dir.path);
  assert.equal(reopened.find("r2")?.postId, "p1");
  assert.equal(reopened.find("p1")?.state, "answered");
  assert.equal(reopened.find("unknown"), undefined);
  await reopened.close();
});

test("Ledger forgets posts after 48 hours, and not before", async () => {
  await using dir = await tempDir();
  const clock = new FakeClock();
  const ledger = await ledgerIn(dir.path, clock);
  ledger.claim(post("old"));
  clock.advance(30 * HOUR_MS);
  ledger.claim(post("young"));
  await ledger.close();
  clock.advance(20 * HOUR_MS);
  const reopened = await ledgerIn(dir.path, clock);
  assert.equal(reopened.find("old"), undefined);
  assert.equal(reopened.find("young")?.state, "claimed");
  await reopened.close();
});

test("Ledger reads past a torn last line and damaged ones", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "ledger.jsonl");
  const ledger = await ledgerIn(dir.path);
  ledger.claim(post("p1"));
  await ledger.close();
  await appendFile(path, '{"postId":1}\n{"postId":"p2","chan');
  const reopened = await ledgerIn(dir.path);
  assert.equal(reopened.claim(post("p1")), "seen");
  assert.equal(reopened.claim(post("p2")), "fresh");
  await reopened.close();
  const again = await ledgerIn(dir.path);
  assert.deepEqual(again.unfinished().map((entry) => entry.postId), ["p1", "p2"]);
  await again.close();
});

test("Ledger writes its file anew when it grew long, and loses nothing that is remembered", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "ledger.jsonl");
  const clock = new FakeClock();
  const ledger = await ledgerIn(dir.path, clock);
  for (let index = 0; index < 10_010; index++) {
    ledger.claim(post(`p${index}`));
    ledger.settle(`p${index}`, "answered", []);
    if (index === 9_000) clock.advance(50 * HOUR_MS);
  }
  await ledger.close();
  const lines = (await readFile(path, "utf8")).trim().split("\n").length;
  assert.ok(lines < 2_100, `${lines} lines`);
  const reopened = await ledgerIn(dir.path, clock);
  assert.equal(reopened.find("p8999"), undefined);
  assert.equal(reopened.find("p9001")?.state, "answered");
  assert.equal(reopened.find("p10009")?.state, "answered");
  await reopened.close();
  assert.equal((await stat(path)).mode & 0o777, 0o600);
});

test("[P191] Ledger.settle() settles posts that are answered together by one write, under their lead", async () => {
  await using dir = await tempDir();
  const ledger = await ledgerIn(dir.path);
  for (const postId of ["lead", "rest", "alone"]) ledger.claim(post(postId));
  ledger.join("rest", "lead");
  ledger.join("alone", "lead");
  ledger.join("alone", "alone");
  await ledger.close();
  const reopened = await ledgerIn(dir.path);
  assert.equal(reopened.entryOf("rest")?.leadId, "lead");
  assert.equal(reopened.entryOf("alone")?.leadId, "alone");
  reopened.settle(["rest", "lead"], "answered", ["answer"]);
  assert.deepEqual(reopened.unfinished().map(({ postId }) => postId), ["alone"]);
  for (const postId of ["rest", "lead", "answer"]) {
    assert.equal(reopened.find(postId)?.postId, "lead");
  }
  await reopened.close();
});
