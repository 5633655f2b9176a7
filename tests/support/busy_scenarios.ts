import assert from "node:assert/strict";
import { test } from "node:test";
import type { Stage } from "./approval_scenarios.ts";
import type { SeenPost } from "./chat_person.ts";
import { userTexts } from "./model_server.ts";

/** What becomes of messages, edits and deletions while the bot works, on every Mattermost. */
export function defineBusyScenarios({ world, model, start }: Stage): void {
  const edit = ({ id }: SeenPost, message: string) =>
    world().alice.request("PUT", `/posts/${id}/patch`, { message });
  /** What the bot has in a channel since a post, oldest first. */
  const answersSince = async (asked: SeenPost) =>
    (await world().alice.posts(asked.channel_id)).filter(({ user_id, create_at }) =>
      user_id === world().bot.id && create_at >= asked.create_at
    );
  /** A model that begins an answer to `word` and never ends it, and tells what else it hears. */
  const hangsAt = (word: string) => {
    model().answer = (request) => {
      const heard = userTexts(request).at(-1) ?? "";
      return heard.includes(word)
        ? { kind: "halting", text: `Thinking about ${word} now `, rest: new Promise(() => {}) }
        : { kind: "text", text: `heard: ${heard}` };
    };
  };

  test("[P190] [P195] [P196] a newer message, an edit and a deletion end what is under way", async () => {
    const { alice, bot } = world();
    await using gateway = await start();
    const directId = await alice.direct(bot.id);
    hangsAt("riddle");
    const first = await alice.post(directId, "a riddle please");
    const draft = await alice.sees(({ user_id, message }) =>
      user_id === bot.id && message.startsWith("Thinking about riddle")
    );
    const second = await alice.post(directId, "no, a poem");
    await gateway.answered(first.id);
    await gateway.answered(second.id);
    const texts = (await answersSince(first)).map(({ message }) => message);
    assert.deepEqual(texts, [
      "Thinking about riddle now\n\n_(Interrupted by the next message.)_",
      "heard: no, a poem",
    ]);
    assert.equal((await answersSince(first))[0]?.id, draft.id);

    const third = await alice.post(directId, "another riddle");
    const growing = await alice.sees(({ user_id, message, create_at }) =>
      user_id === bot.id && create_at >= third.create_at && message.startsWith("Thinking")
    );
    await edit(third, "another song");
    await gateway.answered(third.id);
    const edited = (await answersSince(third)).map(({ id, message }) => [id, message]);
    assert.deepEqual(edited, [[growing.id, "heard: another song"]]);

    const fourth = await alice.post(directId, "a last riddle");
    await alice.sees(({ user_id, message, create_at }) =>
      user_id === bot.id && create_at >= fourth.create_at && message.startsWith("Thinking")
    );
    await alice.request("DELETE", `/posts/${fourth.id}`);
    await gateway.logged("gateway.dropped", ({ postId }) => postId === fourth.id);
    const fifth = await alice.post(directId, "thank you");
    await gateway.answered(fifth.id);
    const left = (await answersSince(fourth)).map(({ message }) => message);
    assert.deepEqual(left, ["heard: thank you"]);
  });

  test("[P197] a mention that is added by an edit is answered", async () => {
    const { alice, bot, publicChannelId } = world();
    await using gateway = await start();
    const asked = await alice.post(publicChannelId, "what is the answer?");
    await gateway.logged("gateway.ignored", ({ postId }) => postId === asked.id);
    await edit(asked, `@${bot.username} what is the answer?`);
    await gateway.answered(asked.id);
    assert.equal((await answersSince(asked))[0]?.message, "heard: what is the answer?");
  });
}
