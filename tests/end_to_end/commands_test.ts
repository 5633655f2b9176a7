import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Post } from "../../src/sandbox/records.ts";
import { BinaryLab } from "../support/binary_lab.ts";
import type { GatewayProcess } from "../support/gateway_process.ts";
import { userTexts } from "../support/model_server.ts";

/** What every command says, at the least, when nothing happened before. */
const SAYS: readonly (readonly [command: string, says: RegExp])[] = [
  ["stop", /^Nothing is running here\.$/],
  ["approve", /^Nothing waits for an answer here\.$/],
  ["deny", /^Nothing waits for an answer here\.$/],
  ["queue", /^Write what comes next/],
  ["steer", /^Write what to consider/],
  ["new", /^🆕 A new conversation\./],
  ["reset", /^🆕 A new conversation\./],
  ["title", /^This conversation has no title/],
  ["sessions", /onversations/],
  ["resume", /onversations/],
  ["branch", /^Nothing has been said here yet/],
  ["compress", /^There is not enough here yet/],
  ["undo", /^There is nothing left to take back/],
  ["retry", /^There is nothing here to ask again/],
  ["background", /^Write what to do/],
  ["status", /^\*\*This conversation\*\* begins with your next message\n- Model: `test-model`/],
  ["usage", /^No model was called/],
  ["agents", /^Nothing runs in the background/],
  ["model", /^The model here is `test-model`/],
  ["reasoning", /^Reasoning is `medium` here/],
  ["yolo maybe", /^Write `!yolo on` or/],
  ["undo it all", /^Write how many/],
  ["yolo off", /^Dangerous commands in this conversation are asked about again/],
  ["verbose loud", /`off`, `new`, `all`, `verbose`/],
  ["follow", /^(?:I (?:follow|answer in)|In direct messages I read)/],
  ["sethome", /[Mm]y home|home is/],
  ["cron", /[Nn]othing is scheduled|no scheduled|No scheduled/],
  ["memory", /^(?:\*\*Notes\*\*\n- nothing yet|I show what I remember in direct messages only)/],
  ["skills", /^\*\*Skills\*\*\n- `!/],
  ["help", /^\*\*Commands\.\*\*/],
  ["help model", /^`!model \[id\|default\]/],
  ["whoami", /^You are \*\*alice\*\* \(`[a-z0-9]{26}`\)\. You may use all commands/],
  ["version", /^Hermes \d+\.\d+/],
];

const DM_FORMS: readonly ((command: string) => string)[] = [
  (command) => `!${command}`,
  (command) => ` /${command}`,
  (command) => `/${command.toUpperCase()}`,
  (command) => `@hermes /${command}`,
  (command) => `@Hermes !${command}`,
  (command) => `！${command}`,
];
const CHANNEL_FORMS = [
  (command: string) => `@hermes /${command}`,
  (command: string) => `@hermes !${command}`,
  (command: string) => `@hermes: ！${command.toUpperCase()}`,
];

/** The one post that answers. */
async function answerTo(post: Post, lab: BinaryLab, gateway: GatewayProcess): Promise<Post> {
  await gateway.answered(post.id);
  const [answer, ...others] = lab.answersTo(post);
  assert.ok(answer !== undefined, `no answer to ${post.message}`);
  assert.equal(others.length, 0, `more than one answer to ${post.message}`);
  return answer;
}

test("[P182] [C19] every command is answered once in each typed form, in direct messages, channels and threads", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  const alice = lab.sandbox.as("alice");
  const root = alice.post({ channel: "general", message: "a topic" });
  const thread = { channel: "general", rootId: root.id };
  const said: { post: Post; rootId: string; says: RegExp }[] = [];
  for (const [command, says] of SAYS) {
    for (const form of DM_FORMS) {
      said.push({ post: alice.dm("hermes", form(command)), rootId: "", says });
    }
    for (const form of CHANNEL_FORMS) {
      const message = form(command);
      said.push({ post: alice.post({ channel: "general", message }), rootId: "", says });
      said.push({ post: alice.post({ ...thread, message }), rootId: root.id, says });
    }
  }
  for (const { post, rootId, says } of said) {
    const answer = await answerTo(post, lab, gateway);
    assert.match(answer.message, says, post.message);
    assert.equal(answer.root_id, rootId, `${post.message} is answered where it was typed`);
  }
  assert.equal(lab.model.requests.length, 0, "commands are not for the model");
});

