import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { runTurn, type TurnEvent } from "../../src/agent/turn.ts";
import { ModelError, type ModelErrorKind } from "../../src/models/errors.ts";
import type { TokenLimits } from "../../src/models/token_limits.ts";
import type { Tool } from "../../src/tools/tool.ts";
import type { Message } from "../../src/transcript/message.ts";
import { checkRequest } from "../support/check_transcript.ts";
import { call, done, ModelScript, say, type ScriptedAnswer } from "../support/model_script.ts";
import { toolContext } from "../support/tool_context.ts";
import { turnDeps, type TurnDepsOptions } from "../support/turn_deps.ts";

const never = new AbortController().signal;
const answer = (text: string): Message => ({ role: "assistant", text, toolCalls: [] });

function fails(kind: ModelErrorKind, limits: TokenLimits = {}, after = ""): ScriptedAnswer {
  return async function* () {
    if (after !== "") yield { kind: "text_delta", text: after };
    throw new ModelError(kind, "it failed", { hint: "Wait.", limits });
  };
}

async function run(
  models: readonly [ModelScript, ...ModelScript[]],
  options: TurnDepsOptions = {},
  history: readonly Message[] = [],
) {
  const events: TurnEvent[] = [];
  const userMessage = { role: "user", text: "hello" } as const;
  const input = { systemPrompt: "Be good.", history, userMessage, context: toolContext() };
  const deps = turnDeps(models, options);
  let error: unknown;
  try {
    for await (const event of runTurn(input, deps, never)) events.push(event);
  } catch (thrown) {
    error = thrown;
  }
  for (const model of models) for (const { messages } of model.requests) checkRequest(messages);
  const shown = events.reduce((text, event) => {
    if (event.kind === "restarted") return "";
    return event.kind === "text_delta" ? text + event.text : text;
  }, "");
  const messages = events.flatMap((event) => event.kind === "message" ? [event.message] : []);
  const last = events.at(-1);
  return { events, messages, shown, error, outcome: last?.kind === "ended" && last.outcome, deps };
}

test("[P115] runTurn() lets another model answer when the first one cannot, for the rest of the turn", async () => {
  const look: Tool = {
    name: "look",
    description: "Looks.",
    input: z.object({}),
    run: () => Promise.resolve("seen"),
  };
  const first = new ModelScript(fails("auth"));
  const second = new ModelScript(
    call([{ id: "1", name: "look", arguments: {} }]),
    say("It is there."),
  );
  const { outcome, messages } = await run([first, second], { tools: [look] });
  assert.equal(outcome, "answered");
  assert.deepEqual(messages.at(-1), answer("It is there."));
  assert.deepEqual([first.requests.length, second.requests.length], [1, 2]);
});

test("[P115] runTurn() begins the next turn with the first model, unless that has to rest", async () => {
  const first = new ModelScript(fails("overloaded"), fails("rate_limit"), say("mine"));
  const second = new ModelScript(say("b"), say("c"));
  const { deps } = await run([first, second]);
  assert.equal(deps.models.first(), first);
  const limited = await run([first, second]);
  assert.equal(limited.deps.models.first(), second);
});

test("[P115] runTurn() takes back what a model said before it failed", async () => {
  const { shown, messages, error } = await run([
    new ModelScript(fails("network", {}, "I think it")),
    new ModelScript(say("It is blue.")),
  ]);
  assert.equal(error, undefined);
  assert.equal(shown, "It is blue.");
  assert.deepEqual(messages.slice(1), [answer("It is blue.")]);
});

test("[P115] runTurn() asks another model once when the first one refuses or has nothing to say", async () => {
  for (const first of [[say("", "refused")], [say(""), say("")]]) {
    const { outcome, shown } = await run([new ModelScript(...first), new ModelScript(say("Yes."))]);
    assert.equal(outcome, "answered");
    assert.equal(shown, "Yes.");
  }
  const { outcome } = await run([
    new ModelScript(say("No.", "refused")),
    new ModelScript(say("Never.", "refused")),
  ]);
  assert.equal(outcome, "refused");
});

test("[P115] runTurn() throws the last failure when no model is left", async () => {
  const { error } = await run([
    new ModelScript(fails("overloaded")),
    new ModelScript(fails("billing")),
  ]);
  assert.ok(error instanceof ModelError && error.kind === "billing");
});

test("[P115] runTurn() asks for a shorter answer when the credit or the model allows no longer one", async () => {
  for (const kind of ["billing", "output_limit"] as const) {
    const model = new ModelScript(fails(kind, { outputTokensMax: 8_000 }), say("ok"));
    assert.equal((await run([model])).outcome, "answered");
    assert.deepEqual(model.requests.map(({ outputTokensMax }) => outputTokensMax), [
      undefined,
      8_000,
    ]);
  }
  const poor = await run([new ModelScript(fails("billing", { outputTokensMax: 20 }))]);
  assert.ok(poor.error instanceof ModelError);
  const again = new ModelScript(...Array(2).fill(fails("output_limit", { outputTokensMax: 900 })));
  assert.ok((await run([again])).error instanceof ModelError);
});

