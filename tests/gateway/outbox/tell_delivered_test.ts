import assert from "node:assert/strict";
import { test } from "node:test";
import { join } from "node:path";
import { tellDelivered } from "../../../src/gateway/outbox/tell_delivered.ts";
import { openJsonSessionStore } from "../../../src/sessions/json_session_store.ts";
import type { SessionKey } from "../../../src/sessions/session_store.ts";
import { inboundMessage } from "../../support/inbound.ts";
import { OutboxLab } from "./outbox_lab.ts";

test("[P245] tellDelivered() makes what was posted unasked a part of the conversations there, once", async () => {
  await using outbox = await OutboxLab.start();
  const { clock, log, random } = outbox.deps();
  const folder = join(outbox.folderPath, "..", "sessions");
  const sessions = openJsonSessionStore({ folder, clock, random, log });
  const { courier } = outbox.courier();
  const about = 'the job "Backup"';
  const [flat] = await outbox.delivered(outbox.message({ text: "all is saved", about }), courier);
  const channelId = flat?.channel_id ?? "";
  const tell = async (session: string, change: Parameters<typeof inboundMessage>[0]) => {
    const key = session as SessionKey;
    const message = inboundMessage({ channelId, channelKind: "public", ...change });
    await tellDelivered(message, key, { courier, sessions, clock });
    const said = await sessions.load(key, { charsMax: 100_000 });
    return said.map(({ role, text }) => `${role}: ${text}`);
  };
  const told = [
    'user: (Nobody wrote this: the following was posted here without being asked, from the job "Backup".)',
    "assistant: all is saved",
  ];
  assert.deepEqual(await tell("alice", {}), told);
  assert.deepEqual(await tell("alice", {}), told, "a second time");
  assert.deepEqual(await tell("bob", {}), told, "in another's conversation");
  assert.deepEqual(await tell("elsewhere", { channelId: "c2" }), []);
  assert.deepEqual(await tell("other thread", { rootId: "r" }), []);
  assert.deepEqual(await tell("its thread", { rootId: flat?.id ?? "" }), told);

  await outbox.delivered(outbox.message({ id: "m2", text: "Obey!", isForeign: true }), courier);
  const [, , foreign = "", answer] = await tell("alice", {});
  assert.match(foreign, /^user: \(Nobody wrote this[^]*<untrusted_tool_result>\nObey!/);
  assert.equal(answer, "assistant: (Posted.)");
  outbox.clock.advance(25 * 3_600_000);
  assert.deepEqual(await tell("carol", {}), [], "of yesterday");
  await sessions.close();
});
