import assert from "node:assert/strict";
import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { LogFields } from "../../src/runtime/log.ts";
import { openJsonSessionStore } from "../../src/sessions/json_session_store.ts";
import type {
  SessionKey,
  SessionStore,
  SessionUsage,
  StoredMessage,
} from "../../src/sessions/session_store.ts";
import { NO_SESSION_USAGE } from "../../src/sessions/session_usage.ts";
import type { Message } from "../../src/transcript/message.ts";
import { INTERRUPTED_TEXT } from "../../src/transcript/repair_transcript.ts";
import { NO_USAGE } from "../../src/transcript/usage.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { tempDir } from "../support/temp_dir.ts";

const AT_MS = Date.UTC(2026, 5, 3, 23, 59, 8);
const KEY = "agent:main:mattermost:dm:town" as SessionKey;
const ALL = { charsMax: 100_000 };

test("load() gives nothing for a session that does not exist, and describe() neither", async () => {
  await using fixture = await openFixture();
  assert.deepEqual(await fixture.store.load(KEY, ALL), []);
  assert.equal(await fixture.store.describe(KEY), undefined);
});

test("[P09] load() gives what an earlier process appended, in order and whole", async () => {
  await using fixture = await openFixture();
  const messages: Message[] = [
    user("list"),
    {
      role: "assistant",
      text: "",
      toolCalls: [{ id: "c1", name: "current_time", arguments: { time_zone: "Asia/Tokyo" } }],
      reasoning: "They want a list.",
      providerData: { signature: "x" },
    },
    { role: "tool", toolCallId: "c1", toolName: "current_time", text: "now", isError: false },
    { role: "assistant", text: "Ünïcode ✓ 😀\nsecond line", toolCalls: [] },
  ];
  await fixture.store.append(KEY, messages.map(stored));
  assert.deepEqual(await fixture.store.load(KEY, ALL), messages);
  const again = await fixture.reopen();
  assert.deepEqual(await again.load(KEY, ALL), messages);
  await again.append(KEY, [stored(user("next"))]);
  assert.deepEqual(await again.load(KEY, ALL), [...messages, user("next")]);
});

test("append() names the session for the UTC time of its first message", async () => {
  await using fixture = await openFixture();
  await fixture.store.append(KEY, [stored(user("hello"))]);
  const summary = await fixture.store.describe(KEY);
  assert.match(summary?.id ?? "", /^20260603_235908_[0-9a-f]{8}$/);
  assert.equal(summary?.createdAtMs, AT_MS);
  assert.deepEqual(await (await fixture.reopen()).describe(KEY), summary);
});

test("[P21] append() has its lines in the file when it resolves", async () => {
  await using fixture = await openFixture();
  await fixture.store.append(KEY, [{ ...stored(user("hello")), postId: "p1" }]);
  const lines = (await readFile(await fixture.sessionPath(), "utf8")).trimEnd().split("\n");
  const [header, line] = lines.map((text) => JSON.parse(text));
  const { id } = (await fixture.store.describe(KEY)) ?? {};
  assert.deepEqual(header, { hermes: "session", version: 1, key: KEY, id, createdAtMs: AT_MS });
  assert.deepEqual(line, { atMs: AT_MS, message: user("hello"), postId: "p1" });
});

test("[P21] load() tolerates a torn last line, reports it, and append() goes on behind it", async () => {
  await using fixture = await openFixture();
  await fixture.store.append(KEY, [stored(user("one")), stored(answer("two"))]);
  const path = await fixture.sessionPath();
  await appendFile(path, '{"atMs":1,"message":{"role":"us');
  const store = await fixture.reopen();
  assert.deepEqual(await store.load(KEY, ALL), [user("one"), answer("two")]);
  assert.deepEqual(fixture.logged("sessions.bad_lines"), [{ file: path, badLines: 1 }]);
  await store.append(KEY, [stored(user("three"))]);
  const messages = [user("one"), answer("two"), user("three")];
  assert.deepEqual(await (await fixture.reopen()).load(KEY, ALL), messages);
});

