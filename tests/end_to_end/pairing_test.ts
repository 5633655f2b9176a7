import assert from "node:assert/strict";
import { test } from "node:test";
import { runBinary } from "../support/binary.ts";
import { sandboxWorld } from "../support/chat_world.ts";
import { GatewayProcess } from "../support/gateway_process.ts";
import { ModelServer } from "../support/model_server.ts";

test("[P216] [P217] a stranger is let in by a code and shut out again while the gateway runs", async () => {
  await using world = await sandboxWorld();
  const model = await ModelServer.start();
  const yaml = "mattermost:\n  unauthorized_dm_behavior: pair\n";
  await using gateway = await GatewayProcess.connected(world, model, { yaml });
  const run = (...args: string[]) =>
    runBinary(["pairing", ...args], { env: { HERMES_HOME: gateway.home } });
  const { bot, mallory } = world;
  const direct = await mallory.direct(bot.id);
  const asked = await mallory.post(direct, "hello?");
  const told = await mallory.seesAnswer(bot.id, asked);
  const [, code = ""] = told.message.match(/hermes pairing approve mattermost (\w{8})`/) ?? [];
  assert.equal(model.requests.length, 0, "nothing a stranger says reaches the model");

  const listed = JSON.parse((await run("list", "--json")).stdout);
  assert.deepEqual(listed.pending.map(({ userName }: { userName: string }) => userName), [
    mallory.username,
  ]);
  const wrong = await run("approve", "mattermost", "AAAAAAAA");
  assert.deepEqual([wrong.exitCode, wrong.stdout], [1, ""]);
  assert.match(wrong.stderr, /Cannot approve this code: .* Tries left: 4\./);
  const approved = await run("approve", code.toLowerCase());
  assert.equal(approved.exitCode, 0, approved.stderr);
  const second = await mallory.post(direct, "and now?");
  const isAnswer = (text: string) => mallory.sees(({ message }) => message === text, text);
  await isAnswer("heard: and now?");

  assert.match((await run()).stdout, /^Nobody waits\.\nlet in: mallory/);
  assert.equal((await run("revoke", "mattermost", mallory.username)).exitCode, 0);
  const third = await mallory.post(direct, "still there?");
  await gateway.logged("gateway.ignored", ({ postId }) => postId === third.id);
  assert.ok(second.id !== third.id);
  const nobody = await run("revoke", "mallory");
  assert.equal(nobody.exitCode, 1);
  assert.match(nobody.stderr, /nobody of this name or id was let in by a code/);
  const platform = await run("approve", "telegram", code);
  assert.equal(platform.exitCode, 2);
  assert.match((await run("clear-pending")).stdout, /^0 codes were forgotten\.$/m);
  await model.close();
});
