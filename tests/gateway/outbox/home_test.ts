import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { HomeKeeper } from "../../../src/gateway/outbox/home_keeper.ts";
import { inboundMessage } from "../../support/inbound.ts";
import { OutboxLab } from "./outbox_lab.ts";

const EVERYBODY = { admins: new Set<string>(), userCommands: new Set<string>() };

async function keep(outbox: OutboxLab): Promise<HomeKeeper> {
  const deps = outbox.deps();
  const { courier } = outbox.courier();
  const path = join(outbox.folderPath, "..", "home.json");
  const admins = new Set([outbox.lab.sandbox.user("alice").id]);
  const access = { dm: { ...EVERYBODY, admins }, channel: EVERYBODY };
  return await HomeKeeper.open({ ...deps, courier, access, path });
}

test("[P244] HomeKeeper hints once that there is no home channel, and to an admin alone", async () => {
  await using outbox = await OutboxLab.start();
  const { sandbox } = outbox.lab;
  const keeper = await keep(outbox);
  const heard = (name: string) => {
    const sender = { senderId: sandbox.user(name).id, senderName: name };
    const channelId = sandbox.as(name).direct("hermes").id;
    keeper.heard(inboundMessage({ ...sender, channelId }));
  };
  heard("bob");
  heard("alice");
  heard("alice");
  const hint = await sandbox.posted((post) => post.message.includes("No home channel is set"));
  assert.equal(hint.channel_id, sandbox.as("alice").direct("hermes").id);
  heard("alice");
  await keeper.close();
  const again = await keep(outbox);
  outbox.clock.advance(30 * 86_400_000);
  again.heard(inboundMessage({ senderId: sandbox.user("alice").id }));
  await again.close();
  assert.equal(outbox.posts().length, 1);
});

test("[P244] HomeKeeper tells the last admin when the home channel cannot be used, once a day", async () => {
  await using outbox = await OutboxLab.start();
  const { sandbox } = outbox.lab;
  const general = sandbox.world.channelNamed("general")?.id ?? "";
  outbox.home.move({ channelId: general, threadId: undefined });
  const first = await keep(outbox);
  first.heard(inboundMessage({ senderId: sandbox.user("alice").id }));
  await first.close();
  sandbox.admin.archive("general");
  for (let start = 0; start < 3; start++) {
    const keeper = await keep(outbox);
    keeper.check();
    await outbox.lab.logLine("home.unusable", start);
    await sandbox.posted((post) => post.message.includes("cannot post in my home channel"));
    await keeper.close();
  }
  const [told, ...more] = outbox.posts();
  assert.equal(told?.channel_id, sandbox.as("alice").direct("hermes").id);
  assert.match(told?.message ?? "", /: ~general is archived\. Write `!sethome`/);
  assert.deepEqual(more, []);
});