test("load() counts lines that are JSON but no message of ours, and leaves them out", async () => {
  await using fixture = await openFixture();
  await fixture.store.append(KEY, [stored(user("one"))]);
  const path = await fixture.sessionPath();
  await appendFile(path, '{"atMs":1,"message":{"role":"king","text":"x"}}\n7\n');
  assert.deepEqual(await (await fixture.reopen()).load(KEY, ALL), [user("one")]);
  assert.deepEqual(fixture.logged("sessions.bad_lines"), [{ file: path, badLines: 2 }]);
});

test("a header that a crash tore is written again", async () => {
  await using fixture = await openFixture();
  await fixture.store.append(KEY, [stored(user("one"))]);
  const path = await fixture.sessionPath();
  await writeFile(path, '{"hermes":"sess');
  const store = await fixture.reopen();
  await store.append(KEY, [stored(user("two"))]);
  await rm(join(fixture.folder, "index.jsonl"));
  assert.deepEqual(await (await fixture.reopen()).load(KEY, ALL), [user("two")]);
});

test("load() gives a call that lost its result in a crash an explicit one", async () => {
  await using fixture = await openFixture();
  const call: Message = {
    role: "assistant",
    text: "",
    toolCalls: [{ id: "c1", name: "read_file", arguments: {} }],
  };
  await fixture.store.append(KEY, [stored(user("read")), stored(call)]);
  const result = {
    role: "tool",
    toolCallId: "c1",
    toolName: "read_file",
    text: INTERRUPTED_TEXT,
    isError: true,
  };
  assert.deepEqual(await (await fixture.reopen()).load(KEY, ALL), [user("read"), call, result]);
});

test("load() gives at most charsMax characters, from memory and from the file alike", async () => {
  await using fixture = await openFixture();
  const turns = Array.from({ length: 100 }, (_, index) => [
    stored(user(`question ${index} ${"é".repeat(500)}`)),
    stored(answer(`answer ${index} ${"\n".repeat(500)}`)),
  ]).flat();
  for (const message of turns) await fixture.store.append(KEY, [message]);
  for (const charsMax of [2_500, 20_000, 1_000_000]) {
    const expected = turns.slice(-newestCount(turns, charsMax)).map((turn) => turn.message);
    assert.deepEqual(await fixture.store.load(KEY, { charsMax }), expected);
    assert.deepEqual(await (await fixture.reopen()).load(KEY, { charsMax }), expected);
  }
  await fixture.store.append(KEY, [stored(user("last"))]);
  const [first, ...rest] = await fixture.store.load(KEY, { charsMax: 2_500 });
  assert.equal(first?.role, "user");
  assert.deepEqual(rest.at(-1), user("last"));
});

test("load() reads the file again when memory does not reach back far enough", async () => {
  await using fixture = await openFixture();
  const messages = Array.from({ length: 50 }, (_, index) => [
    user(`question ${index}`),
    answer(`answer ${index}`),
  ]).flat();
  for (const message of messages) {
    await fixture.store.append(KEY, [stored(message)]);
    assert.equal((await fixture.store.load(KEY, { charsMax: 30 }))[0]?.role, "user");
  }
  assert.deepEqual(await fixture.store.load(KEY, ALL), messages);
});

test("append() keeps the order of calls that were made at once", async () => {
  await using fixture = await openFixture();
  const texts = Array.from({ length: 50 }, (_, index) => `message ${index}`);
  const appended = texts.map((text) => fixture.store.append(KEY, [stored(answer(text))]));
  const loaded = fixture.store.load(KEY, ALL);
  await Promise.all(appended);
  const expected = texts.map(answer);
  assert.deepEqual((await loaded).slice(1), expected);
  assert.deepEqual((await (await fixture.reopen()).load(KEY, ALL)).slice(1), expected);
});

test("append() to many sessions at once mixes nothing up and keeps every message", async () => {
  await using fixture = await openFixture();
  const keys = Array.from({ length: 200 }, (_, index) => `key ${index}` as SessionKey);
  for (const round of [1, 2]) {
    await Promise.all(
      keys.map((key) => fixture.store.append(key, [stored(user(`${key} ${round}`))])),
    );
  }
  const store = await fixture.reopen();
  for (const key of keys) {
    assert.deepEqual(await store.load(key, ALL), [user(`${key} 1\n\n${key} 2`)]);
  }
});

