import assert from "node:assert/strict";
import { test } from "node:test";
import { createClarifyTool } from "../../src/tools/clarify_tool.ts";
import type { Question, QuestionAnswer } from "../../src/tools/tool.ts";
import { toolContext } from "../support/tool_context.ts";

const cases: readonly [answer: QuestionAnswer, says: RegExp][] = [
  [{ kind: "answered", text: "the blue one" }, /answers: the blue one/],
  [{ kind: "expired" }, /no consent/],
  [{ kind: "nobody_to_ask" }, /safest reading/],
];
for (const [answer, says] of cases) {
  test(`clarify asks the person, and tells the model when ${answer.kind}`, async () => {
    const asked: Question[] = [];
    const askQuestion = (question: Question) => {
      asked.push(question);
      return Promise.resolve(answer);
    };
    const tool = createClarifyTool();
    const input = tool.input.parse({ question: "Which?", choices: ["red", "blue"] });
    const text = await tool.run(input, toolContext({ askQuestion }), new AbortController().signal);
    assert.match(text, says);
    assert.deepEqual(asked, [{ text: "Which?", choices: ["red", "blue"], expiresInMs: 600_000 }]);
  });
}
