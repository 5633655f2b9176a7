import assert from "node:assert/strict";
import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Post } from "../../src/sandbox/records.ts";
import { BinaryLab } from "../support/binary_lab.ts";
import type { GatewayProcess } from "../support/gateway_process.ts";
import type { ChatAnswer, ChatRequest } from "../support/model_server.ts";

function terminal(command: string, more: Record<string, unknown> = {}): ChatAnswer {
  return { kind: "tool_call", name: "terminal", arguments: JSON.stringify({ command, ...more }) };
}

function lastText(request: ChatRequest): string {
  return JSON.stringify(request.messages.at(-1)?.content ?? "");
}

/** A model that calls for these commands in turn for each message, and ends with the last result. */
function runs(lab: BinaryLab, ...commands: readonly ChatAnswer[]): void {
  lab.model.answer = (request) => {
    const since = request.messages.slice(
      request.messages.findLastIndex(({ role }) => role === "user"),
    );
    const done = since.filter(({ role }) => role === "tool").length;
    return commands[done] ?? { kind: "text", text: `The end: ${lastText(request)}` };
  };
}

/** The question about `command` that is open, now or later. */
function asked(lab: BinaryLab, command: string): Promise<Post> {
  return lab.sandbox.posted(({ message }) => message.startsWith("⏳") && message.includes(command));
}

function closed(lab: BinaryLab, question: Post, form: RegExp): Promise<Post> {
  return lab.sandbox.posted(({ id, message }) => id === question.id && form.test(message));
}

async function workspaceWith(
  gateway: GatewayProcess,
  ...folders: readonly string[]
): Promise<string> {
  const workspace = join(gateway.home, "workspace");
  for (const folder of folders) {
    await mkdir(join(workspace, folder), { recursive: true });
    await writeFile(join(workspace, folder, "file"), "x");
  }
  return workspace;
}

const exists = (path: string) => access(path).then(() => true, () => false);

test("[P105] [P106] a dangerous command runs after !approve in the thread, and not after !deny", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  const workspace = await workspaceWith(gateway, "one", "two");
  runs(lab, terminal("rm -r one"), terminal("cd . && rm -r two"));
  const alice = lab.sandbox.as("alice");
  const root = alice.post({ channel: "general", message: "a topic" });
  const place = { channel: "general", rootId: root.id };
  const task = alice.post({ ...place, message: "@hermes clean up" });
  const first = await asked(lab, "rm -r one");
  assert.equal(first.root_id, root.id);
  assert.ok(await exists(join(workspace, "one")));
  alice.post({ ...place, message: "!approve" });
  const second = await asked(lab, "rm -r two");
  assert.ok(!await exists(join(workspace, "one")));
  alice.post({ ...place, message: "!deny" });
  await closed(lab, second, /^⛔/);
  await gateway.answered(task.id);
  assert.ok(await exists(join(workspace, "two")));
  assert.match(lab.answersTo(task)[0]?.message ?? "", /the person did not allow this command/);
});

test("[P105] what is allowed always stands in config.yaml, and holds after a restart, in the background too", async () => {
  await using lab = await BinaryLab.open();
  const first = await lab.connected();
  const workspace = await workspaceWith(first, "one", "two");
  const config = join(first.home, "config.yaml");
  runs(lab, terminal("rm -r one", { background: true }));
  const task = lab.sandbox.as("alice").dm("hermes", "clean up");
  const question = await asked(lab, "rm -r one");
  assert.ok(await exists(join(workspace, "one")), "also a background command waits for the yes");
  lab.sandbox.as("alice").react(question.id, "infinity");
  await first.answered(task.id);
  await closed(lab, question, /from now on/);
  await first.stop();
  const [yaml = ""] = (await readFile(config, "utf8")).match(/^command_allowlist:[^]*/m) ?? [];
  assert.match(yaml, /recursive delete/);

  await using second = await lab.connected({ home: first.home, yaml });
  runs(lab, terminal("rm -r two"));
  await lab.ask(second, "alice", "clean up more");
  assert.ok(!await exists(join(workspace, "two")));
});

test("[P100] what destroys the machine is refused without a question, also in the mode off", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected({ yaml: 'approvals:\n  mode: "off"\n' });
  runs(
    lab,
    terminal("X=rm; $X -rf /nonexistent-4711/.."),
    terminal("bash -c 'r\\m -rf ~'", { background: true }),
  );
  const answer = await lab.ask(gateway, "alice", "destroy everything");
  assert.match(answer, /never run, whoever asks/);
  const results = lab.model.requests.at(-1)?.messages.filter(({ role }) => role === "tool");
  assert.equal(results?.length, 2);
  for (const { content } of results ?? []) assert.match(JSON.stringify(content), /never run/);
});

test("[P105] silence is a no", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected({ yaml: "approvals:\n  timeout: 1\n" });
  const workspace = await workspaceWith(gateway, "one");
  runs(lab, terminal("rm -r one"));
  const task = lab.sandbox.as("alice").dm("hermes", "clean up");
  const question = await asked(lab, "rm -r one");
  await closed(lab, question, /nobody answered in time/);
  await gateway.answered(task.id);
  assert.match(lab.answersTo(task)[0]?.message ?? "", /nobody allowed this command in time/);
  assert.ok(await exists(join(workspace, "one")));
});

test("[P106] a question that was open when the process died is closed, and asked anew", async () => {
  await using lab = await BinaryLab.open();
  const first = await lab.connected();
  await workspaceWith(first, "one");
  runs(lab, terminal("rm -r one"));
  const task = lab.sandbox.as("alice").dm("hermes", "clean up");
  const old = await asked(lab, "rm -r one");
  await first.stop("SIGKILL");
  await using second = await lab.connected({ home: first.home });
  await closed(lab, old, /^⏹️/);
  const anew = await asked(lab, "rm -r one");
  assert.notEqual(anew.id, old.id);
  lab.sandbox.as("alice").react(anew.id, "+1");
  await second.answered(task.id);
  assert.ok(!await exists(join(second.home, "workspace", "one")));
});

test("[P108] !stop ends a command that runs", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  runs(lab, terminal("touch begun; sleep 120; touch ended"));
  const task = lab.sandbox.as("alice").dm("hermes", "wait");
  const begun = join(gateway.home, "workspace", "begun");
  while (!await exists(begun)) await new Promise((resolve) => setTimeout(resolve, 20));
  lab.sandbox.as("alice").dm("hermes", "!stop");
  await gateway.answered(task.id);
  assert.equal(lab.answersTo(task)[0]?.message, "_(Stopped while running `terminal`.)_");
});