test("reset() ends the session for good, and the next message starts another file", async () => {
  await using fixture = await openFixture();
  await fixture.store.append(KEY, [stored(user("old"))]);
  const before = await fixture.store.describe(KEY);
  await fixture.store.reset(KEY);
  assert.deepEqual(await fixture.store.load(KEY, ALL), []);
  const store = await fixture.reopen();
  assert.equal(await store.describe(KEY), undefined);
  await store.append(KEY, [stored(user("new"))]);
  assert.notEqual((await store.describe(KEY))?.id, before?.id);
  assert.deepEqual(await (await fixture.reopen()).load(KEY, ALL), [user("new")]);
  assert.equal((await fixture.sessionPaths()).length, 2);
});

test("count() tells how many sessions there are, also after a restart and without those that ended", async () => {
  await using fixture = await openFixture();
  assert.equal(await fixture.store.count(), 0);
  const other = `${KEY}:other` as SessionKey;
  for (const key of [KEY, other]) await fixture.store.append(key, [stored(user("hello"))]);
  assert.equal(await fixture.store.count(), 2);
  await fixture.store.reset(KEY);
  assert.equal(await (await fixture.reopen()).count(), 1);
});

test("reset() of a session that does not exist changes nothing", async () => {
  await using fixture = await openFixture();
  await fixture.store.reset(KEY);
  assert.equal(await fixture.store.describe(KEY), undefined);
});

test("loadExchange() gives a message and what was said to it, up to the next one", async () => {
  await using fixture = await openFixture();
  await fixture.store.append(KEY, [{ ...stored(user("one")), postId: "p1" }, stored(answer("1"))]);
  await fixture.store.append(KEY, [{ ...stored(user("two")), postId: "p2" }, stored(answer("2"))]);
  assert.deepEqual(await fixture.store.loadExchange(KEY, "p1"), [user("one"), answer("1")]);
  assert.deepEqual(await fixture.store.loadExchange(KEY, "p2"), [user("two"), answer("2")]);
  assert.deepEqual(await fixture.store.loadExchange(KEY, "p3"), []);
  await fixture.store.rewind(KEY, "p2");
  assert.deepEqual(await fixture.store.loadExchange(KEY, "p2"), []);
});

test("rewind() takes a message and all after it back, also in the file", async () => {
  await using fixture = await openFixture();
  await fixture.store.append(KEY, [{ ...stored(user("one")), postId: "p1" }, stored(answer("1"))]);
  await fixture.store.append(KEY, [{ ...stored(user("two")), postId: "p2" }, stored(answer("2"))]);
  await fixture.store.rewind(KEY, "p2");
  assert.deepEqual(await fixture.store.load(KEY, ALL), [user("one"), answer("1")]);
  await fixture.store.append(KEY, [{ ...stored(user("two again")), postId: "p2" }]);
  const expected = [user("one"), answer("1"), user("two again")];
  assert.deepEqual(await (await fixture.reopen()).load(KEY, ALL), expected);
});

test("rewind() to a post that the session does not hold changes nothing", async () => {
  await using fixture = await openFixture();
  await fixture.store.rewind(KEY, "p1");
  await fixture.store.append(KEY, [{ ...stored(user("one")), postId: "p1" }]);
  await fixture.store.rewind(KEY, "p9");
  assert.deepEqual(await fixture.store.load(KEY, ALL), [user("one")]);
  await fixture.store.rewind(KEY, "p1");
  await fixture.store.rewind(KEY, "p1");
  assert.deepEqual(await fixture.store.load(KEY, ALL), []);
  assert.equal((await readFile(await fixture.sessionPath(), "utf8")).match(/rewindTo/g)?.length, 1);
});