test("[P115] runTurn() does without reasoning once when the model does not take it", async () => {
  const model = new ModelScript(fails("reasoning_refused"), say("ok"));
  assert.equal((await run([model])).outcome, "answered");
  assert.deepEqual(model.requests.map(({ withoutReasoning }) => withoutReasoning), [
    undefined,
    true,
  ]);
  const twice = new ModelScript(fails("reasoning_refused"), fails("reasoning_refused"));
  assert.ok((await run([twice])).error instanceof ModelError);
});

test("[P115] runTurn() tells a model that refuses images of them, from then on", async () => {
  const images = [{ path: "/cache/a.png", mimeType: "image/png", name: "a.png" }];
  const history: Message[] = [{ role: "user", text: "look", images }, answer("seen")];
  const model = new ModelScript(fails("images_refused"), say("ok"));
  const { outcome, deps } = await run([model], {}, history);
  assert.equal(outcome, "answered");
  const stripped = model.requests.map(({ withoutImages }) => withoutImages);
  assert.deepEqual(stripped, [undefined, true]);
  assert.equal(deps.models.isBlind(model), true);
  const withoutAny = await run([new ModelScript(fails("images_refused"))]);
  assert.ok(withoutAny.error instanceof ModelError);
});

test("[P115] runTurn() gives another model its own window and limits", async () => {
  const first = new ModelScript(
    fails("output_limit", { outputTokensMax: 500 }),
    fails("reasoning_refused"),
    fails("auth"),
  );
  const second = new ModelScript(say("ok"));
  await run([first, second]);
  const [request] = second.requests;
  assert.equal(request?.outputTokensMax, undefined);
  assert.equal(request?.withoutReasoning, undefined);
});

test("[P114] runTurn() ends a turn that goes in circles with a closing word", async () => {
  const broken: Tool = {
    name: "break",
    description: "Fails.",
    input: z.object({}),
    run: () => Promise.reject(new Error("broken")),
  };
  const calling = call([{ id: "1", name: "break", arguments: {} }]);
  const model = new ModelScript(...Array(6).fill(calling), say("I am stuck."));
  const { outcome, messages } = await run([model], { tools: [broken], stepsMax: 90 });
  assert.equal(outcome, "stuck");
  assert.equal(model.requests.length, 7);
  assert.deepEqual(messages.at(-1), answer("I am stuck."));
  assert.match(model.requests[6]?.messages.at(-1)?.text ?? "", /^Stop here: break failed again/);
  assert.match(messages[4]?.text ?? "", /^broken\n\n\[This very call has failed 2 times/);
});

test("[P113] runTurn() ends a turn at the third call of a tool that does not exist", async () => {
  const calling = call([{ id: "1", name: "fly", arguments: {} }]);
  const { outcome, shown } = await run([
    new ModelScript(calling, calling, calling, say(""), say("")),
  ], {
    stepsMax: 90,
  });
  assert.equal(outcome, "stuck");
  assert.match(shown, /^I stopped here: I went in circles/);
});

test("[P110] runTurn() runs the same call of one step once, and answers both", async () => {
  let runs = 0;
  const count: Tool = {
    name: "count",
    description: "Counts.",
    input: z.object({ by: z.number().default(1) }),
    run: () => Promise.resolve(`${++runs}`),
  };
  const calls = [{}, { by: 1 }, { by: 2 }, {}].map((given, index) => ({
    id: `${index}`,
    name: "count",
    arguments: given,
  }));
  const { messages } = await run([new ModelScript(call(calls), say("ok"))], { tools: [count] });
  const results = messages.flatMap((each) => each.role === "tool" ? [each.text] : []);
  assert.equal(runs, 3);
  assert.match(results[1] ?? "", /^Not run again/);
  assert.deepEqual([results[0], results[2], results[3]], ["1", "2", "3"]);
});

test("runTurn() tells a model that only thought from one that was cut off", async () => {
  const thought: ScriptedAnswer = async function* () {
    yield { kind: "reasoning_delta", text: "hm" };
    yield done({ role: "assistant", text: "", toolCalls: [], reasoning: "hm" }, "length");
  };
  assert.equal((await run([new ModelScript(thought, thought)])).outcome, "only_thought");
});

test("runTurn() is content with what was said before the tools, when nothing follows", async () => {
  const look: Tool = {
    name: "look",
    description: "Looks.",
    input: z.object({}),
    run: () => Promise.resolve("seen"),
  };
  const calling = call([{ id: "1", name: "look", arguments: {} }], { text: "I remember that." });
  const { outcome } = await run([new ModelScript(calling, say(""), say(""))], { tools: [look] });
  assert.equal(outcome, "answered");
});
