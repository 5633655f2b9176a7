import assert from "node:assert/strict";
import { test } from "node:test";
import { TerminalQuestions } from "../../../src/cli/chat/terminal_questions.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** Questions at a prompt where `begun` lines have been begun. */
function openQuestions() {
  const said: string[] = [];
  const typed = { begun: 0 };
  const clock = new FakeClock();
  const questions = new TerminalQuestions({
    say: (text) => said.push(text),
    linesBegun: () => typed.begun,
    clock,
  });
  return { questions, said, typed, clock };
}

const command = { command: "rm -rf gone", reasons: ["deletes a folder"], expiresInMs: 60_000 };
const never = new AbortController().signal;

test("[P166] TerminalQuestions takes no line that was begun before the question was shown", async () => {
  const { questions, said, typed } = openQuestions();
  assert.equal(questions.answer("yes", ++typed.begun), "free");
  typed.begun++; // Somebody is in the middle of a word.
  const approval = questions.askApproval(command, never);
  assert.equal(questions.answer("yes", typed.begun), "early");
  assert.equal(said.length, 2, "the question is shown again below that line");
  assert.equal(questions.answer("yes", ++typed.begun), "answers");
  assert.deepEqual(await approval, { kind: "allowed", scope: "once" });
});

test("[P166] TerminalQuestions shows one question at a time, and the next needs a line of its own", async () => {
  const { questions, said, typed } = openQuestions();
  const approval = questions.askApproval(command, never);
  const choice = questions.askQuestion(
    { text: "Which?", choices: ["red", "blue"], expiresInMs: 60_000 },
    never,
  );
  assert.equal(said.length, 1);
  assert.equal(questions.answer("perhaps", ++typed.begun), "answers");
  assert.equal(said.length, 2, "what is no answer leads to the question again");
  questions.answer("no", ++typed.begun);
  assert.deepEqual(await approval, { kind: "denied" });
  assert.match(said.at(-1) ?? "", /Which\?\n {2}1\. red\n {2}2\. blue/);
  assert.equal(questions.answer("2", typed.begun), "early");
  questions.answer("2", ++typed.begun);
  assert.deepEqual(await choice, { kind: "answered", text: "blue" });
});

test("[P166] TerminalQuestions takes silence for a no, and a stop as well", async () => {
  const { questions, clock } = openQuestions();
  const silent = questions.askApproval(command, never);
  await clock.advance(60_000);
  assert.deepEqual(await silent, { kind: "expired" });
  const stop = new AbortController();
  const stopped = questions.askApproval(command, stop.signal);
  stop.abort();
  assert.deepEqual(await stopped, { kind: "denied" });
  assert.equal(questions.answer("yes", 9), "free");
});