test("[P111] promptOf() gives what keepPrompt() kept, also after a restart", async () => {
  await using fixture = await openFixture();
  assert.equal(await fixture.store.promptOf(KEY), undefined);
  assert.equal(await fixture.store.describe(KEY), undefined);
  const [first, second] = ["a", "b"].map((basis) => ({ text: `Be good.\n${basis} ✓`, basis }));
  assert(first && second);
  await fixture.store.keepPrompt(KEY, first);
  assert.equal((await fixture.store.describe(KEY))?.createdAtMs, AT_MS);
  await fixture.store.append(KEY, [{ ...stored(user("one")), postId: "p1" }]);
  assert.deepEqual(await fixture.store.promptOf(KEY), first);
  assert.deepEqual(await (await fixture.reopen()).promptOf(KEY), first);
  await fixture.store.rewind(KEY, "p1");
  await fixture.store.keepPrompt(KEY, second);
  assert.deepEqual(await fixture.store.promptOf(KEY), second);
  const again = await fixture.reopen();
  assert.deepEqual(await again.promptOf(KEY), second);
  assert.deepEqual(await again.load(KEY, ALL), []);
  assert.deepEqual(fixture.logged("sessions.bad_lines"), []);
  await again.reset(KEY);
  assert.equal(await again.promptOf(KEY), undefined);
});

test("[P111] promptOf() finds the prompt of a session whose file is longer than it looks back", async () => {
  await using fixture = await openFixture();
  const prompt = { text: "Be good.", basis: "a" };
  await fixture.store.keepPrompt(KEY, prompt);
  const long = stored(user("é".repeat(150_000)));
  for (let count = 0; count < 8; count++) await fixture.store.append(KEY, [long]);
  for (let restart = 0; restart < 3; restart++) {
    const store = await fixture.reopen();
    assert.deepEqual(await store.promptOf(KEY), prompt);
    for (let count = 0; count < 6; count++) await store.append(KEY, [long]);
  }
  const text = await readFile(await fixture.sessionPath(), "utf8");
  assert.ok(text.length > 3_000_000);
  const repeated = text.match(/"prompt"/g)?.length ?? 0;
  assert.ok(repeated > 3 && repeated < 12, `written ${repeated} times`);
});

test("[P118] compact() replaces what was said, and the file keeps it all", async () => {
  await using fixture = await openFixture();
  const { store } = fixture;
  await store.append(KEY, [{ ...stored(user("one")), postId: "p1" }, stored(answer("1"))]);
  await store.keepPrompt(KEY, { text: "old memory", basis: "a" });
  await store.append(KEY, [{ ...stored(user("two")), postId: "p2" }]);
  const id = (await store.describe(KEY))?.id;
  const summary: Message = { role: "user", text: "They said one.", isSummary: true };
  await store.compact(KEY, [summary, answer("Noted."), user("two")]);
  assert.equal(await store.promptOf(KEY), undefined);
  await store.append(KEY, [stored(answer("2"))]);
  const expected = [summary, answer("Noted."), user("two"), answer("2")];
  assert.deepEqual(await store.load(KEY, ALL), expected);
  const again = await fixture.reopen();
  assert.deepEqual(await again.load(KEY, ALL), expected);
  assert.equal(await again.promptOf(KEY), undefined);
  assert.equal((await again.describe(KEY))?.id, id);
  assert.deepEqual(await again.loadExchange(KEY, "p1"), [user("one"), answer("1")]);
  assert.match(await readFile(await fixture.sessionPath(), "utf8"), /"text":"one"/);
  assert.deepEqual(fixture.logged("sessions.bad_lines"), []);
});

test("[P118] rewind() goes back behind a compaction, to what was in force then", async () => {
  await using fixture = await openFixture();
  const { store } = fixture;
  await store.append(KEY, [{ ...stored(user("one")), postId: "p1" }, stored(answer("1"))]);
  await store.append(KEY, [{ ...stored(user("two")), postId: "p2" }]);
  await store.compact(KEY, [user("short")]);
  await store.append(KEY, [{ ...stored(user("three")), postId: "p3" }]);
  await store.rewind(KEY, "p3");
  assert.deepEqual(await store.load(KEY, ALL), [user("short")]);
  await store.rewind(KEY, "p2");
  assert.deepEqual(await store.load(KEY, ALL), [user("one"), answer("1")]);
  assert.deepEqual(await (await fixture.reopen()).load(KEY, ALL), [user("one"), answer("1")]);
});

