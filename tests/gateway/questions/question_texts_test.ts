import assert from "node:assert/strict";
import { test } from "node:test";
import {
  approvalOutcomeText,
  approvalText,
  clarificationText,
  droppedText,
  isBareWord,
  isOpenText,
} from "../../../src/gateway/questions/question_texts.ts";

const deadline = {
  expiresInMs: 300_000,
  atMs: Date.UTC(2026, 0, 31, 12, 5),
  timeZone: "Europe/Berlin",
};
const request = { command: "rm -rf build", reasons: ["deletes a folder"], expiresInMs: 300_000 };

test("[P106] approvalText() shows command, reasons, who, how and until when", () => {
  assert.equal(
    approvalText({ ...request, reasons: ["deletes a folder", "runs as root"] }, "@alice", deadline),
    "⏳ **May I run this?** @alice\n\n" +
      "```sh\nrm -rf build\n```\n\n" +
      "It deletes a folder; it runs as root.\n\n" +
      "Write `!approve`, `!approve session`, `!approve always` or `!deny`. " +
      "Or react with 👍 (once), ♾️ (always) or 👎. " +
      "Without an answer within 5 minutes (until 13:05 CET) it is not run.",
  );
});

test("[P106] approvalText() shows a command such that nothing of it stays unseen or gets out", () => {
  const shown = (command: string) => approvalText({ ...request, command }, "", deadline);
  assert.match(shown("echo ```\n# free"), /````sh\necho ```\n# free\n````/);
  assert.match(
    shown("echo a\u202eb\u200bc\x1b[31m"),
    /echo a\\u\{202e\}b\\u\{200b\}c\\u\{1b\}\[31m/,
  );
  assert.match(shown("a\tb\nc"), /a\tb\nc/);
  const long = `${"a".repeat(5_000)}; rm -rf important`;
  assert.match(shown(long), /characters are left out here …\na+; rm -rf important\n```/);
  assert.ok(shown(long).length < 3_000);
  assert.ok(shown("\u200b".repeat(100_000)).length < 3_000);
});

test("clarificationText() lists choices by number, and says how to answer", () => {
  const question = { text: "Which one?", choices: ["red", "two\nlines"], expiresInMs: 600_000 };
  const asked = clarificationText(
    question,
    "@bob",
    { ...deadline, expiresInMs: 60_000 },
    "in_thread",
  );
  assert.equal(
    asked,
    "⏳ **A question** @bob\n\nWhich one?\n\n1. red\n2. two lines\n\n" +
      "Answer with a number or in your own words, in a reply to this or with a mention of me. " +
      "I wait 1 minute (until 13:05 CET).",
  );
});

test("[P106] a question does not look open when it is not", () => {
  const open = approvalText(request, "", deadline);
  assert.equal(isOpenText(open), true);
  assert.equal(isOpenText(droppedText(open)), false);
  const outcomes = [
    { kind: "allowed", scope: "always" },
    { kind: "denied" },
    { kind: "expired" },
    { kind: "dropped" },
  ] as const;
  for (const outcome of outcomes) {
    const text = approvalOutcomeText(request.command, outcome, "alice");
    assert.equal(isOpenText(text), false);
    assert.match(text, /rm -rf build/);
  }
  assert.match(approvalOutcomeText("x", outcomes[0], "alice"), /Allowed\*\* by alice, from now on/);
});

test("isBareWord() knows what people mean for an answer", () => {
  for (const text of ["yes", "Yes!", "OK", "do it", "no.", "ja", "👍", ":+1:"]) {
    assert.equal(isBareWord(text), true, text);
  }
  for (const text of ["yes, and then the tests", "what does it do?", ""]) {
    assert.equal(isBareWord(text), false, text);
  }
});
