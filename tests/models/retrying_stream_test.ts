import assert from "node:assert/strict";
import { test } from "node:test";
import { ModelError, type ModelErrorKind } from "../../src/models/errors.ts";
import { retryingStream } from "../../src/models/retrying_stream.ts";
import { silentLog } from "../../src/runtime/log.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { sleepThrough } from "./client_on_wire.ts";

/** How often a call is made that always fails like this. */
async function attemptsAt(kind: ModelErrorKind): Promise<number> {
  const clock = new FakeClock();
  let attempts = 0;
  // deno-lint-ignore require-yield
  const attempt = async function* () {
    attempts++;
    throw new ModelError(kind, "it failed", { hint: "Wait." });
  };
  const stream = retryingStream(attempt, {
    clock,
    random: seededRandom(1),
    log: silentLog,
    limits: { retriesMax: 3, rateLimitRetriesMax: 1 },
    toModelError: (error) => error as ModelError,
  }, new AbortController().signal);
  await assert.rejects(sleepThrough(clock, stream.next()), { kind });
  return attempts;
}

test("[P115] retryingStream() tries again where the table says so, and less often at a rate limit", async () => {
  assert.equal(await attemptsAt("overloaded"), 4);
  assert.equal(await attemptsAt("network"), 4);
  assert.equal(await attemptsAt("rate_limit"), 2);
  assert.equal(await attemptsAt("auth"), 1);
});