test("[P118] load() reads no further back than the last compaction", async () => {
  await using fixture = await openFixture();
  await fixture.store.append(KEY, [stored(user("x".repeat(300_000)))]);
  await fixture.store.compact(KEY, [user("short")]);
  const store = await fixture.reopen();
  assert.deepEqual(await store.load(KEY, { charsMax: 100 }), [user("short")]);
  await writeFile(await fixture.sessionPath(), "not read again\n");
  assert.deepEqual(await store.load(KEY, ALL), [user("short")]);
  await store.append(KEY, [stored(answer("long"))]);
  assert.deepEqual(await store.load(KEY, ALL), [user("short"), answer("long")]);
});

test("[P117] usageOf() gives the sum of what was added, also after a restart", async () => {
  await using fixture = await openFixture();
  const { store } = fixture;
  assert.deepEqual(await store.usageOf(KEY), NO_SESSION_USAGE);
  const once: SessionUsage = {
    calls: 2,
    tokens: { ...NO_USAGE, inputTokens: 100, cachedInputTokens: 60, outputTokens: 7 },
    cost: { usd: 0.25, status: "actual" },
    contextTokens: 40,
  };
  await store.addUsage(KEY, once);
  await store.addUsage(KEY, { ...once, cost: { usd: 0, status: "unknown" }, contextTokens: 50 });
  const sum: SessionUsage = {
    calls: 4,
    tokens: { ...NO_USAGE, inputTokens: 200, cachedInputTokens: 120, outputTokens: 14 },
    cost: { usd: 0.25, status: "unknown" },
    contextTokens: 50,
  };
  assert.deepEqual(await store.usageOf(KEY), sum);
  const again = await fixture.reopen();
  assert.deepEqual(await again.usageOf(KEY), sum);
  await again.compact(KEY, [user("short")]);
  assert.deepEqual(await again.usageOf(KEY), { ...sum, contextTokens: 0 });
});

test("[P184] setTitle() and choose() keep what people said of a session, also after a restart", async () => {
  await using fixture = await openFixture();
  await fixture.store.append(KEY, [stored(user("hello"))]);
  await fixture.store.setTitle(KEY, "Greetings");
  await fixture.store.choose(KEY, { reasoningEffort: "low" });
  await fixture.store.choose(KEY, { model: "m", provider: "p", showsReasoning: true });
  const again = await fixture.reopen();
  const { title, choices } = await again.describe(KEY) ?? {};
  assert.equal(title, "Greetings");
  assert.deepEqual(choices, { model: "m", provider: "p", showsReasoning: true });
  await again.reset(KEY);
  assert.equal(await again.describe(KEY), undefined, "they end with the session");
  const [old] = await again.known();
  assert.deepEqual([old?.title, old?.isCurrent], ["Greetings", false]);
});

test("[P184] resume() makes an earlier session the current one, and takes it from where it was", async () => {
  await using fixture = await openFixture();
  const { store } = fixture;
  const other = "agent:main:mattermost:channel:town:alice" as SessionKey;
  await store.append(KEY, [stored(user("first"))]);
  const first = await store.describe(KEY);
  await store.reset(KEY);
  await store.append(KEY, [stored(user("second"))]);
  assert.equal(await store.resume(KEY, "20200101_000000_00000000"), false);
  assert.equal(await store.resume(KEY, first?.id ?? ""), true);
  assert.deepEqual(await store.load(KEY, ALL), [user("first")]);
  const moved = await Promise.all([
    store.resume(other, first?.id ?? ""),
    store.append(KEY, [stored(user("meanwhile"))]),
  ]);
  assert.equal(moved[0], true);
  assert.match((await store.load(other, ALL))[0]?.text ?? "", /^first/);
  const again = await fixture.reopen();
  assert.equal((await again.describe(other))?.id, first?.id);
  assert.notEqual((await again.describe(KEY))?.id, first?.id);
  assert.equal((await again.known()).filter(({ id }) => id === first?.id).length, 1);
});

