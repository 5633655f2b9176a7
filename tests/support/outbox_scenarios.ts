import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Stage } from "./approval_scenarios.ts";
import { runBinary } from "./binary.ts";
import type { ChatPerson, SeenPost } from "./chat_person.ts";
import { type GatewayProcess, STATE_DIR } from "./gateway_process.ts";

/** What every Mattermost must see of a bot that speaks first. */
export function defineOutboxScenarios({ world, model, start }: Stage): void {
  const seesPost = (person: ChatPerson, fits: RegExp, what: string): Promise<SeenPost> =>
    person.sees(({ user_id, message }) => user_id === world().bot.id && fits.test(message), what);
  const send = async (gateway: Pick<GatewayProcess, "home">, ...args: readonly string[]) => {
    const env = { HERMES_HOME: gateway.home, XDG_STATE_HOME: STATE_DIR };
    const { stdout, stderr } = await runBinary(["send", "--json", ...args], { env });
    return { ...JSON.parse(stdout), stderr };
  };

  test("[P244] [P246] !sethome makes a thread the home, hermes send posts there, by the gateway and without", async () => {
    await using gateway = await start();
    const { alice, bot, privateChannelId } = world();
    const root = await alice.post(privateChannelId, `@${bot.username} a topic`);
    await alice.seesAnswer(bot.id, root);
    await alice.post(privateChannelId, `@${bot.username} !sethome thread`, root.id);
    await seesPost(alice, /^🏠 This thread is my home now/, "the confirmation");
    const file = join(gateway.home, "report.txt");
    await writeFile(file, "42");
    const sent = await send(gateway, "--file", file, "by the gateway");
    assert.deepEqual([sent.ok, sent.thread_id], [true, root.id], JSON.stringify(sent));
    const post = await alice.sees(({ id }) => id === sent.post_ids[0]);
    assert.deepEqual([post.message, post.root_id], ["by the gateway", root.id]);
    const attached = await alice.sees(({ id }) => id === sent.post_ids[1]);
    assert.equal((attached.file_ids ?? []).length, 1);

    await gateway.stop();
    const long = "a line of many words, said again and again\n".repeat(500);
    const direct = await send(gateway, "--to", `mattermost:${privateChannelId}`, long);
    assert.equal(direct.post_ids.length, 2);
    const parts = await Promise.all(
      direct.post_ids.map((postId: string) => alice.sees(({ id }) => id === postId)),
    );
    assert.equal(parts.map((part) => part.message).join("").trim(), long.trim());
    const toBob = await send(gateway, "--to", `@${world().bob.username}`, "for you");
    await world().bob.sees(({ id, message }) => id === toBob.post_ids[0] && message === "for you");
    const nowhere = await send(gateway, "--to", "~no-such-channel", "x");
    assert.deepEqual([nowhere.ok, nowhere.state], [false, "failed"]);
  });

  test("[P243] [P245] the agent posts where the person allows it, and knows of it there", async () => {
    await using _gateway = await start();
    const { alice, bot, publicChannelId } = world();
    model().answer = (request) => {
      const last = request.messages.at(-1);
      if (last?.role === "tool") return { kind: "text", text: `Done: ${String(last.content)}` };
      if (JSON.stringify(last?.content).includes("what did you post")) {
        return { kind: "text", text: "I looked it up." };
      }
      const input = { target: `mattermost:${publicChannelId}`, message: "@all lunch is at noon" };
      return { kind: "tool_call", name: "send_message", arguments: JSON.stringify(input) };
    };
    const directId = await alice.direct(bot.id);
    await alice.post(directId, "tell the others about lunch");
    await seesPost(alice, /^⏳[^]*lunch is at noon[^]*where others read it/, "the question");
    await alice.post(directId, "!approve");
    const post = await seesPost(alice, /^@\u200ball lunch is at noon$/, "the message");
    assert.equal(post.channel_id, publicChannelId);
    await seesPost(alice, new RegExp(`^Done: .*post id ${post.id}`), "the outcome");
    const asked = await alice.post(publicChannelId, "what did you post here?", post.id);
    const answer = await alice.seesAnswer(bot.id, asked);
    assert.equal(answer.root_id, post.id, "without a mention");
    assert.match(model().requests.at(-1)?.body ?? "", /posted here without being asked/);
  });
}
