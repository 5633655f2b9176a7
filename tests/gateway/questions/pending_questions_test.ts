import assert from "node:assert/strict";
import { test } from "node:test";
import {
  PendingQuestions,
  type QuestionDraft,
  QUESTIONS_MAX,
} from "../../../src/gateway/questions/pending_questions.ts";
import type { SessionKey } from "../../../src/sessions/session_store.ts";

const sessionKey = "session" as SessionKey;

function draft(marker: string): QuestionDraft {
  const person = { personId: "alice", personName: "alice" };
  return {
    marker,
    buttonSecret: `secret of ${marker}`,
    kind: "approval",
    sessionKey,
    channelId: "c1",
    channelKind: "public",
    choices: [],
    ...person,
  };
}

test("[P106] PendingQuestions takes no answer before the post is there, and only the first one", async () => {
  const questions = new PendingQuestions();
  const answered = questions.open(draft("m1"));
  assert.deepEqual(questions.all, []);
  assert.equal(questions.isWaiting(sessionKey), false);
  questions.place("other", { postId: "q0", rootId: "", postedAtMs: 1 });
  questions.place("m1", { postId: "q1", rootId: "t1", postedAtMs: 1 });
  const question = questions.byPost("q1");
  assert.equal(question?.rootId, "t1");
  questions.place("m1", { postId: "q1", rootId: "t1", postedAtMs: 1 });
  assert.equal(questions.byPost("q1"), question, "seen by the socket and by the request");
  assert.equal(questions.isWaiting(sessionKey), true);
  assert.ok(question !== undefined && questions.settle(question, { kind: "denied" }));
  assert.equal(questions.settle(question, { kind: "allowed", scope: "once" }), false);
  assert.deepEqual(await answered, { kind: "denied" });
  assert.deepEqual(questions.all, []);
});

test("PendingQuestions tells when there are too many", () => {
  const questions = new PendingQuestions();
  for (let index = 0; index < QUESTIONS_MAX; index++) void questions.open(draft(`m${index}`));
  assert.equal(questions.hasRoom, false);
  questions.close("m0");
  assert.equal(questions.hasRoom, true);
});
