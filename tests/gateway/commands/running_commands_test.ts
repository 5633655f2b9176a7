import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatCommand } from "../../../src/gateway/commands/chat_command.ts";
import { createExchangeCommands } from "../../../src/gateway/commands/exchange_commands.ts";
import { createSessionCommands } from "../../../src/gateway/commands/session_commands.ts";
import { createMessageReader } from "../../../src/gateway/read_message.ts";
import { SessionLife } from "../../../src/gateway/session_life/session_life.ts";
import { SessionTitler } from "../../../src/gateway/session_life/session_titler.ts";
import { createTurnSetup, type SetUpTurn } from "../../../src/gateway/session_life/set_up_turn.ts";
import { ModelChain } from "../../../src/models/model_chain.ts";
import type { ModelRequest } from "../../../src/models/model_client.ts";
import { hang, ScriptedModel } from "../../../src/sandbox/scripted_model.ts";
import { type CommandParts, GatewayLab } from "../gateway_lab.ts";

const IDLE_MS = 60_000;

function lifeOf({ sessions }: CommandParts, lab: GatewayLab, jobs = 0): SessionLife {
  return new SessionLife({
    sessions,
    policy: { mode: "idle", atHour: 4, idleMs: IDLE_MS, timeZone: "UTC" },
    notifies: true,
    forget: () => Promise.resolve(),
    jobsOf: () => jobs,
    clock: lab.lab.clock,
    log: () => {},
  });
}

function commandsOf(lab: GatewayLab) {
  return (parts: CommandParts): readonly ChatCommand[] => [
    ...createSessionCommands({
      ...parts,
      life: lifeOf(parts, lab),
      compress: () => Promise.resolve({ kind: "nothing_to_gain" }),
      day: String,
    }),
    ...createExchangeCommands({ ...parts, readMessage: createMessageReader(parts) }),
  ];
}

function setUp(lab: GatewayLab, model: ScriptedModel, jobs = 0) {
  return (parts: CommandParts): SetUpTurn => {
    const { sessions } = parts;
    const { clock } = lab.lab;
    const models = new ModelChain([model], clock);
    return createTurnSetup({
      life: lifeOf(parts, lab, jobs),
      titler: new SessionTitler({ sessions, model: undefined, clock, log: () => {} }),
      modelsFor: () => ({ models, historyCharsMax: 100_000 }),
      expandSkill: (text) => Promise.resolve(text),
    });
  };
}

/** Hangs when a command has done what it does, and before it says so: then the process is to die. */
function dyingAfter(name: string, commands: readonly ChatCommand[], onDone: () => void) {
  return commands.map((command): ChatCommand => {
    if (command.name !== name || command.timing === "message") return command;
    const run: typeof command.run = async (call, signal) => {
      await command.run(call, signal);
      onDone();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      throw signal.reason;
    };
    return { ...command, run };
  });
}

/** Says what it heard from people. */
const heard = ({ messages }: ModelRequest) =>
  messages.filter(({ role }) => role === "user").map(({ text }) => text).join(" | ");

async function say(lab: GatewayLab, ...texts: readonly string[]): Promise<string> {
  let last = "";
  for (const text of texts) {
    const post = lab.lab.sandbox.as("alice").dm("hermes", text);
    await lab.logged("gateway.answered", post.id);
    last = lab.answers().findLast(({ props }) =>
      (props.hermes as { re?: string } | undefined)?.re === post.id
    )?.message ?? "";
  }
  return last;
}

for (const [name, text] of [["undo", "!undo 2"], ["new", "!new Work"]] as const) {
  test(`[P185] !${name} is done once and said once, though the process dies between`, async () => {
    await using lab = await GatewayLab.start();
    const model = new ScriptedModel(heard, heard, heard, heard);
    const commands = commandsOf(lab);
    const done = Promise.withResolvers<void>();
    const first = await lab.run(model, {
      commands: (parts) => dyingAfter(name, commands(parts), done.resolve),
    });
    await say(lab, "one", "two", "three");
    const typed = lab.lab.sandbox.as("alice").dm("hermes", text);
    await done.promise;
    await first.cancel();
    await lab.run(model, { commands });
    await lab.logged("gateway.answered", typed.id);
    const said = lab.answers().at(-1)?.message ?? "";
    assert.match(
      said,
      name === "undo" ? /^↩️ I have forgotten the last 2/ : /^🆕 A new conversation: `Work`\./,
    );
    assert.equal(await say(lab, "four"), name === "undo" ? "one | four" : "four");
    assert.equal(lab.answers().length, 5);
  });
}

test("[P185] !retry that is cut off anywhere asks the same message again after the restart", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(heard, heard, hang(), heard);
  const commands = commandsOf(lab);
  const done = Promise.withResolvers<void>();
  const first = await lab.run(model, {
    commands: (parts) => dyingAfter("retry", commands(parts), done.resolve),
  });
  await say(lab, "one", "two");
  const typed = lab.lab.sandbox.as("alice").dm("hermes", "!retry");
  await done.promise;
  await first.cancel();
  const second = await lab.run(model, { commands });
  await model.requested(3);
  await second.cancel();
  await lab.run(model, { commands });
  await lab.logged("gateway.answered", typed.id);
  assert.deepEqual(lab.answers().map(({ message }) => message), ["one", "one | two", "one | two"]);
});

test("[P182] a command that was answered before the process died is not answered again", async () => {
  await using lab = await GatewayLab.start();
  const commands = commandsOf(lab);
  const first = await lab.run(new ScriptedModel(), { commands });
  const answer = await say(lab, "!title Pets");
  assert.equal(answer, "This conversation is `Pets` now.");
  const [post] = lab.answers();
  const typed = String((post?.props.hermes as { re?: string } | undefined)?.re);
  await first.stop();
  await lab.forgetOutcome(typed);
  lab.lab.clock.advance(60_000); // Longer than the server gives back the first post by itself.
  await lab.run(new ScriptedModel(), { commands });
  await lab.loggedTimes("gateway.answered", 2);
  assert.deepEqual(lab.answers().map(({ id }) => id), [post?.id]);
});

test("[P182] !new ends the turn that runs, and what is said next begins a conversation", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(heard, hang("thinking"), heard);
  await lab.run(model, { commands: commandsOf(lab) });
  await say(lab, "one");
  const hanging = lab.lab.sandbox.as("alice").dm("hermes", "two");
  await model.requested(2);
  assert.match(await say(lab, "!new"), /^🆕/);
  await lab.logged("gateway.answered", hanging.id);
  assert.equal(await say(lab, "three"), "three");
});

test("[P188] a conversation that was idle begins anew and says so once, unless something runs for it", async () => {
  await using lab = await GatewayLab.start();
  const model = new ScriptedModel(heard, heard, heard, heard);
  const commands = commandsOf(lab);
  const first = await lab.run(model, { commands, setUpTurn: setUp(lab, model) });
  await say(lab, "one");
  lab.lab.clock.advance(IDLE_MS - 1);
  assert.equal(await say(lab, "two"), "one | two");
  lab.lab.clock.advance(IDLE_MS);
  assert.equal(await say(lab, "three"), "three");
  const remarks = lab.answers().filter(({ message }) => message.includes("I begin a new conv"));
  assert.equal(remarks.length, 1);
  assert.equal(await say(lab, "!resume 1"), "⏪ Back in `one`, with 4 messages.");
  await first.stop();
  lab.lab.clock.advance(IDLE_MS);
  await lab.run(model, { setUpTurn: setUp(lab, model, 1) });
  assert.equal(await say(lab, "four"), "one | two | four");
});
