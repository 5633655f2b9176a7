import assert from "node:assert/strict";
import { test } from "node:test";
import { SessionTitler } from "../../src/gateway/session_life/session_titler.ts";
import type { ModelClient } from "../../src/models/model_client.ts";
import { ScriptedModel } from "../../src/sandbox/scripted_model.ts";
import { openJsonSessionStore } from "../../src/sessions/json_session_store.ts";
import type { SessionKey, SessionStore } from "../../src/sessions/session_store.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { tempDir } from "../support/temp_dir.ts";

const KEY = "agent:main:mattermost:dm:town" as SessionKey;
const SAID = "please compare the two offers";

/** A session with one exchange. Gives the title that it gets, once `titles` have been set. */
async function titled(
  model: ModelClient | undefined,
  titles: number,
  prepare: (sessions: SessionStore) => Promise<void> = () => Promise.resolve(),
): Promise<string | undefined> {
  await using folder = await tempDir();
  const clock = new FakeClock();
  const log = () => {};
  const sessions = openJsonSessionStore({
    folder: folder.path,
    clock,
    random: seededRandom(1),
    log,
  });
  const message = { role: "user", text: SAID } as const;
  const answer = { role: "assistant", text: "The first.", toolCalls: [] } as const;
  await sessions.append(KEY, [{ atMs: 1, postId: "p", message }, { atMs: 2, message: answer }]);
  await prepare(sessions);
  const seen = Promise.withResolvers<void>();
  let left = titles;
  const titler = new SessionTitler({
    sessions,
    model,
    clock,
    log: (_, event) => {
      if (event === "session.titled" && --left === 0) seen.resolve();
    },
  });
  titler.note(KEY, { postId: "p", text: SAID });
  if (titles > 0) await seen.promise;
  await titler.close();
  const title = (await sessions.describe(KEY))?.title;
  await sessions.close();
  return title;
}

test("[P184] SessionTitler names a session by its first words, where no model is named for it", async () => {
  assert.equal(await titled(undefined, 1), SAID);
});

test("[P184] SessionTitler takes the title of a model, without what models put around it", async () => {
  const model = new ScriptedModel('Title: "Comparing two offers."');
  assert.equal(await titled(model, 2), "Comparing two offers");
  const [request] = model.requests;
  assert.match(request?.messages[0]?.text ?? "", /compare the two offers[\s\S]*The first\./);
  assert.deepEqual(request?.tools, []);
});

test("[P184] SessionTitler leaves the name that a person gave", async () => {
  const model = new ScriptedModel();
  const prepare = (sessions: SessionStore) => sessions.setTitle(KEY, "Offers");
  assert.equal(await titled(model, 0, prepare), "Offers");
  assert.equal(model.requests.length, 0);
});

test("[P184] SessionTitler keeps the first words when the model fails", async () => {
  assert.equal(await titled(new ScriptedModel(new Error("gone")), 1), SAID);
});
