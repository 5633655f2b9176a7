// deno-lint-ignore-file no-control-regex -- escape sequences begin with a control character.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runBinary } from "../support/binary.ts";
import { noTerminal, TerminalProcess } from "../support/driven_process.ts";
import { ModelServer } from "../support/model_server.ts";
import { tempDir } from "../support/temp_dir.ts";

async function lab(yaml = "") {
  const [dir, model] = await Promise.all([tempDir(), ModelServer.start()]);
  const settings = `model:\n  provider: custom\n  default: test-model\n  base_url: ${model.url}\n`;
  const home = join(dir.path, "home");
  await mkdir(home);
  await writeFile(join(home, "config.yaml"), settings + yaml);
  const env = { HERMES_HOME: home, HOME: dir.path };
  return {
    model,
    run: (args: readonly string[], input = "") => runBinary(["chat", ...args], { env, input }),
    open: (...args: string[]) => TerminalProcess.start(["chat", ...args], { env, cwd: dir.path }),
    cli: (...args: string[]) => runBinary(args, { env }),
    historyFile: join(home, "state", "chat_history.jsonl"),
    file: (name: string) => join(dir.path, name),
    makePipe: (name: string) => execFileSync("mkfifo", [join(dir.path, name)]),
    fillPipe: (name: string, text: string) => writeFile(join(dir.path, name), text),
    [Symbol.asyncDispose]: async () => {
      await model.close();
      await dir[Symbol.asyncDispose]();
    },
  };
}

test("[P165] hermes chat -q prints the answer, and --continue goes on with it", async () => {
  await using at = await lab();
  const first = await at.run(["-q", "the word is kiwi"]);
  assert.equal(first.stdout, "heard: the word is kiwi\n");
  assert.equal(first.exitCode, 0);
  const second = await at.run(["--continue", "-q", "-"], "what was it?\n");
  assert.match(second.stdout, /^heard: the word is kiwi \| what was it\?/);
});

test("[P165] hermes chat -q --json tells the session and the usage", async () => {
  await using at = await lab();
  const { stdout } = await at.run(["-q", "hello", "--json"]);
  const reply = JSON.parse(stdout);
  assert.equal(reply.answer, "heard: hello");
  assert.equal(reply.outcome, "answered");
  assert.equal(reply.usage.calls, 1);
  const resumed = await at.run(["-q", "again", "--resume", reply.session_id]);
  assert.equal(resumed.stdout, "heard: hello | again\n");
});

test("[P165] hermes chat -q says what failed, and ends with 1", async () => {
  await using at = await lab();
  at.model.answer = () => ({ kind: "failure", status: 401, message: "no" });
  const { exitCode, stdout, stderr } = await at.run(["-q", "hello"]);
  assert.equal(exitCode, 1);
  assert.equal(stdout, "");
  assert.match(stderr, /key/);
});

test("[P165] hermes chat refuses what makes no sense in one sentence", async () => {
  await using at = await lab();
  for (
    const [args, words] of [
      [[], /no terminal to talk in/],
      [["-q", " "], /question is empty/],
      [["-q", "x", "-t", "wrong"], /no set of tools called "wrong"/],
    ] as const
  ) {
    const { exitCode, stderr } = await at.run(args);
    assert.equal(exitCode, 2);
    assert.match(stderr, words);
  }
  const { exitCode, stderr } = await at.run(["-q", "x", "--resume", "2020"]);
  assert.equal(exitCode, 1);
  assert.match(stderr, /there is none/);
});

test("[P166] hermes chat talks in a terminal, knows its commands, and leaves", {
  skip: noTerminal,
}, async () => {
  await using at = await lab();
  await using chat = at.open();
  await chat.printed(/\/help lists/);
  chat.write("good morning\r");
  await chat.printed(/heard: good morning/);
  chat.write("/hlep\r");
  await chat.printed(/Did you mean \/help\?/);
  chat.write("/new\r");
  await chat.printed(/This is a new conversation/);
  chat.write("evening\r");
  await chat.printed(/heard: evening/);
  chat.write("/exit\r");
  assert.equal((await chat.ended).exitCode, 0);
});