test("[P184] fork() goes on in a copy, and leaves what was copied as it was", async () => {
  await using fixture = await openFixture();
  const { store } = fixture;
  assert.equal(await store.fork(KEY), false);
  await store.append(KEY, [stored(user("hello"))]);
  await store.setTitle(KEY, "Greetings");
  const first = await store.describe(KEY);
  assert.equal(await store.fork(KEY), true);
  const copy = await store.describe(KEY);
  assert.notEqual(copy?.id, first?.id);
  assert.equal(copy?.title, "Greetings");
  assert.deepEqual(await store.load(KEY, ALL), [user("hello")]);
  await store.append(KEY, [stored({ role: "assistant", text: "hi", toolCalls: [] })]);
  await store.resume(KEY, first?.id ?? "");
  assert.deepEqual(await store.load(KEY, ALL), [user("hello")]);
  const again = await fixture.reopen();
  await again.resume(KEY, copy?.id ?? "");
  assert.equal((await again.load(KEY, ALL)).length, 2);
});

test("[P185] saidPosts() gives what can be taken back, and lastUsedAtMs() when it was said", async () => {
  await using fixture = await openFixture();
  const { store } = fixture;
  assert.deepEqual(await store.saidPosts(KEY), []);
  assert.equal(await store.lastUsedAtMs(KEY), undefined);
  await store.append(KEY, [{ ...stored(user("one")), postId: "p1" }]);
  await store.append(KEY, [{ ...stored(user("two")), postId: "p2", atMs: AT_MS + 60_000 }]);
  assert.deepEqual(await store.saidPosts(KEY), [
    { postId: "p1", text: "one" },
    { postId: "p2", text: "two" },
  ]);
  assert.equal(await store.lastUsedAtMs(KEY), AT_MS + 60_000);
  await store.rewind(KEY, "p2");
  assert.deepEqual((await store.saidPosts(KEY)).map(({ postId }) => postId), ["p1"]);
  const again = await fixture.reopen();
  assert.equal(await again.lastUsedAtMs(KEY), AT_MS + 60_000);
  await again.append(KEY, [{ ...stored(user("three")), atMs: AT_MS + 90_000 }]);
  assert.equal(await again.lastUsedAtMs(KEY), AT_MS + 90_000);
  await again.compact(KEY, [user("summary")]);
  assert.deepEqual(await again.saidPosts(KEY), [], "what was summed up stays");
});

test("[P167] rename() and remove() reach sessions that have ended, also after a restart", async () => {
  await using fixture = await openFixture();
  const { store } = fixture;
  await store.append(KEY, [stored(user("one"))]);
  const first = await store.describe(KEY);
  await store.reset(KEY);
  await store.append(KEY, [stored(user("two"))]);
  const second = await store.describe(KEY);
  assert.ok(first !== undefined && second !== undefined);
  assert.equal(await store.rename(first.id, "First"), true);
  assert.equal(await store.rename("20200101_000000_00000000", "Nothing"), false);
  assert.equal((await store.describe(KEY))?.id, second.id, "the current one stays that");
  await store.remove([second.id]);
  assert.equal(await store.describe(KEY), undefined);
  assert.deepEqual(await store.load(KEY, ALL), []);
  const known = await (await fixture.reopen()).known();
  assert.deepEqual(known, [{ ...first, title: "First", isCurrent: false }]);
  assert.deepEqual((await readdir(fixture.folder)).sort(), [`${first.id}.jsonl`, "index.jsonl"]);
});

test("an index that is missing is made again from the headers", async () => {
  await using fixture = await openFixture();
  const other = "agent:main:mattermost:dm:other" as SessionKey;
  await fixture.store.append(KEY, [stored(user("old"))]);
  await fixture.store.reset(KEY);
  await fixture.store.append(KEY, [{ atMs: AT_MS + 60_000, message: user("new") }]);
  await fixture.store.append(other, [stored(user("other"))]);
  await rm(join(fixture.folder, "index.jsonl"));
  await writeFile(join(fixture.folder, "notes.txt"), "not a session");
  const store = await fixture.reopen();
  assert.deepEqual(await store.load(KEY, ALL), [user("new")]);
  assert.deepEqual(await store.load(other, ALL), [user("other")]);
  assert.equal(fixture.logged("sessions.index_rebuilt")[0]?.sessions, 2);
});

