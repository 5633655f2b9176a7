import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Compactor } from "../../src/agent/compactor.ts";
import { compressSession } from "../../src/agent/compress_session.ts";
import { ModelChain } from "../../src/models/model_chain.ts";
import { silentLog } from "../../src/runtime/log.ts";
import { ScriptedModel } from "../../src/sandbox/scripted_model.ts";
import { openJsonSessionStore } from "../../src/sessions/json_session_store.ts";
import type { SessionKey } from "../../src/sessions/session_store.ts";
import type { Message } from "../../src/transcript/message.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { tempDir } from "../support/temp_dir.ts";

const KEY = "agent:main:test" as SessionKey;
const never = new AbortController().signal;
const request = { sessionKey: KEY, charsMax: 100_000 };

test("[P118] compressSession() sums up a session that is far from full, around a topic", async () => {
  await using dir = await tempDir();
  const clock = new FakeClock();
  const folder = join(dir.path, "sessions");
  const sessions = openJsonSessionStore({ folder, clock, random: seededRandom(1), log: silentLog });
  const model = new ScriptedModel("All about tea.");
  const models = new ModelChain([model], clock);
  const compactor = new Compactor({
    models: [model],
    clock,
    log: silentLog,
    redact: (text) => text,
    unfinished: (key) => key === KEY ? "[ ] 1. buy tea" : "",
  });
  const deps = { sessions, compactor, models, triggerShare: 0.5 };
  assert.deepEqual(await compressSession(request, deps, never), { kind: "nothing_to_gain" });

  const said = Array.from({ length: 10 }, (_, index): Message[] => [
    { role: "user", text: `question ${index} ${"x".repeat(200)}` },
    { role: "assistant", text: `answer ${index} ${"y".repeat(200)}`, toolCalls: [] },
  ]).flat();
  await sessions.append(KEY, said.map((message) => ({ atMs: 0, message })));
  const outcome = await compressSession({ ...request, topic: "tea" }, deps, never);
  assert(outcome.kind === "compressed" && outcome.how === "summarized");
  assert.ok(outcome.tokensAfter < outcome.tokensBefore / 2);
  assert.match(model.requests[0]?.messages[0]?.text ?? "", /# To be kept above all\n\ntea/);
  const [summary, ...rest] = await sessions.load(KEY, { charsMax: 100_000 });
  assert.match(
    summary?.text ?? "",
    /All about tea\.\n\n## Steps that are not done\n\[ \] 1\. buy tea/,
  );
  assert.deepEqual(rest.at(-1), said.at(-1));
  assert.equal((await sessions.usageOf(KEY)).calls, 1);
  await sessions.close();
});