test("[P166] Ctrl-C stops the answer, and leaves at the prompt", { skip: noTerminal }, async () => {
  await using at = await lab();
  const asked = Promise.withResolvers<void>();
  at.model.answer = () => {
    asked.resolve();
    return { kind: "silence" };
  };
  await using chat = at.open();
  await chat.printed(/\/help lists/);
  chat.write("hello\r");
  await asked.promise;
  chat.write("\x03");
  await chat.printed(/\(Stopped\.\)/);
  chat.write("\x03");
  assert.equal((await chat.ended).exitCode, 0);
});

test("[P166] a dangerous command is asked for at the prompt", { skip: noTerminal }, async () => {
  await using at = await lab();
  at.model.answer = ({ messages }) => {
    const last = messages.at(-1);
    return last?.role === "tool"
      ? { kind: "text", text: `It said ${JSON.stringify(last.content)}` }
      : {
        kind: "tool_call",
        name: "terminal",
        arguments: JSON.stringify({ command: "mkdir -p gone && rm -rf gone && echo done-4711" }),
      };
  };
  await using chat = at.open();
  await chat.printed(/\/help lists/);
  chat.write("clean up\rye"); // Typed before anything was asked.
  await chat.printed(/Allow it\?/);
  chat.write("s\r");
  await chat.until(
    () => chat.output.stdout.split("Allow it?").length > 2 || undefined,
    "the question again",
  );
  chat.write("maybe\r");
  await chat.until(
    () => chat.output.stdout.split("Allow it?").length > 3 || undefined,
    "the question a third time",
  );
  chat.write("yes\r");
  await chat.printed(/It said .*done-4711/);
});

test("[P168] hermes chat keeps two terminals apart that want one conversation", {
  skip: noTerminal,
}, async () => {
  await using at = await lab();
  await using chat = at.open();
  await chat.printed(/\/help lists/);
  chat.write("the word is kiwi\r");
  await chat.printed(/heard: the word is kiwi/);
  const refused = await at.run(["--continue", "-q", "what was it?"]);
  assert.equal(refused.exitCode, 1);
  assert.match(refused.stderr, /"the word is kiwi": another hermes has it open \(process \d+\)/);
  assert.match((await at.cli("sessions", "delete", "1", "--yes")).stderr, /has it open/);
  assert.match((await at.cli("sessions", "rename", "1", "Fruit")).stderr, /has it open/);
  assert.equal((await at.run(["-q", "something else"])).stdout, "heard: something else\n");
  chat.kill("SIGKILL");
  await chat.ended;
  // Its window is gone, and it ends by itself: until then it has the conversation.
  const again = () => at.run(["--resume", "the word is kiwi", "-q", "what was it?"]);
  let resumed = await again();
  for (let tries = 0; tries < 50 && resumed.stderr.includes("has it open"); tries++) {
    resumed = await again();
  }
  assert.deepEqual(await readdir(at.file("home/state/chats")), [], "no lock is left");
  assert.match(resumed.stdout, /^heard: the word is kiwi \| what was it\?/);
});