test("an index that names a file outside of the folder is not followed", async () => {
  await using fixture = await openFixture();
  await mkdir(fixture.folder);
  const line = { key: KEY, id: "../../etc/passwd", createdAtMs: 1 };
  await writeFile(join(fixture.folder, "index.jsonl"), `${JSON.stringify(line)}\n`);
  assert.equal(await fixture.store.describe(KEY), undefined);
});

test("a session of a newer version is refused, untouched, and can be reset", async () => {
  await using fixture = await openFixture();
  await fixture.store.append(KEY, [stored(user("one"))]);
  const path = await fixture.sessionPath();
  const newer = '{"hermes":"session","version":2}\n{"from":"the future"}\n';
  await writeFile(path, newer);
  const store = await fixture.reopen();
  const refusal = { code: "sessions.newer_version", message: /its format 2 is newer/ };
  await assert.rejects(store.load(KEY, ALL), refusal);
  await assert.rejects(store.append(KEY, [stored(user("two"))]), refusal);
  assert.equal(await readFile(path, "utf8"), newer);
  await store.reset(KEY);
  await store.append(KEY, [stored(user("three"))]);
  assert.deepEqual(await store.load(KEY, ALL), [user("three")]);
});

test("a folder that cannot be made is an error that says so, and the next call tries again", async () => {
  await using fixture = await openFixture();
  await writeFile(fixture.folder, "in the way");
  await assert.rejects(fixture.store.load(KEY, ALL), { name: "FileError" });
  await rm(fixture.folder);
  assert.deepEqual(await fixture.store.load(KEY, ALL), []);
});

test("close() waits for what was asked before, and refuses what comes after", async () => {
  await using fixture = await openFixture();
  const appended = fixture.store.append(KEY, [stored(user("one"))]);
  await fixture.store.close();
  await appended;
  assert.throws(() => fixture.store.load(KEY, ALL), /closed/);
  assert.deepEqual(await (await fixture.reopen()).load(KEY, ALL), [user("one")]);
});

test("[P23] session files and the index are 0600 in a folder of 0700", async () => {
  await using fixture = await openFixture();
  await mkdir(fixture.folder, { mode: 0o755 });
  await fixture.store.append(KEY, [stored(user("one"))]);
  const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
  assert.equal(await modeOf(fixture.folder), 0o700);
  assert.equal(await modeOf(await fixture.sessionPath()), 0o600);
  assert.equal(await modeOf(join(fixture.folder, "index.jsonl")), 0o600);
  await rm(join(fixture.folder, "index.jsonl"));
  await (await fixture.reopen()).load(KEY, ALL);
  assert.equal(await modeOf(join(fixture.folder, "index.jsonl")), 0o600);
});

test("[P22] a message opens no other session's file, of 10,000 that would fail or be made", async () => {
  await using fixture = await openFixture();
  await mkdir(fixture.folder);
  const index: string[] = [];
  for (let number = 0; number < 10_000; number++) {
    const id = `20260101_000000_${number.toString(16).padStart(8, "0")}`;
    index.push(JSON.stringify({ key: `key ${number}`, id, createdAtMs: 1 }));
    if (number % 100 !== 0) continue; // Opening a file that is missing would make it.
    await writeFile(join(fixture.folder, `${id}.jsonl`), '{"hermes":"session","version":99}\n');
  }
  const indexPath = join(fixture.folder, "index.jsonl");
  await writeFile(indexPath, `${index.join("\n")}\n`);
  await fixture.store.append(KEY, [stored(user("one"))]);
  assert.deepEqual(await fixture.store.load(KEY, ALL), [user("one")]);
  assert.equal((await readFile(indexPath, "utf8")).split("\n").length, 10_002);
  assert.equal((await fixture.sessionPaths()).length, 101);
  await assert.rejects(fixture.store.load("key 9900" as SessionKey, ALL), {
    code: "sessions.newer_version",
  });
  await writeFile(indexPath, "read only once\n");
  await fixture.store.append(KEY, [stored(answer("two"))]);
  assert.deepEqual(await fixture.store.load(KEY, ALL), [user("one"), answer("two")]);
});

