import assert from "node:assert/strict";
import { test } from "node:test";
import type { Stage } from "./approval_scenarios.ts";

/** What every Mattermost must see of a bot in threads and in groups, beside the other scenarios. */
export function defineThreadScenarios({ world, start }: Stage): void {
  test("[P210] groups are direct messages when told to, and direct messages answered in a way of their own", async () => {
    const { alice, bob, bot, publicChannelId } = world();
    const env = { MATTERMOST_REPLY_MODE: "thread", MATTERMOST_DM_REPLY_MODE: "off" };
    await using _gateway = await start({ env, yaml: "mattermost:\n  group_messages: dm\n" });
    const inGroup = await alice.post(await alice.group(bot.id, bob.id), "without a mention");
    const inChannel = await alice.post(publicChannelId, `@${bot.username} with one`);
    assert.equal((await alice.seesAnswer(bot.id, inGroup)).root_id, "");
    assert.equal((await alice.seesAnswer(bot.id, inChannel)).root_id, inChannel.id);
  });
}