test("[P169] at the prompt conversations are named, left, resumed, asked again and taken back", {
  skip: noTerminal,
}, async () => {
  await using at = await lab();
  await using chat = at.open();
  const say = async (line: string, answer: RegExp) => {
    chat.write(`${line}\r`);
    await chat.printed(answer);
  };
  await chat.printed(/\/help lists/);
  await say("the word is kiwi", /heard: the word is kiwi/);
  await say("/title Fruit talk", /is `?Fruit talk`? now/);
  await say("/new Vegetables", /This is a new conversation/);
  await say("leek", /heard: leek/);
  await say("/sessions", /1\. .* {2}Fruit talk\s+\/resume and/);
  await say("/resume 1", /This goes on with "Fruit talk"/);
  await say("what was it?", /heard: the word is kiwi \| what was it\?/);
  await say("/branch Other way", /copy/i);
  await say("only here", /only here/);
  await say("/resume Fruit talk", /only here[^]*goes on with "Fruit talk"/);
  at.model.answer = ({ messages }) => ({ kind: "text", text: `${messages.length} messages` });
  await say("and now?", /6 messages/);
  await say("/undo", /from "and now\?"/);
  await say("/undo", /Took back 1 message, from "what was it\?"/);
  at.model.answer = ({ messages }) => ({ kind: "text", text: `again ${messages.length}` });
  await say("/retry", /again 2/);
  await say("/usage", /Usage of this conversation: \d calls.*\n+• Input: \d+\n• Output/);
  await say("/model", /The model here is `?test-model/);
  await say("/model other-model", /`?other-model`? answers in this conversation/);
  await say("/status", /Model: `?other-model/);
  await say("/compress", /not enough here yet/);
  await say("/tmp is full, what now?", /again \d/);
  chat.write("/exit\r");
  assert.equal((await chat.ended).exitCode, 0);
  const { stdout } = await at.cli("sessions", "list", "--json");
  const titles = JSON.parse(stdout).sessions.map(({ title }: { title: string }) => title);
  assert.deepEqual(titles, ["Fruit talk", "Other way", "Vegetables"]);
});

test("[P171] a paste is one message, Markdown is shown, and the history is kept without secrets", {
  skip: noTerminal,
}, async () => {
  await using at = await lab();
  at.model.answer = () => ({ kind: "text", text: "## A **plan**\n- `one`\n" });
  {
    await using chat = at.open();
    await chat.printed(/\/help lists/);
    chat.write("\x1b[200~line one\rline two\x1b[201~ please\r");
    await chat.printed(/\[2 lines pasted\] please/);
    await chat.printed(/A \*\*plan\*\*\n• one/);
    assert.match(chat.output.stdout, /\x1b\[36mone\x1b\[39m/);
    chat.write("my key is sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEF\r");
    await chat.printed(/my key is [^]*• one/);
    chat.write("/exit\r");
    assert.equal((await chat.ended).exitCode, 0);
  }
  const { body } = at.model.requests[0] ?? { body: "" };
  assert.match(body, /line one\\nline two please/);
  assert.equal(
    await readFile(at.historyFile, "utf8"),
    '"line one\\nline two please"\n"/exit"\n',
  );
  assert.equal((await stat(at.historyFile)).mode & 0o777, 0o600);
  await using later = at.open();
  await later.printed(/\/help lists/);
  later.write("\x1b[A\x1b[A");
  await later.printed(/> \[2 lines pasted\]/);
});

test("[P171] hermes chat -q --image shows the model a copy of the image", async () => {
  await using at = await lab();
  const png =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  await writeFile(at.file("dot.png"), Buffer.from(png, "base64"));
  const { exitCode } = await at.run(["-q", "what is it?", "--image", at.file("dot.png")]);
  assert.equal(exitCode, 0);
  assert.ok(at.model.requests[0]?.body.includes(png));
  await writeFile(at.file("notes.txt"), "words");
  for (
    const [name, words] of [["notes.txt", /no image of a kind/], [
      "gone.png",
      /cannot be read/,
    ]] as const
  ) {
    const refused = await at.run(["-q", "what is it?", "--image", at.file(name)]);
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, words);
  }
});

test("[P172] a background job is told of when it ends, without a message", {
  skip: noTerminal,
}, async () => {
  await using at = await lab();
  at.model.answer = ({ messages }) => {
    const last = messages.at(-1);
    if (last?.role === "tool") return { kind: "text", text: "It runs." };
    const text = JSON.stringify(last?.content);
    if (!text.includes("start it")) return { kind: "text", text: `I hear: ${text}` };
    const call = { command: "cat go-4711", background: true, notify_on_complete: true };
    return { kind: "tool_call", name: "terminal", arguments: JSON.stringify(call) };
  };
  at.makePipe("go-4711");
  await using chat = at.open();
  await chat.printed(/\/help lists/);
  chat.write("start it\r");
  await chat.printed(/It runs\./);
  await at.fillPipe("go-4711", "done-4712\n");
  await chat.printed(/I hear: .*done-4712/s);
});
