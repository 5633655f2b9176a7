// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Stage } from "./approval_scenarios.ts";
import { freePort } from "./free_port.ts";
import type { ModelServer } from "./model_server.ts";

/** Slash commands and buttons of the server itself, which calls the bot for them. */
export function defineNativeScenarios({ world, model, start }: Stage): void {
  async function callable() {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/hermes`;
    const env = { MATTERMOST_CALLBACK_URL: url, MATTERMOST_CALLBACK_LISTEN: `127.0.0.1:${port}` };
    return { url, setup: { env } };
  }

  async function use(command: string): Promise<string> {
    const { alice, publicChannelId: channel_id } = world();
    const team_id = await teamId();
    const answer = await alice.request("POST", "/commands/execute", {
      channel_id,
      team_id,
      command,
    });
    return String((answer as { text: string }).text);
  }

  async function teamId(): Promise<string> {
    const { alice, publicChannelId } = world();
    const channel = await alice.request("GET", `/channels/${publicChannelId}`);
    return (channel as { team_id: string }).team_id;
  }

  async function triggers(): Promise<string[]> {
    const list = await world().alice.request("GET", `/commands?team_id=${await teamId()}`);
    return (list as { trigger: string; display_name: string }[])
      .filter(({ display_name }) => display_name === "Hermes").map(({ trigger }) => trigger);
  }

  test("[P257] [P258] native commands are made, used, refused to forgers, and taken back", async (t) => {
    if (!await world().makeCallable()) return t.skip("the server may not call this machine");
    const { url, setup } = await callable();
    const { alice, bot } = world();
    await using gateway = await start(setup);
    await gateway.logged("native.registered");
    assert.ok((await triggers()).includes("hermes"));
    assert.match(await use("/hermes whoami"), new RegExp(`You are \\*\\*${alice.username}\\*\\*`));
    assert.equal(await use("/stop"), "Nothing is running here.");
    assert.match(await use("/new"), /conversation|new/i);
    assert.equal(await use("/hermes what is the weather"), "I answer in the channel.");
    await alice.sees(({ user_id, message }) =>
      user_id === bot.id && message.endsWith("heard: what is the weather")
    );
    for (const headers of [{}, { authorization: `Token ${"x".repeat(26)}` }]) {
      const form = { command: "/stop", team_id: await teamId(), user_id: alice.id };
      const body = new URLSearchParams({ ...form, channel_id: "c", trigger_id: "t" });
      const forged = await fetch(`${url}/command`, { method: "POST", headers, body });
      await forged.body?.cancel();
      assert.equal(forged.status, 401);
    }
    await gateway.stop();
    await using without = await start({ home: gateway.home, env: {} });
    await without.logged("native.removed");
    assert.deepEqual(await triggers(), []);
  });

  test("[P259] an approval is given by a button that the server carries, and only by who asked", async (t) => {
    if (!await world().makeCallable()) return t.skip("the server may not call this machine");
    const { setup } = await callable();
    const { alice, bob, bot, publicChannelId } = world();
    await using _gateway = await start(setup);
    runs(model(), "chmod 777 . && echo button-4711");
    await alice.post(publicChannelId, `@${bot.username} open it by button`);
    const isQuestion = /^⏳[^]*button-4711/;
    const question = await alice.sees(({ message }) => isQuestion.test(message), "the question");
    const press = (person: typeof alice, action: string) =>
      person.request("POST", `/posts/${question.id}/actions/${action}`, {});
    await press(bob, "once");
    await press(alice, "once");
    await alice.sees(({ message }) => /^Result: [^]*button-4711/.test(message), "the result");
    const closed = await alice.sees(({ id, message }) => id === question.id && /^✅/.test(message));
    assert.match(closed.message, new RegExp(`by ${alice.username}, this once`));
    await assert.rejects(press(alice, "once"), /404/);
  });
}

/** Lets the model call for a command, and then tell what came of it. */
function runs(model: ModelServer, command: string): void {
  model.answer = (request) => {
    const last = request.messages.at(-1);
    if (last?.role === "tool") {
      return { kind: "text", text: `Result: ${JSON.stringify(last.content)}` };
    }
    return { kind: "tool_call", name: "terminal", arguments: JSON.stringify({ command }) };
  };
}
