import assert from "node:assert/strict";
import { test } from "node:test";
import { readTriggerId } from "../../src/mattermost/trigger_id.ts";
import { TriggerSigner } from "../../src/sandbox/trigger_signer.ts";
import { loadRest } from "../contract/recordings.ts";

const signer = new TriggerSigner();
const trigger = { id: "a".repeat(26), userId: "b".repeat(26), atMs: 1_795_384_898_638 };

/** The key of the recorded server. */
function recordedKey(): string {
  const { body } = loadRest("rest-config-client-old-bot").response;
  return String((body as Record<string, unknown>).AsymmetricSigningPublicKey);
}

function recordedTriggers(): string[] {
  return [
    "rest-command-execute-ephemeral",
    "rest-action-click-ephemeral",
    "rest-action-menu-select",
  ]
    .map((name) => {
      const [call] = loadRest(name).callback_request_sent_by_server ?? [];
      return String((call?.decoded ?? call?.body)?.trigger_id);
    });
}

test("[P256] readTriggerId() takes what a real server has signed, and tells who and when", () => {
  for (const triggerId of recordedTriggers()) {
    const reading = readTriggerId(triggerId, recordedKey());
    assert.equal(reading.kind, "trigger");
    assert.match(reading.kind === "trigger" ? reading.trigger.userId : "", /^[a-z0-9]{26}$/);
  }
});

test("[P256] readTriggerId() takes nothing that another key has signed, or nobody", () => {
  const signed = signer.sign(trigger);
  assert.deepEqual(readTriggerId(signed, signer.publicKey), { kind: "trigger", trigger });
  assert.deepEqual(readTriggerId(signed, new TriggerSigner().publicKey), { kind: "forged" });
  assert.deepEqual(readTriggerId(signed, ""), { kind: "forged" });
  assert.deepEqual(readTriggerId(signed, "no key"), { kind: "forged" });
  for (const malformed of ["", "x", btoa("a:b:c:d"), btoa("a:b:1"), btoa("a:b:1:c:d")]) {
    assert.deepEqual(readTriggerId(malformed, signer.publicKey), { kind: "malformed" });
  }
});

test("[P256] readTriggerId() notices each changed part", () => {
  const [id, userId, atMs, signature] = atob(signer.sign(trigger)).split(":");
  const changed = [["c".repeat(26), userId, atMs], [id, "c".repeat(26), atMs], [id, userId, "1"]];
  for (const parts of changed) {
    const triggerId = btoa([...parts, signature].join(":"));
    assert.deepEqual(readTriggerId(triggerId, signer.publicKey), { kind: "forged" });
  }
});
