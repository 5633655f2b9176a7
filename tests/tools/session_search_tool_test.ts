import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../../src/runtime/clock.ts";
import { silentLog } from "../../src/runtime/log.ts";
import { openJsonSessionStore } from "../../src/sessions/json_session_store.ts";
import { SessionSearch } from "../../src/sessions/search/session_search.ts";
import type { SessionKey } from "../../src/sessions/session_store.ts";
import { createSessionSearchTool } from "../../src/tools/session_search_tool.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { tempDir } from "../support/temp_dir.ts";
import { toolContext } from "../support/tool_context.ts";

const { signal } = new AbortController();
const DM = "agent:main:mattermost:dm:alice" as SessionKey;
const ALICE = { id: "alice-id", name: "alice" };
const BOB = { id: "bob-id", name: "bob" };
const HERE = "agent:main:mattermost:channel:here" as SessionKey;

async function lab(options: { readonly readsAll?: boolean } = {}) {
  const dir = await tempDir();
  const folder = join(dir.path, "sessions");
  const random = seededRandom(5);
  const store = openJsonSessionStore({ folder, clock: systemClock, random, log: silentLog });
  const search = new SessionSearch({ folder, log: silentLog });
  const { readsAll = false } = options;
  const tool = createSessionSearchTool({ search, timeZone: "UTC", readsAll });
  let atMs = Date.UTC(2026, 0, 1, 12);
  return {
    say: async (key: SessionKey, personId: string, text: string) => {
      atMs += 60_000;
      await store.append(key, [
        { atMs, message: { role: "user", text }, personId },
        { atMs, message: { role: "assistant", text: `You said ${text}`, toolCalls: [] } },
      ]);
    },
    run: (input: unknown, parts: Parameters<typeof toolContext>[0] = {}) => {
      const context = toolContext({ sessionKey: HERE, person: ALICE, ...parts });
      return tool.run(tool.input.parse(input), context, signal);
    },
    [Symbol.asyncDispose]: async () => {
      await store.close();
      await dir[Symbol.asyncDispose]();
    },
  };
}

test("[P139] session_search finds, marks the words, and reads the session it found", async () => {
  await using at = await lab();
  await at.say(DM, ALICE.id, "The deploy key of atlas is in the vault");
  const found = await at.run({ query: "atlas vault" });
  const id = found.match(/^\[(\d{8}_\d{6}_[0-9a-f]{8})\] Jan 1, 2026, 12:01/)?.[1];
  assert.match(found, />>>atlas<<< is in the >>>vault<<</);
  const whole = await at.run({ session_id: id });
  assert.match(whole, /\n0\. user: The deploy key .*\n1\. assistant: You said The deploy key/);
  assert.match(await at.run({ session_id: id, around: 1, window: 1 }), /\n0\. user/);
  await assert.rejects(at.run({ session_id: id, around: 9, window: 1 }), /no line 9/);
});

test("[P139] session_search shows a person nothing of another's", async () => {
  await using at = await lab();
  await at.say(DM, ALICE.id, "my salary is secret");
  assert.match(await at.run({ query: "salary" }, { person: BOB }), /Nothing was found/);
  assert.match(await at.run({}, { person: BOB }), /no earlier conversations/);
  const id = (await at.run({ query: "salary" })).match(/\[(\w+)\]/)?.[1];
  await assert.rejects(at.run({ session_id: id }, { person: BOB }), /There is no session/);
  await assert.rejects(at.run({ session_id: id }, { person: undefined }), /There is no session/);
});

test("[P139] session_search brings nothing from a direct message to where several people read", async () => {
  await using at = await lab();
  await at.say(DM, ALICE.id, "my salary is secret");
  const shared = { hasSeveralPeople: true };
  assert.match(await at.run({ query: "salary" }, shared), /Nothing was found/);
  const team = "agent:main:mattermost:channel:team" as SessionKey;
  await at.say(team, ALICE.id, "the salary round begins");
  await at.say(team, BOB.id, "fine");
  assert.match(await at.run({ query: "salary" }, shared), /salary<<< round/);
});

test("session_search leaves out the conversation that asks, and lists the newest first", async () => {
  await using at = await lab();
  await at.say(HERE, ALICE.id, "atlas here");
  await at.say(DM, ALICE.id, "first words");
  const other = "agent:main:mattermost:dm:other" as SessionKey;
  await at.say(other, ALICE.id, "newer words");
  assert.match(await at.run({ query: "atlas" }), /Nothing was found/);
  assert.match(await at.run({}), /newer words\n.*first words$/);
});

test("session_search shows the beginning and the end of a long session", async () => {
  await using at = await lab();
  for (let index = 0; index < 20; index++) await at.say(DM, ALICE.id, `number ${index}`);
  const id = (await at.run({ query: "number" })).match(/\[(\w+)\]/)?.[1];
  const text = await at.run({ session_id: id });
  assert.match(text, /\(10 lines are left out: read them with around\)\n30\. user: number 15/);
});

test("session_search at a terminal reads every session", async () => {
  await using at = await lab({ readsAll: true });
  await at.say(DM, ALICE.id, "atlas");
  assert.match(await at.run({ query: "atlas" }, { person: undefined }), />>>atlas<<</);
});
