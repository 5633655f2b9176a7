import assert from "node:assert/strict";
import { test } from "node:test";
import type { Stage } from "./approval_scenarios.ts";
import type { SeenPost } from "./chat_person.ts";

/** What people see while the bot works. */
export function defineFeedbackScenarios({ world, model, start }: Stage): void {
  const mention = (text: string) => `@${world().bot.username} ${text}`;
  const fromBot = ({ user_id }: SeenPost) => user_id === world().bot.id;
  /** Reactions of the bot to a post, in the order in which they came and went. */
  const marksOn = ({ id }: SeenPost) =>
    world().alice.reactions.filter((seen) => seen.postId === id && seen.userId === world().bot.id)
      .map(({ change }) => change);
  /** The posts of the bot in a thread or channel, after what was asked. */
  const answersTo = async (asked: SeenPost) =>
    (await world().alice.posts(asked.channel_id)).filter((post) =>
      fromBot(post) && post.create_at >= asked.create_at
    );

  test("[P200] [P202] a message is marked, and its tools are seen at work in the thread of the answer", async () => {
    const { alice, bot, publicChannelId } = world();
    await using gateway = await start({ env: { MATTERMOST_REPLY_MODE: "thread" } });
    const secret = "ghp_" + "a1B2c3D4e5".repeat(4);
    const input = JSON.stringify({ command: `sleep 2 # ${secret}` });
    model().answer = ({ messages }) =>
      messages.at(-1)?.role === "tool"
        ? { kind: "text", text: "All done." }
        : { kind: "tool_call", name: "terminal", arguments: input };
    const asked = await alice.post(publicChannelId, mention("wait a little"));
    await alice.until(() => marksOn(asked).includes("+eyes") || undefined, "👀");
    const working = await alice.sees(
      (post) =>
        fromBot(post) && post.root_id === asked.id && post.message.startsWith("💻 terminal"),
      "the tool at work",
    );
    assert.match(working.message, /^💻 terminal `sleep 2 # .*` …$/);
    await gateway.answered(asked.id);
    const folded = await alice.sees(({ id, message }) =>
      id === working.id && message.startsWith("All done.")
    );
    assert.match(folded.message, /^All done\.\n\n\*🔧 terminal · \d s\*$/);
    await alice.until(() => marksOn(asked).includes("-eyes") || undefined, "👀 to go");
    assert.deepEqual(marksOn(asked), ["+eyes", "+white_check_mark", "-eyes"]);
    const posts = await answersTo(asked);
    assert.deepEqual(posts.map(({ id }) => id), [working.id]);
    const shown = [...alice.seen.values()].map(({ message }) => message).join("\n");
    assert.ok(!shown.includes(secret));
    assert.equal(posts[0]?.user_id, bot.id);
  });

  test("[P201] an answer whose growing post is deleted is posted anew, whole", async () => {
    const { alice, bot } = world();
    await using gateway = await start();
    const rest = Promise.withResolvers<string>();
    model().answer = () => ({ kind: "halting", text: "Once upon ", rest: rest.promise });
    const asked = await alice.post(await alice.direct(bot.id), "a story, please");
    const draft = await alice.seesAnswer(bot.id, asked);
    await world().deletePost(draft.id);
    rest.resolve("a time.");
    await gateway.answered(asked.id);
    assert.deepEqual(
      (await answersTo(asked)).map(({ id, message }) => [id === draft.id, message]),
      [
        [false, "Once upon a time."],
      ],
    );
  });

  test("[P204] a model that wishes to say nothing is not heard, and its wish is not seen", async () => {
    const { alice, publicChannelId } = world();
    await using gateway = await start();
    const rest = Promise.withResolvers<string>();
    model().answer = () => ({ kind: "halting", text: "[SILE", rest: rest.promise });
    const asked = await alice.post(publicChannelId, mention("nothing to do here"));
    await alice.until(() => marksOn(asked).includes("+eyes") || undefined, "👀");
    await new Promise((resolve) => setTimeout(resolve, 1_500)); // Long enough for a draft.
    rest.resolve("NT]");
    const { posts } = await gateway.answered(asked.id);
    assert.equal(posts, 0);
    assert.deepEqual(await answersTo(asked), []);
    await alice.until(() => marksOn(asked).includes("-eyes") || undefined, "👀 to go");
    assert.deepEqual(marksOn(asked), ["+eyes", "-eyes"]);
  });
}
