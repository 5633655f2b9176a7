import assert from "node:assert/strict";
import { test } from "node:test";
import type { Stage } from "./approval_scenarios.ts";
import { runBinary } from "./binary.ts";
import { STATE_DIR } from "./gateway_process.ts";

/** What every Mattermost must see of scheduled work, beside the other scenarios. */
export function defineCronScenarios({ world, model, start }: Stage): void {
  test("[P236] a reminder comes in the thread in which it was asked for", async () => {
    const { alice, bot, publicChannelId } = world();
    await using _gateway = await start();
    model().answer = (request) => {
      const last = request.messages.at(-1);
      if (JSON.stringify(request.messages[0]).includes("scheduled job")) {
        return { kind: "text", text: "Time for tea!" };
      }
      if (last?.role === "tool") return { kind: "text", text: String(last.content) };
      const order = { action: "create", schedule: "in 2 seconds", prompt: "Tea", name: "Tea" };
      return { kind: "tool_call", name: "cronjob", arguments: JSON.stringify(order) };
    };
    const root = await alice.post(publicChannelId, "What a day");
    const asked = await alice.post(
      publicChannelId,
      `@${bot.username} remind us of tea in 2 seconds`,
      root.id,
    );
    const answer = await alice.seesAnswer(bot.id, asked);
    assert.match(answer.message, /^Scheduled\.\n"Tea" \([0-9a-f]{12}\): once, /);
    const reminder = await alice.sees(({ message, user_id }) =>
      user_id === bot.id && message.includes("Time for tea!")
    );
    assert.equal(reminder.root_id, root.id);
  });

  test("[P229] [P234] what a job posts at home can be answered in its thread, where it is known", async () => {
    const { alice, bot, publicChannelId } = world();
    await using gateway = await start({ env: { MATTERMOST_HOME_CHANNEL: publicChannelId } });
    model().answer = (request) => {
      const isJob = JSON.stringify(request.messages[0]).includes("scheduled job");
      if (isJob) return { kind: "text", text: "The disk is at 91 %." };
      const knows = JSON.stringify(request.messages).includes("91 %");
      return { kind: "text", text: knows ? "It knows." : "It does not know." };
    };
    const env = { HERMES_HOME: gateway.home, XDG_STATE_HOME: STATE_DIR };
    const cron = async (...args: readonly string[]) => {
      const { exitCode, stdout, stderr } = await runBinary(["cron", ...args], { env });
      assert.equal(exitCode, 0, stderr);
      return stdout;
    };
    await cron("create", "every day at 9", "Look at the disks", "--name", "Disks");
    await cron("run", "Disks");
    const posted = await alice.sees(({ message, user_id }) =>
      user_id === bot.id && message.includes("The disk is at 91 %.")
    );
    assert.equal(posted.channel_id, publicChannelId);
    const follow = await alice.post(publicChannelId, "and what is to be done?", posted.id);
    assert.equal((await alice.seesAnswer(bot.id, follow)).message, "It knows.");
    const { runs } = JSON.parse(await cron("history", "Disks", "--json"));
    assert.deepEqual(runs[0].post_ids, [posted.id]);
  });
}