test("[P181] what is no command is for the model, and a misspelled one is answered in a line", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  const texts = [
    "`!status`",
    "please !status",
    "```\n!status\n```",
    "    !status",
    "!important read it",
  ];
  for (const text of texts) {
    const answer = await lab.ask(gateway, "alice", text);
    assert.match(answer, /^heard: /, text);
  }
  const heard = userTexts(
    lab.model.requests.at(-1) ?? { messages: [], body: "", authorization: "" },
  );
  assert.deepEqual(heard.map((text) => text.trim()), texts.map((text) => text.trim()));
  const misspelled = await lab.ask(gateway, "alice", "!statsu");
  assert.equal(
    misspelled,
    "I know no command `!statsu`. Did you mean `!status`? `!help` lists all commands.",
  );
  assert.match(
    await lab.ask(gateway, "alice", "/frobnicate"),
    /^I know no command `!frobnicate`\./,
  );
  const unasked = lab.sandbox.as("alice").post({ channel: "general", message: "!status" });
  const asked = lab.sandbox.as("alice").post({ channel: "general", message: "@hermes !status" });
  await gateway.answered(asked.id);
  assert.deepEqual(lab.answersTo(unasked), []);
  assert.equal(lab.model.requests.length, texts.length);
});

test("[P184] conversations begin anew, have names, and are gone back to by whom they belong to", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  const ask = (text: string) => lab.ask(gateway, "alice", text);
  await ask("my dog is called Rex");
  assert.match(await ask("!status"), /^\*\*`my dog is called Rex`\*\*/);
  assert.equal(await ask("!title Pets"), "This conversation is `Pets` now.");
  assert.match(await ask("!new Work"), /^🆕 A new conversation: `Work`\./);
  assert.equal(await ask("what do you know?"), "heard: what do you know?");
  assert.match(await ask("!sessions"), /\n1\. `Pets` · \d/);
  assert.equal(await ask("!resume pets"), "⏪ Back in `Pets`, with 2 messages.");
  assert.equal(await ask("and now?"), "heard: my dog is called Rex | and now?");
  assert.equal(await ask("!resume 1"), "⏪ Back in `Work`, with 2 messages.");

  assert.equal(
    await ask("!branch"),
    "🌿 A copy of this conversation: `Work #2`. `!resume 1` goes back to the one before.",
  );
  assert.equal(await ask("a third"), "heard: what do you know? | a third");

  const bob = (text: string) => lab.ask(gateway, "bob", text);
  assert.match(await bob("!sessions"), /^There are no earlier conversations/);
  const { id } = /`(?<id>\d{8}_\d{6}_[0-9a-f]{8})`/.exec(await ask("!sessions"))?.groups ?? {};
  for (const wanted of ["Pets", id ?? "", "1"]) {
    assert.match(await bob(`!resume ${wanted}`), /^I know no conversation/);
  }
  const channel = lab.sandbox.as("alice").post({
    channel: "general",
    message: "@hermes !resume Pets",
  });
  const answer = await answerTo(channel, lab, gateway);
  assert.match(
    answer.message,
    /^I know no conversation/,
    "a channel reads nobody's direct messages",
  );

  const own = lab.sandbox.as("alice").post({
    channel: "general",
    message: "@hermes in the channel",
  });
  await gateway.answered(own.id);
  assert.equal(
    await ask("!resume in the channel"),
    "⏪ Back in `in the channel`, with 2 messages.",
  );
});

test("[P185] the last messages are taken back and asked again, in the order in which they were said", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  const ask = (text: string) => lab.ask(gateway, "alice", text);
  await ask("one");
  await ask("two");
  await ask("three");
  assert.match(await ask("!undo 2"), /^↩️ I have forgotten the last 2 messages .* from `two` on/);
  assert.equal(await ask("four"), "heard: one | four");
  assert.equal(await ask("!retry"), "heard: one | four");
  assert.equal(await ask("!retry"), "heard: one | four");
  assert.equal(await ask("five"), "heard: one | four | five");
  assert.match(await ask("!undo 9"), /from `one` on/);
  assert.match(await ask("!undo"), /^There is nothing left/);
});

test("[P185] what was said in several posts is asked again as a whole", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  const rest = Promise.withResolvers<string>();
  const asked = Promise.withResolvers<void>();
  const echo = lab.model.answer;
  lab.model.answer = () => {
    asked.resolve();
    return { kind: "halting", text: "", rest: rest.promise };
  };
  const alice = lab.sandbox.as("alice");
  const first = alice.dm("hermes", "compare");
  await asked.promise;
  lab.model.answer = echo;
  alice.dm("hermes", "these two");
  await gateway.answered(first.id);
  rest.resolve("too late");
  assert.equal(await lab.ask(gateway, "alice", "!retry"), "heard: compare\n\nthese two");
});

test("[P182] !status shows what runs and what waits, and !new ends it", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected({ yaml: "display:\n  busy_input_mode: queue\n" });
  const alice = lab.sandbox.as("alice");
  const echo = lab.model.answer;
  const call = { name: "terminal", arguments: JSON.stringify({ command: "sleep 30" }) };
  lab.model.answer = () => ({ kind: "tool_call", ...call });
  const long = alice.dm("hermes", "wait for it");
  const status = () => lab.ask(gateway, "alice", "!status");
  while (!/- Now: at work with `terminal`$/.test(await status()));
  alice.dm("hermes", "and then this");
  assert.match(await status(), /- Now: at work with `terminal`, 1 waiting$/);
  lab.model.answer = echo;
  assert.match(await lab.ask(gateway, "alice", "!new"), /^🆕/);
  await gateway.answered(long.id);
  assert.equal(await lab.ask(gateway, "alice", "hello"), "heard: hello");
});

