import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../../../src/runtime/clock.ts";
import { type Log, silentLog } from "../../../src/runtime/log.ts";
import { openJsonSessionStore } from "../../../src/sessions/json_session_store.ts";
import type { SessionHistory } from "../../../src/sessions/search/session_history.ts";
import { isSessionOf, SessionSearch } from "../../../src/sessions/search/session_search.ts";
import { searchTerms } from "../../../src/sessions/search/search_terms.ts";
import type { SessionKey } from "../../../src/sessions/session_store.ts";
import { seededRandom } from "../../support/seeded_random.ts";
import { tempDir } from "../../support/temp_dir.ts";

const EVERYTHING = () => true;
const key = (name: string) => `agent:main:mattermost:dm:${name}` as SessionKey;

async function lab() {
  const dir = await tempDir();
  const folder = join(dir.path, "sessions");
  const store = openJsonSessionStore({
    folder,
    clock: systemClock,
    random: seededRandom(5),
    log: silentLog,
  });
  const logged: string[] = [];
  const log: Log = (_level, event) => logged.push(event);
  let atMs = Date.UTC(2026, 0, 1);
  const say = async (session: SessionKey, personId: string, question: string, answer: string) => {
    atMs += 60_000;
    const postId = `post${atMs}`;
    await store.append(session, [
      { atMs, message: { role: "user", text: question }, postId, personId },
      { atMs, message: { role: "assistant", text: answer, toolCalls: [] } },
    ]);
    return postId;
  };
  return {
    folder,
    store,
    say,
    logged,
    search: new SessionSearch({ folder, log }),
    [Symbol.asyncDispose]: async () => {
      await store.close();
      await dir[Symbol.asyncDispose]();
    },
  };
}

function textsOf(hits: readonly { session: SessionHistory; lineIndex: number }[]): string[] {
  return hits.map(({ session, lineIndex }) => session.lines[lineIndex]?.text ?? "");
}

test("[P139] SessionSearch finds what was said, the best line of each session, while sessions grow", async () => {
  await using at = await lab();
  assert.deepEqual(await at.search.find("atlas", EVERYTHING), []);
  await at.say(key("one"), "alice", "Where is the deploy key of atlas?", "In the vault.");
  await at.say(key("two"), "alice", "What is the weather?", "I do not know.");
  const find = async (query: string) => textsOf(await at.search.find(query, EVERYTHING));
  assert.deepEqual(await find("ATLAS deploy"), ["Where is the deploy key of atlas?"]);
  assert.deepEqual(await find("deployment"), []);
  await at.say(key("two"), "alice", "And of Atlas?", "The server atlas runs in Rome.");
  assert.equal((await find("atlas")).length, 2);
  assert.deepEqual(await find("rome"), ["The server atlas runs in Rome."]);
});

test("SessionSearch forgives accents, case, beginnings and a slip of the pen", async () => {
  await using at = await lab();
  await at.say(key("one"), "alice", "Der Zug nach Zürich", "大切な会議は月曜日です");
  for (const query of ["zurich", "ZÜRICH", "zuric", "zurick", "会議", "月曜日"]) {
    assert.equal((await at.search.find(query, EVERYTHING)).length, 1, query);
  }
});

test("[P139] SessionSearch does not find what was taken back", async () => {
  await using at = await lab();
  await at.say(key("one"), "alice", "hello", "hi");
  const postId = await at.say(key("one"), "alice", "the secret word is xylophone", "noted");
  assert.equal((await at.search.find("xylophone", EVERYTHING)).length, 1);
  await at.store.rewind(key("one"), postId);
  assert.deepEqual(await at.search.find("xylophone", EVERYTHING), []);
});

test("[P139] SessionSearch shows a person only sessions that are theirs", async () => {
  await using at = await lab();
  await at.say(key("one"), "alice", "alice says atlas", "ok");
  await at.say(key("two"), "bob", "bob says atlas", "ok");
  await at.say("agent:main:mattermost:channel:c:bob" as SessionKey, "", "old atlas", "ok");
  const find = async (personId: string) =>
    textsOf(await at.search.find("atlas", (session) => isSessionOf(personId, session))).toSorted();
  assert.deepEqual(await find("alice"), ["alice says atlas"]);
  assert.deepEqual(await find("bob"), ["bob says atlas", "old atlas"]);
  assert.deepEqual(await find("mallory"), []);
});

test("SessionSearch forgets a session that is gone, and leaves out what is no session", async () => {
  await using at = await lab();
  await at.say(key("one"), "alice", "atlas", "ok");
  await writeFile(join(at.folder, "notes.jsonl"), '{"x":1}\nnot json\n');
  const [hit] = await at.search.find("atlas", EVERYTHING);
  assert.ok(hit);
  await at.store.close();
  await rm(join(at.folder, `${hit.session.summary.id}.jsonl`));
  assert.deepEqual(await at.search.find("atlas", EVERYTHING), []);
});

test("SessionSearch lists the sessions with the newest words first", async () => {
  await using at = await lab();
  await at.say(key("one"), "alice", "first", "ok");
  await at.say(key("two"), "alice", "second", "ok");
  await at.say(key("one"), "alice", "third", "ok");
  const sessions = await at.search.sessions(EVERYTHING);
  assert.deepEqual(sessions.map(({ lines }) => lines.at(-2)?.text), ["third", "second"]);
});

test("searchTerms() parts words of every script", () => {
  assert.deepEqual(searchTerms("Don't panic: read_file 3x"), [
    "don",
    "t",
    "panic",
    "read_file",
    "3x",
  ]);
  assert.deepEqual(searchTerms("東京都 x"), ["東京", "京都", "x"]);
  assert.deepEqual(searchTerms("ÀÉ"), ["ae"]);
});
