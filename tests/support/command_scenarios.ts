import assert from "node:assert/strict";
import { test } from "node:test";
import type { Stage } from "./approval_scenarios.ts";

/** What every Mattermost must see of a bot to which people type commands. */
export function defineCommandScenarios({ world, start }: Stage): void {
  test("[P182] commands reach the bot in each form in which people can type them", async () => {
    await using _gateway = await start();
    const { alice, bot, publicChannelId } = world();
    const direct = await alice.direct(bot.id);
    const says = async (channelId: string, text: string, rootId = "") => {
      const asked = await alice.post(channelId, text, rootId);
      const answer = await alice.seesAnswer(bot.id, asked);
      assert.equal(answer.root_id, rootId);
      return answer.message;
    };
    const root = await alice.post(publicChannelId, "a topic");
    const name = `@${bot.username}`;
    for (const text of ["!whoami", " /whoami", "/WhoAmI", `${name} /whoami`, `${name} !whoami`]) {
      assert.match(await says(direct, text), /^You are \*\*alice/, text);
      if (!text.startsWith("@")) continue;
      assert.match(await says(publicChannelId, text), /^You are \*\*alice/, text);
      assert.match(await says(publicChannelId, text, root.id), /^You are \*\*alice/, text);
    }
    assert.match(await says(direct, "!whoam"), /Did you mean `!whoami`\?/);
    assert.equal(await says(direct, "`!whoami`"), "heard: `!whoami`");
  });

  test("[P184] [P185] a conversation is named, left, resumed, taken back and asked again", async () => {
    await using gateway = await start();
    const { alice, bot } = world();
    const direct = await alice.direct(bot.id);
    const ask = async (text: string) => {
      const asked = await alice.post(direct, text);
      const answer = await alice.seesAnswer(bot.id, asked);
      await gateway.answered(asked.id); // Who is quicker ends or joins what runs.
      return answer.message;
    };
    await ask("one");
    await ask("two");
    assert.match(await ask("!undo"), /from `two` on/);
    assert.equal(await ask("three"), "heard: one | three");
    assert.equal(await ask("!retry"), "heard: one | three");
    assert.equal(await ask("!title Numbers"), "This conversation is `Numbers` now.");
    assert.match(await ask("!new"), /^🆕/);
    assert.equal(await ask("four"), "heard: four");
    assert.equal(await ask("!resume numbers"), "⏪ Back in `Numbers`, with 4 messages.");
    assert.equal(await ask("five"), "heard: one | three | five");
  });
}
