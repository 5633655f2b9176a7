import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { PairedPeople } from "../../../src/gateway/pairing/paired_people.ts";
import {
  approvedFile,
  ASK_INTERVAL_MS,
  CODE_MS_MAX,
  LOCK_OUT_MS,
  PairingStore,
  PENDING_MAX,
  WRONG_CODES_MAX,
} from "../../../src/gateway/pairing/pairing_store.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { seededRandom } from "../../support/seeded_random.ts";
import { tempDir } from "../../support/temp_dir.ts";

async function lab() {
  const dir = await tempDir();
  const clock = new FakeClock();
  const folder = join(dir.path, "platforms", "pairing");
  const store = new PairingStore({ folder, clock, random: seededRandom(7) });
  const ask = async (name: string) => {
    const offer = await store.ask({ userId: `id-of-${name}`, userName: name });
    return offer.kind === "code" ? offer.code : offer.kind;
  };
  return { clock, folder, store, ask, [Symbol.asyncDispose]: dir[Symbol.asyncDispose] };
}

test("[P216] PairingStore gives a code of which only a hash is kept, and lets in who has it", async () => {
  await using at = await lab();
  const code = await at.ask("mallory");
  assert.match(code, /^[A-HJ-NP-Z2-9]{8}$/);
  const file = join(at.folder, "mattermost-pending.json");
  assert.ok(!(await readFile(file, "utf8")).includes(code));
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const paired = new PairedPeople(approvedFile(at.folder), () => {});
  assert.equal(paired.has("id-of-mallory"), false);

  const person = { userId: "id-of-mallory", userName: "mallory" };
  assert.deepEqual(await at.store.approve(` ${code.toLowerCase()}`), { kind: "approved", person });
  assert.equal(paired.has("id-of-mallory"), true, "at once");
  assert.equal((await at.store.approve(code)).kind, "unknown_code", "a code is good once");
  assert.deepEqual(await at.store.revoke("@Mallory"), person);
  assert.equal(paired.has("id-of-mallory"), false, "at once");
  assert.equal(await at.store.revoke("mallory"), undefined);
});

test("[P216] PairingStore has room for three, and gives nobody a second code within ten minutes", async () => {
  await using at = await lab();
  for (let index = 0; index < PENDING_MAX; index++) {
    assert.match(await at.ask(`m${index}`), /^.{8}$/);
  }
  assert.equal(await at.ask("late"), "full");
  assert.equal(await at.ask("m0"), "too_soon");
  at.clock.advance(ASK_INTERVAL_MS);
  assert.match(await at.ask("m0"), /^.{8}$/, "in place of the first");
  at.clock.advance(CODE_MS_MAX - ASK_INTERVAL_MS);
  assert.deepEqual((await at.store.pending()).map(({ userName }) => userName), ["m0"]);
  assert.match(await at.ask("late"), /^.{8}$/);
  assert.equal(await at.store.clearPending(), 2);
});

test("[P216] PairingStore takes no code after an hour, and none for an hour after five wrong ones", async () => {
  await using at = await lab();
  const old = await at.ask("mallory");
  at.clock.advance(CODE_MS_MAX);
  for (let left = WRONG_CODES_MAX - 1; left >= 0; left--) {
    assert.deepEqual(await at.store.approve(old), { kind: "unknown_code", triesLeft: left });
  }
  const code = await at.ask("mallory");
  const untilMs = at.clock.nowMs() + LOCK_OUT_MS;
  assert.deepEqual(await at.store.approve(code), { kind: "locked", untilMs });
  at.clock.advance(LOCK_OUT_MS);
  assert.equal((await at.store.approve(await at.ask("mallory"))).kind, "approved");
});

test("[P216] PairedPeople knows whom the original has let in, and nobody of a damaged file", async () => {
  await using at = await lab();
  await at.store.clearPending();
  const path = approvedFile(at.folder);
  const logged: string[] = [];
  const paired = new PairedPeople(path, (_level, event) => void logged.push(event));
  await writeFile(path, '{"id-of-alice": {"user_name": "alice", "approved_at": 1750000000.5}}');
  assert.equal(paired.has("id-of-alice"), true);
  await writeFile(path, '{"id-of-alice": ');
  assert.equal(paired.has("id-of-alice"), false);
  assert.deepEqual(logged, ["pairing.not_read"]);
  await assert.rejects(at.store.approved(), { code: "pairing.unusable_file" });
});
