// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Post } from "../../src/sandbox/records.ts";
import { placeBinary, runBinary } from "../support/binary.ts";
import { BinaryLab } from "../support/binary_lab.ts";
import { diagnose } from "../support/doctor_process.ts";
import { freePort } from "../support/free_port.ts";
import { type GatewayProcess, type GatewaySetup, STATE_DIR } from "../support/gateway_process.ts";
import { tempDir } from "../support/temp_dir.ts";

interface Stage extends AsyncDisposable {
  readonly lab: BinaryLab;
  readonly gateway: GatewayProcess;
  readonly url: string;
}

/** A gateway that the sandbox can call, below a path as behind a reverse proxy. */
async function openStage(
  setupOf: (lab: BinaryLab) => GatewaySetup = () => ({}),
  { mayMake = true } = {},
): Promise<Stage> {
  const lab = await BinaryLab.open({ settings: { internalConnections: ["127.0.0.1"] } });
  if (mayMake) lab.sandbox.admin.makeTeamAdmin("hermes");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/bots/hermes`;
  const env = {
    MATTERMOST_CALLBACK_URL: `${url}/`,
    MATTERMOST_CALLBACK_LISTEN: `127.0.0.1:${port}`,
  };
  const gateway = await lab.connected({ ...setupOf(lab), env });
  await gateway.logged("native.registered");
  return {
    lab,
    gateway,
    url,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await lab[Symbol.asyncDispose]();
    },
  };
}

async function readBook(home: string): Promise<{ commands: unknown[] }> {
  return JSON.parse(await readFile(join(home, "state", "native_commands.json"), "utf8"));
}

/** What the person is shown in answer to a command. */
async function use({ lab }: Stage, username: string, command: string, channel = "general") {
  return String((await lab.sandbox.as(username).use(channel, command)).text);
}

/** Lets the model call for a command once, and then tell what came of it. */
function runs({ lab }: Stage, command: string): void {
  lab.model.answer = (request) => {
    const last = request.messages.at(-1);
    if (last?.role === "tool") {
      return { kind: "text", text: `Result: ${JSON.stringify(last.content)}` };
    }
    return { kind: "tool_call", name: "terminal", arguments: JSON.stringify({ command }) };
  };
}

function asked({ lab }: Stage, command: string): Promise<Post> {
  return lab.sandbox.posted(({ message }) => message.startsWith("⏳") && message.includes(command));
}

function closed({ lab }: Stage, question: Post, form: RegExp): Promise<Post> {
  return lab.sandbox.posted(({ id, message }) => id === question.id && form.test(message));
}

function result({ lab }: Stage, form: RegExp): Promise<Post> {
  return lab.sandbox.posted(({ message }) => /^Result: /.test(message) && form.test(message));
}

test("[P257] [P258] native commands are made, used, refused to strangers and to forgers, and answered in the chat", async () => {
  await using stage = await openStage();
  const { lab, gateway, url } = stage;
  const { sandbox } = lab;
  const commands = [...sandbox.world.commands.values()];
  const triggers = commands.map(({ trigger }) => trigger);
  for (const trigger of ["hermes", "new", "stop", "approve", "deny", "sethome"]) {
    assert.ok(triggers.includes(trigger), trigger);
  }
  const book = join(gateway.home, "state", "native_commands.json");
  assert.equal((await stat(book)).mode & 0o777, 0o600);

  assert.match(await use(stage, "alice", "/hermes"), /\*\*Commands\.\*\*/);
  assert.match(await use(stage, "alice", "/hermes whoami"), /You are \*\*alice\*\*/);
  assert.match(await use(stage, "alice", "/hermes statsu"), /Did you mean `!status`/);
  assert.equal(await use(stage, "alice", "/stop"), "Nothing is running here.");
  assert.equal(await use(stage, "alice", "/approve"), "Nothing waits for an answer here.");
  assert.match(await use(stage, "mallory", "/hermes hello"), /^I may not answer you/);

  lab.model.answer = () => ({ kind: "text", text: "Of course, all @channel." });
  const posts = sandbox.world.posts.size;
  assert.equal(
    await use(stage, "alice", "/hermes tell @all what you can do"),
    "I answer in the channel.",
  );
  const spoken = await sandbox.posted(({ message }) => message.startsWith("**alice** asks me:"));
  assert.doesNotMatch(spoken.message, /@all/);
  await sandbox.posted(({ message }) => message.startsWith("Of course"));
  assert.equal(sandbox.world.posts.size, posts + 2);
  const prompt = JSON.stringify(lab.model.requests.at(-1));
  assert.match(prompt, /tell @all what you can do/);

  const stop = commands.find(({ trigger }) => trigger === "stop");
  const form = {
    command: "/stop",
    team_id: stop?.team_id ?? "",
    channel_id: sandbox.world.channelNamed("general")?.id ?? "",
    user_id: sandbox.user("alice").id,
    user_name: "alice",
  };
  const call = async (token: string, trigger_id: string) => {
    const body = new URLSearchParams({ ...form, trigger_id });
    const headers = { authorization: `Token ${token}` };
    const response = await fetch(`${url}/command`, { method: "POST", headers, body });
    await response.body?.cancel();
    return response.status;
  };
  const alice = sandbox.as("alice");
  const once = alice.trigger();
  const token = stop?.token ?? "";
  assert.equal(await call("wrong", alice.trigger()), 401);
  assert.equal(await call(token, once), 200);
  assert.equal(await call(token, once), 409);
  assert.equal(await call(token, sandbox.as("mallory").trigger()), 403);
  assert.equal(await call(token, alice.trigger(Date.now() - 600_000)), 403);
  await gateway.stop();
  assert.doesNotMatch(
    await readFile(join(gateway.home, "logs", "gateway.log"), "utf8"),
    new RegExp(token),
  );
});

test("[P259] an approval is given by button and by native command, and by nobody else, nor twice, nor late", async () => {
  await using stage = await openStage();
  const { lab, url } = stage;
  const { sandbox } = lab;
  const [alice, bob, mallory] = ["alice", "bob", "mallory"].map((name) => sandbox.as(name));
  if (!alice || !bob || !mallory) throw new Error("nobody is there");

  runs(stage, "chmod 777 . && echo by-button");
  alice.post({ channel: "general", message: "@hermes open it" });
  const question = await asked(stage, "by-button");
  assert.doesNotMatch(JSON.stringify(question.props), /secret|127\.0\.0\.1/);
  await bob.press(question.id, "once");
  await mallory.press(question.id, "once");
  assert.match(bob.whispers.at(-1) ?? "", /^Only alice can decide/);
  assert.match(mallory.whispers.at(-1) ?? "", /^I may not answer you/);
  const [action] = question.actions.values();
  await alice.press(question.id, "once");
  await result(stage, /by-button/);
  const after = await closed(stage, question, /^✅ \*\*Allowed\*\* by alice, this once/);
  assert.equal(after.props.attachments, undefined);
  await assert.rejects(alice.press(question.id, "once"), /404 api.post.do_action.action_id/);
  const late = async (trigger_id: string) => {
    const { id: user_id } = alice.user;
    const { channel_id, id: post_id } = question;
    const body = {
      user_id,
      user_name: "alice",
      channel_id,
      post_id,
      trigger_id,
      context: action?.context,
    };
    const response = await fetch(`${url}/action`, { method: "POST", body: JSON.stringify(body) });
    return [response.status, (await response.json()).ephemeral_text];
  };
  const once = alice.trigger();
  assert.deepEqual(await late(once), [200, "This question does not stand any more."]);
  assert.equal((await late(once))[0], 409);
  assert.equal((await late(bob.trigger()))[0], 403);

  runs(stage, "chmod 777 . && echo by-command");
  alice.post({ channel: "general", message: "@hermes open it again" });
  const second = await asked(stage, "by-command");
  assert.match(await use(stage, "bob", "/approve"), /^Only alice can decide/);
  assert.equal(await use(stage, "alice", "/approve"), "Noted.");
  await result(stage, /by-command/);
  await closed(stage, second, /^✅/);
  assert.equal(await use(stage, "alice", "/approve"), "Nothing waits for an answer here.");
});

test("[P259] [P260] an admin decides for others, and choices are made by button or by number", async () => {
  await using stage = await openStage(({ sandbox }) => ({
    yaml: `mattermost:\n  group_allow_admin_from: [${sandbox.user("bob").id}]\n`,
  }));
  const { sandbox, model } = stage.lab;
  const [alice, bob] = [sandbox.as("alice"), sandbox.as("bob")];
  const args = JSON.stringify({ question: "Which colour?", choices: ["red", "green"] });
  model.answer = (request) => {
    const last = request.messages.at(-1);
    if (last?.role === "tool") {
      return { kind: "text", text: `Result: ${JSON.stringify(last.content)}` };
    }
    return { kind: "tool_call", name: "clarify", arguments: args };
  };
  alice.dm("hermes", "paint it");
  const question = await sandbox.posted(({ message }) => /^⏳[^]*Which colour/.test(message));
  await alice.press(question.id, "2");
  await result(stage, /green/);
  const answered = await closed(stage, question, /\*\*Answer\*\* of alice: green/);
  assert.equal(answered.props.attachments, undefined);

  alice.post({ channel: "general", message: "@hermes paint it here" });
  const second = await sandbox.posted(({ id, message }) =>
    id !== question.id && /^⏳[^]*Which/.test(message)
  );
  await sandbox.until(() => sandbox.world.reactions.find(({ post_id }) => post_id === second.id));
  bob.react(second.id, "one");
  await result(stage, /red/);
  await closed(stage, second, /\*\*Answer\*\* of an admin: red/);

  runs(stage, "chmod 777 . && echo by-admin");
  alice.post({ channel: "general", message: "@hermes open it" });
  const third = await asked(stage, "by-admin");
  await bob.press(third.id, "deny");
  await closed(stage, third, /^⛔ \*\*Not allowed\*\* by bob/);
});

test("[P257] a gateway that may make no commands answers all the same, and takes its own back when told to", async () => {
  await using stage = await openStage(undefined, { mayMake: false });
  const { lab, gateway } = stage;
  const problem = await gateway.logged("native.not_registered");
  assert.deepEqual([problem.kind, problem.teamName], ["forbidden", "Lab"]);
  assert.equal(await lab.ask(gateway, "alice", "hello"), "heard: hello");
  assert.match(
    await lab.ask(gateway, "alice", "!help"),
    /in "Lab" an administrator has to make me/,
  );
  const doctor = await diagnose(lab, {}, gateway);
  doctor.says("callbacks", "warning", /no slash commands in the team "Lab"/, /hermes a team admin/);
  lab.sandbox.admin.makeTeamAdmin("hermes");
  await gateway.stop();
  const { home } = gateway;
  await using again = await lab.connected({
    home,
    env: {
      MATTERMOST_CALLBACK_URL: stage.url,
      MATTERMOST_CALLBACK_LISTEN: `127.0.0.1:${await freePort()}`,
    },
  });
  await again.logged("native.registered");
  assert.ok(lab.sandbox.world.commands.size > 5);
  await again.stop();
  await using without = await lab.connected({ home });
  await lab.sandbox.until(() => lab.sandbox.world.commands.size === 0 || undefined);
  await without.stop();
  assert.deepEqual((await readBook(home)).commands, []);
});

test("[P257] doctor tells whether the server reaches Hermes, and hermes uninstall takes the commands back", async () => {
  await using stage = await openStage();
  const { lab, gateway } = stage;
  const { settings, world } = lab.sandbox;
  const calls = () => gateway.lines.filter(({ event }) => event === "native.command").length;
  const well = await diagnose(lab, {}, gateway);
  const found = well.checks.find(({ name }) => name === "callbacks");
  assert.deepEqual([found?.status, found?.message.slice(0, 27)], [
    "ok",
    "The server calls Hermes for",
  ]);
  assert.equal(calls(), 0); // The bot itself is not let in.
  settings.internalConnections = [];
  const ill = await diagnose(lab, {}, gateway);
  ill.says(
    "callbacks",
    "failure",
    /cannot call Hermes at 127/,
    /AllowedUntrustedInternalConnections/,
  );

  await using folder = await tempDir();
  const binary = join(folder.path, "hermes");
  await placeBinary(binary);
  const env = { HOME: folder.path, HERMES_HOME: gateway.home, XDG_STATE_HOME: STATE_DIR };
  const { exitCode, stdout } = await runBinary(["uninstall", "--yes"], { path: binary, env });
  assert.equal(exitCode, 0, stdout);
  assert.match(stdout, /\d+ slash commands on the server\n/);
  assert.match(stdout, /Removed \d+ slash commands from the server\./);
  assert.equal(world.commands.size, 0);
});

test("[P258] what the bot has said for somebody is answered once over a crash, and nobody else can say it", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  await lab.ask(gateway, "alice", "before");
  await gateway.stop("SIGKILL");
  const { sandbox } = lab;
  const { id: userId, username: userName } = sandbox.user("alice");
  const say = (who: string, text: string, id = userId) =>
    sandbox.as(who).post({
      channel: "general",
      message: `**${userName}** asks me:\n\n${text}`,
      props: { hermes_for: { userId: id, userName, text } },
    });
  const spoken = say("hermes", "the real one");
  const forged = say("mallory", "a forged one");
  const forStranger = say("hermes", "for a stranger", sandbox.user("mallory").id);
  await using again = await lab.connected({ home: gateway.home });
  await again.answered(spoken.id);
  await again.logged("gateway.ignored", ({ postId }) => postId === forStranger.id);
  await lab.ask(again, "alice", "after");
  assert.deepEqual(lab.answersTo(spoken).map(({ message }) => message), ["heard: the real one"]);
  assert.deepEqual([...lab.answersTo(forged), ...lab.answersTo(forStranger)], []);
});
