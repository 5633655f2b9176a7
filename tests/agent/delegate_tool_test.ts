import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { createDelegateTool } from "../../src/agent/delegate_tool.ts";
import { runTurn, type TurnEvent } from "../../src/agent/turn.ts";
import { ModelError } from "../../src/models/errors.ts";
import type { ModelClient, ModelRequest } from "../../src/models/model_client.ts";
import { ToolRegistry } from "../../src/tools/registry.ts";
import type { Tool, ToolContext } from "../../src/tools/tool.ts";
import { checkToolResults } from "../support/check_transcript.ts";
import { call, say, type ScriptedAnswer } from "../support/model_script.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { toolContext } from "../support/tool_context.ts";
import { turnDeps } from "../support/turn_deps.ts";

/** A model that answers by what its request asks for. */
class AskedModel implements ModelClient {
  readonly modelId = "asked";
  readonly contextTokensMax = 100_000;
  readonly requests: ModelRequest[] = [];
  readonly #answer: (request: ModelRequest) => ScriptedAnswer;

  constructor(answer: (request: ModelRequest) => ScriptedAnswer) {
    this.#answer = answer;
  }

  stream(request: ModelRequest, signal: AbortSignal) {
    this.requests.push(request);
    return this.#answer(request)(signal);
  }
}

const contexts: ToolContext[] = [];
const look: Tool = {
  name: "look",
  description: "Looks.",
  input: z.object({}),
  run: (_input, context) => {
    contexts.push(context);
    return Promise.resolve("seen");
  },
};
const others = ["clarify", "memory", "send_message", "cronjob"].map((name) => ({ ...look, name }));

interface Delegated {
  readonly goal?: string;
  readonly context?: string;
  readonly tasks?: readonly { readonly goal: string; readonly context?: string }[];
}

/** The turn of an agent that delegates once, and answers then. */
async function run(
  given: Delegated,
  answer: (request: ModelRequest) => ScriptedAnswer,
  abort = new AbortController(),
) {
  const isOfAgent = ({ systemPrompt }: ModelRequest) => systemPrompt === "You are the agent.";
  const model = new AskedModel((request) => {
    if (!isOfAgent(request)) return answer(request);
    const isFirst = request.messages.length === 1;
    return isFirst ? call([{ id: "1", name: "delegate_task", arguments: given }]) : say("Thanks.");
  });
  const { loadTools: _, stepsMax: __, ...turn } = turnDeps([model], { resultCharsMax: 10_000 });
  const delegate = createDelegateTool({
    turn,
    tools: () => registry,
    environment: "Your tools begin in /work.",
    random: seededRandom(1),
  });
  const registry: ToolRegistry = new ToolRegistry([look, ...others, delegate as Tool]);
  const deps = { ...turn, loadTools: () => Promise.resolve(registry), stepsMax: 5 };
  const input = {
    systemPrompt: "You are the agent.",
    history: [],
    userMessage: { role: "user", text: "do it" },
    context: toolContext(),
  } as const;
  const events: TurnEvent[] = [];
  let error: unknown;
  try {
    for await (const event of runTurn(input, deps, abort.signal)) events.push(event);
  } catch (thrown) {
    error = thrown;
  }
  const messages = events.flatMap((event) => event.kind === "message" ? [event.message] : []);
  checkToolResults(messages);
  const result = messages.find((message) => message.role === "tool");
  const requests = model.requests.filter((request) => !isOfAgent(request));
  return { events, result, requests, error };
}

test("[P120] delegate_task gives the goal and its context to a turn of its own, and only its report back", async () => {
  contexts.length = 0;
  const { result, requests, events } = await run(
    { goal: "Find the leak", context: "It is in /srv/app." },
    ({ messages }) =>
      messages.length === 1
        ? call([{ id: "1", name: "look", arguments: {} }], { text: "I look." })
        : say("The leak is in a.ts."),
  );
  assert.equal(result?.text, "The leak is in a.ts.");
  const [first] = requests;
  assert.deepEqual(first?.messages.map(({ text }) => text), [
    "Find the leak\n\nWhat you need to know:\nIt is in /srv/app.",
  ]);
  assert.match(first?.systemPrompt ?? "", /You are a subagent.*Your tools begin in \/work\./s);
  assert.deepEqual(first?.tools.map(({ name }) => name), ["look"]);
  const ended = events.at(-1);
  assert.equal(ended?.kind === "ended" && ended.usage.calls, 4);
  assert.equal(ended?.kind === "ended" && ended.usage.contextTokens, 13);
});

test("[P120] delegate_task lets a subagent ask nobody and keep nothing with its agent's session", async () => {
  contexts.length = 0;
  await run(
    { goal: "a" },
    ({ messages }) =>
      messages.length === 1 ? call([{ id: "1", name: "look", arguments: {} }]) : say("ok"),
  );
  const [context] = contexts;
  assert(context !== undefined);
  const signal = new AbortController().signal;
  const asked = { command: "rm -rf /", reasons: [], expiresInMs: 1 };
  assert.deepEqual(await context.askApproval(asked, signal), { kind: "denied" });
  const question = { text: "?", choices: [], expiresInMs: 1 };
  assert.deepEqual(await context.askQuestion(question, signal), { kind: "nobody_to_ask" });
  assert.match(context.sessionKey, /^agent:main:test:dm:alice:subagent:/);
  assert.equal(context.person?.name, "alice");
});

test("[P120] delegate_task works on up to three tasks side by side, and tells each report apart", async () => {
  let running = 0;
  let most = 0;
  const tasks = ["one", "two", "three"].map((goal) => ({ goal }));
  const { result } = await run({ tasks }, ({ messages }) =>
    async function* (signal) {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      yield* say(`did ${messages[0]?.text}`)(signal);
    });
  assert.equal(most, 3);
  assert.equal(
    result?.text,
    "## Report 1\n\ndid one\n\n## Report 2\n\ndid two\n\n## Report 3\n\ndid three",
  );
  const tooMany = await run({ tasks: [...tasks, { goal: "four" }] }, () => say("no"));
  assert.match(tooMany.result?.text ?? "", /Wrong arguments for "delegate_task"/);
  const both = await run({ goal: "one", tasks }, () => say("no"));
  assert.match(both.result?.text ?? "", /give either goal or tasks/);
});

test("[P120] delegate_task tells how a subagent ended that did not come to its end", async () => {
  const calling = call([{ id: "1", name: "look", arguments: {} }], { text: "Looking." });
  const stuck = await run({ goal: "a" }, () => calling);
  assert.match(stuck.result?.text ?? "", /^Looking\.\n\n\[It used up its 50 steps\.\]$/);
  const failing = await run({ goal: "a" }, () =>
    // deno-lint-ignore require-yield
    async function* () {
      throw new ModelError("overloaded", "it fails", { hint: "Wait." });
    });
  assert.match(failing.result?.text ?? "", /^\[The subagent stopped: Cannot get an answer/);
  assert.equal(failing.result?.role === "tool" && failing.result.isError, false);
});

test("[P120] delegate_task ends with the turn that it belongs to", async () => {
  const abort = new AbortController();
  const { result, error } = await run({ goal: "a" }, () =>
    async function* (signal) {
      yield { kind: "text_delta", text: "I beg" };
      abort.abort(new Error("stopped"));
      signal.throwIfAborted();
    }, abort);
  assert.match(String(error), /stopped/);
  assert.match(result?.text ?? "", /^Cancelled: the turn was stopped/);
});
