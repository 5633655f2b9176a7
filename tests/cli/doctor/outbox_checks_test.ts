import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { OutboxFolder } from "../../../src/gateway/outbox/outbox_folder.ts";
import { silentLog } from "../../../src/runtime/log.ts";
import { DoctorLab } from "./doctor_lab.ts";

test("[P249] checkOutbox() tells what waits and what failed, and of hooks that cannot be read", async () => {
  await using lab = await DoctorLab.open();
  const see = async (name: string) => {
    const { status, message } = (await lab.examine()).named(name);
    return `${status}: ${message}`;
  };
  const folder = new OutboxFolder(join(lab.home, "state", "outbox"), silentLog);
  const target = { kind: "channel", channel: "~general", threadId: undefined } as const;
  const message = { id: "m", target, text: "hi", files: [], urgency: "now" } as const;
  const entry = await folder.add(message, Date.now());
  assert.match(await see("outbox"), /^ok: 1 message in the outbox, for /);
  await folder.write({ ...entry, queuedAtMs: Date.now() - 7_300_000 });
  assert.equal(await see("outbox"), "warning: 1 message in the outbox, for 2 h by now");
  await folder.write({
    ...entry,
    state: { kind: "failed", reason: "it is gone", atMs: Date.now() },
  });
  assert.equal(
    await see("outbox"),
    "warning: A message to ~general could not be posted: it is gone",
  );
  await writeFile(join(lab.home, "hooks.json"), '{"version": 1, "hooks": []}');
  assert.equal((await lab.examine()).checks.some(({ name }) => name === "hooks"), false);
  await writeFile(join(lab.home, "hooks.json"), "{");
  assert.match(await see("hooks"), /^failure: Cannot read ".*hooks\.json": it does not hold hooks/);
});