test("[P186] a conversation chooses its model and its reasoning, and another keeps those of the settings", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  const ask = (text: string) => lab.ask(gateway, "alice", text);
  const models = () => lab.model.requests.map(({ body }) => JSON.parse(body).model);
  assert.equal(
    await ask("!model other-model"),
    "🤖 `other-model` answers in this conversation from now on.",
  );
  await ask("hello");
  await lab.ask(gateway, "bob", "hello");
  assert.deepEqual(models(), ["other-model", "other-model", "test-model"]);
  assert.match(await ask("!status"), /Model: `other-model` \(reasoning medium, chosen/);
  assert.match(await ask("!model x --provider nowhere"), /^⚠️ Cannot choose a model: .*nowhere/);
  assert.match(await ask("!reasoning high"), /^Reasoning is `high` in this conversation/);
  assert.match(await ask("!reasoning loud"), /^Reasoning is one of `none`/);
  assert.match(await ask("!model default"), /^🤖 `test-model` answers here again/);
  await ask("hello again");
  assert.equal(models().at(-1), "test-model");
  assert.match(await ask("!model saved-model --global"), /everywhere else after the next start\.$/);
  assert.match(await readFile(join(gateway.home, "config.yaml"), "utf8"), /default: saved-model/);
  await gateway.stop();
  await using again = await lab.start({ home: gateway.home, yaml: "" });
  await again.logged("gateway.connected");
  await lab.ask(again, "alice", "after the start");
  assert.equal(models().at(-1), "saved-model", "the choice of a conversation outlives the process");
});

test("[P187] a skill is called by its name, with what is wanted of it", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  const folder = join(gateway.home, "skills", "own", "haiku");
  await mkdir(folder, { recursive: true });
  const skill = "---\nname: haiku\ndescription: Writes haiku.\n---\nCount 5, 7, 5.\n";
  await writeFile(join(folder, "SKILL.md"), skill);
  const answer = await lab.ask(gateway, "alice", "!haiku about autumn");
  assert.match(answer, /Count 5, 7, 5\.[\s\S]*about autumn$/);
  assert.match(await lab.ask(gateway, "alice", "/haiku"), /Do what the skill says\.$/);
  assert.match(await lab.ask(gateway, "alice", "!skills haiku"), /- `!haiku` Writes haiku\.$/);
});

test("[P183] who is no admin uses what is listed, in direct messages and channels apart", async () => {
  await using lab = await BinaryLab.open();
  const alice = lab.sandbox.user("alice").id;
  const yaml = [
    "mattermost:",
    `  allow_admin_from: [${alice}]`,
    "  user_allowed_commands: [/status, Usage]",
    "",
  ].join("\n");
  await using gateway = await lab.connected({ yaml });
  const bob = (text: string) => lab.ask(gateway, "bob", text);
  assert.equal(
    await bob("!new"),
    "`!new` is for admins here. `!whoami` shows what you may use.",
  );
  assert.match(await bob("!reset"), /^`!new` is for admins here/, "an alias is no way round");
  assert.match(await bob("!status"), /^\*\*This conversation/);
  assert.match(await bob("!usage"), /^No model/);
  assert.match(await bob("!stop"), /^Nothing is running/);
  assert.match(await bob("!whoami"), /You may use .*`!stop`.*`!usage`.*`!help`, `!whoami`\.$/);
  const help = await bob("!help");
  assert.ok(help.includes("`!status`") && !help.includes("`!yolo"));
  assert.equal(await bob("hello"), "heard: hello", "talking is another matter");
  assert.match(await lab.ask(gateway, "alice", "!new"), /^🆕/);
  const post = lab.sandbox.as("bob").post({ channel: "general", message: "@hermes !new" });
  assert.match((await answerTo(post, lab, gateway)).message, /^🆕/, "no admins are listed there");
});

test("[P182] a command that was cut off by kill -9 is answered after the restart, once", async () => {
  await using lab = await BinaryLab.open();
  const first = await lab.connected();
  const asked = Promise.withResolvers<void>();
  lab.model.answer = () => {
    asked.resolve();
    return { kind: "silence" };
  };
  const typed = lab.sandbox.as("alice").dm("hermes", "!model other-model");
  const also = lab.sandbox.as("alice").post({
    channel: "general",
    message: "@hermes !title Trips",
  });
  await first.answered(also.id);
  await asked.promise;
  await first.stop("SIGKILL");
  lab.model.answer = () => ({ kind: "text", text: "ready" });
  await using second = await lab.connected({ home: first.home });
  assert.match((await answerTo(typed, lab, second)).message, /^🤖 `other-model` answers/);
  assert.equal(lab.answersTo(also).length, 1);
});
