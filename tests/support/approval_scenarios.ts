import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatPerson, SeenPost } from "./chat_person.ts";
import type { ChatWorld } from "./chat_world.ts";
import type { GatewayProcess, GatewaySetup } from "./gateway_process.ts";
import type { ModelServer } from "./model_server.ts";

/** Where scenarios play, once it is there. */
export interface Stage {
  readonly world: () => ChatWorld;
  readonly model: () => ModelServer;
  readonly start: (setup?: GatewaySetup) => Promise<GatewayProcess>;
}

/** How people decide about commands in the chat. */
export function defineApprovalScenarios({ world, model, start }: Stage): void {
  /** Lets the model call for a command, and then tell what came of it. */
  function runs(command: string): void {
    model().answer = (request) => {
      const last = request.messages.at(-1);
      if (last?.role === "tool") {
        return { kind: "text", text: `Result: ${JSON.stringify(last.content)}` };
      }
      return { kind: "tool_call", name: "terminal", arguments: JSON.stringify({ command }) };
    };
  }

  const seesPost = (person: ChatPerson, fits: RegExp, what: string): Promise<SeenPost> =>
    person.sees(({ user_id, message }) => user_id === world().bot.id && fits.test(message), what);

  test("[P106] !approve in the thread lets a dangerous command run, and others cannot", async () => {
    await using _gateway = await start();
    const { alice, bob, bot, publicChannelId } = world();
    runs("chmod 777 . && echo allowed-4711");
    const asked = await alice.post(publicChannelId, `@${bot.username} open it up`);
    const question = await seesPost(alice, /^⏳[^]*allowed-4711/, "the question");
    assert.match(question.message, /lets everyone change files/);
    await bob.post(publicChannelId, "!approve", question.id);
    await seesPost(bob, /^Only alice\S* can decide this/, "that it is not for bob to decide");
    await alice.post(publicChannelId, "!approve", question.id);
    await seesPost(alice, /^Result: [^]*allowed-4711/, "the result");
    const closed = await alice.sees(({ id, message }) =>
      id === question.id && !message.startsWith("⏳")
    );
    assert.match(closed.message, /^✅ \*\*Allowed\*\* by alice/);
    assert.ok(closed.create_at >= asked.create_at);
  });

  test("[P106] a reaction decides, in a direct message", async () => {
    await using _gateway = await start();
    const { alice, bot } = world();
    runs("chmod 777 . && echo refused-4711");
    await alice.post(await alice.direct(bot.id), "open it up again");
    const question = await seesPost(alice, /^⏳[^]*refused-4711/, "the question");
    await alice.request("POST", "/reactions", {
      user_id: alice.id,
      post_id: question.id,
      emoji_name: "-1",
    });
    await seesPost(alice, /^Result: [^]*the person did not allow/, "the refusal");
    await alice.sees(({ id, message }) => id === question.id && message.startsWith("⛔"));
  });

  test("[P108] !stop ends a turn", async () => {
    await using _gateway = await start();
    const { alice, bot } = world();
    runs("chmod 777 . && echo stopped-4711");
    const directId = await alice.direct(bot.id);
    await alice.post(directId, "and once more");
    const question = await seesPost(alice, /^⏳[^]*stopped-4711/, "the question");
    await alice.post(directId, "!stop");
    await seesPost(alice, /^_\(Stopped/, "that it was stopped");
    await alice.sees(({ id, message }) => id === question.id && message.startsWith("⏹️"));
  });
}
