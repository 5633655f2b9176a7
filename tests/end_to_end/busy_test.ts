import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { BinaryLab } from "../support/binary_lab.ts";
import type { ChatAnswer, ChatRequest } from "../support/model_server.ts";

/** How long a stop may take; the promise is a second, the rest is for a machine that is busy. */
const STOP_MS_MAX = 2_000;

function calls(name: string, input: Record<string, unknown>): ChatAnswer {
  return { kind: "tool_call", name, arguments: JSON.stringify(input) };
}

/** What the model was told last. */
function told(request: ChatRequest | undefined): string {
  return JSON.stringify(request?.messages.findLast(({ role }) => role === "user")?.content ?? "");
}

async function untilSent(lab: BinaryLab, fits: (request: ChatRequest) => boolean): Promise<void> {
  while (!lab.model.requests.some(fits)) await delay(10);
}

/** The number in a file, as soon as it stands there. */
async function pidIn(path: string): Promise<number> {
  for (;;) {
    const text = await readFile(path, "utf8").catch(() => "");
    if (text.endsWith("\n")) return Number(text);
    await delay(10);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("[P194] !stop ends a command with its children and grandchildren within a second", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  const command = "sh -c 'echo $$ > child; sleep 300 & echo $! > grandchild; wait'";
  lab.model.answer = () => calls("terminal", { command });
  const alice = lab.sandbox.as("alice");
  const task = alice.dm("hermes", "wait");
  const workspace = join(gateway.home, "workspace");
  const pids = [
    await pidIn(join(workspace, "child")),
    await pidIn(join(workspace, "grandchild")),
  ];
  assert.deepEqual(pids.map(isAlive), [true, true]);
  const startedAtMs = performance.now();
  alice.dm("hermes", "!stop");
  await gateway.answered(task.id);
  while (pids.some(isAlive)) await delay(10);
  assert.ok(performance.now() - startedAtMs < STOP_MS_MAX);
  assert.equal(lab.answersTo(task)[0]?.message, "_(Stopped while running `terminal`.)_");
});

test("[P194] !stop ends a model that hangs, and an agent that works for another one, within a second", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected();
  const alice = lab.sandbox.as("alice");
  const goal = "count the stars";
  for (const delegates of [false, true]) {
    const text = delegates ? "have somebody count" : "say something";
    lab.model.answer = (request) =>
      delegates && told(request).includes(text)
        ? calls("delegate_task", { goal })
        : { kind: "silence" };
    const task = alice.dm("hermes", text);
    await untilSent(lab, (request) => told(request).includes(delegates ? goal : text));
    const startedAtMs = performance.now();
    alice.dm("hermes", "!stop");
    await gateway.answered(task.id);
    assert.ok(performance.now() - startedAtMs < STOP_MS_MAX);
    assert.match(lab.answersTo(task)[0]?.message ?? "", /^_\(Stopped/);
  }
});

test("[P191] [P29] a burst that a crash interrupts is answered once after it, as one message", async () => {
  await using lab = await BinaryLab.open();
  await using first = await lab.connected();
  lab.model.answer = () => ({ kind: "silence" });
  const alice = lab.sandbox.as("alice");
  const lead = alice.dm("hermes", "the first half");
  await untilSent(lab, (request) => told(request).includes("first half"));
  const rest = alice.dm("hermes", "the second half");
  await untilSent(lab, (request) => told(request).includes("second half"));
  await first.stop("SIGKILL");
  lab.model.requests.length = 0;
  lab.model.answer = (request) => ({ kind: "text", text: `heard ${told(request)}` });
  await using second = await lab.connected({ home: first.home });
  await second.answered(lead.id);
  await second.answered(rest.id);
  assert.match(lab.answersTo(lead)[0]?.message ?? "", /the first half.*the second half/);
  assert.deepEqual([lab.answersTo(lead).length, lab.answersTo(rest).length], [1, 0]);
  await second.stop("SIGKILL");
  await using third = await lab.connected({ home: first.home });
  await lab.ask(third, "alice", "and now?");
  const asked = lab.model.requests.map(told).filter((text) => text.includes("half"));
  assert.equal(asked.length, 1);
});