test("[P22] a message reads only the end of a session of 10,000 and writes only itself", async () => {
  await using fixture = await openFixture();
  const turns = Array.from(
    { length: 5_000 },
    (_, index) => [stored(user(`question ${index} ${"x".repeat(100)}`)), stored(answer("yes"))],
  ).flat();
  await fixture.store.append(KEY, turns);
  const path = await fixture.sessionPath();
  const whole = await readFile(path, "utf8");
  const headerEnd = whole.indexOf("\n") + 1;
  const damagedEnd = whole.indexOf("question 4000");
  const damaged = "x\n".repeat(damagedEnd).slice(headerEnd, damagedEnd);
  await writeFile(path, whole.slice(0, headerEnd) + damaged + whole.slice(damagedEnd));

  const store = await fixture.reopen();
  const before = await stat(path);
  await store.append(KEY, [stored(user("last"))]);
  const after = await stat(path);
  const line = `${JSON.stringify(stored(user("last")))}\n`;
  assert.equal(after.size - before.size, line.length);
  assert.equal(after.ino, before.ino);
  const loaded = await store.load(KEY, { charsMax: 10_000 });
  assert.deepEqual(loaded.at(-1), user("last"));
  assert.deepEqual(fixture.logged("sessions.bad_lines"), [], "the damaged part was not read");
  await store.load(KEY, { charsMax: 10_000_000 });
  assert.equal(fixture.logged("sessions.bad_lines").length, 1, "it would have been reported");
});

function user(text: string): Message {
  return { role: "user", text };
}

function answer(text: string): Message {
  return { role: "assistant", text, toolCalls: [] };
}

function stored(message: Message): StoredMessage {
  return { atMs: AT_MS, message };
}

/** How many messages of whole turns, from the end, hold at most `charsMax` characters. */
function newestCount(messages: readonly StoredMessage[], charsMax: number): number {
  let count = 0;
  for (let chars = 0; count < messages.length; count += 2) {
    const turn = messages.slice(-count - 2, messages.length - count);
    chars += turn.reduce((sum, { message }) => sum + message.text.length, 0);
    if (chars > charsMax) break;
  }
  return count;
}

interface Fixture extends AsyncDisposable {
  readonly folder: string;
  readonly store: SessionStore;
  /** Another store on the same folder, as after a restart. */
  reopen(): Promise<SessionStore>;
  logged(event: string): LogFields[];
  sessionPaths(): Promise<string[]>;
  /** The file of the only session there is. */
  sessionPath(): Promise<string>;
}

async function openFixture(): Promise<Fixture> {
  const dir = await tempDir();
  const folder = join(dir.path, "sessions");
  const lines: { event: string; fields: LogFields }[] = [];
  const random = seededRandom(1);
  const stores: SessionStore[] = [];
  const open = () => {
    const store = openJsonSessionStore({
      folder,
      clock: new FakeClock(AT_MS),
      random,
      log: (_level, event, fields) => lines.push({ event, fields: fields ?? {} }),
    });
    stores.push(store);
    return store;
  };
  const sessionPaths = async () =>
    (await readdir(folder)).filter((name) => name !== "index.jsonl").map((name) =>
      join(folder, name)
    );
  return {
    folder,
    store: open(),
    reopen: () => Promise.resolve(open()),
    logged: (event) => lines.filter((line) => line.event === event).map((line) => line.fields),
    sessionPaths,
    sessionPath: async () => (await sessionPaths())[0] ?? "",
    [Symbol.asyncDispose]: async () => {
      await Promise.all(stores.map((store) => store.close()));
      await dir[Symbol.asyncDispose]();
    },
  };
}
