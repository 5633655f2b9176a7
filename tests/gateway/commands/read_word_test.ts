import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandRegistry } from "../../../src/gateway/commands/command_registry.ts";
import { createTurnCommands } from "../../../src/gateway/commands/help_commands.ts";
import { readWord, type Word } from "../../../src/gateway/commands/read_word.ts";
import type { InboundMessage } from "../../../src/gateway/inbound.ts";
import type { OpenQuestion } from "../../../src/gateway/questions/open_question.ts";
import type { SessionKey } from "../../../src/sessions/session_store.ts";
import { inboundMessage } from "../../support/inbound.ts";

const KEY = "agent:main:mattermost:dm:c1" as SessionKey;

function question(change: Partial<OpenQuestion> = {}): OpenQuestion {
  return {
    kind: "approval",
    sessionKey: KEY,
    channelId: "c1",
    channelKind: "public",
    rootId: "",
    postId: "q1",
    postedAtMs: 1_700_000_000_000,
    personId: "alice",
    personName: "alice",
    adminIds: new Set(["root"]),
    choices: [],
    ...change,
  };
}

function read(
  message: Partial<InboundMessage>,
  questions: readonly OpenQuestion[],
  context: { isAddressed?: boolean; runsTurn?: boolean } = {},
): Word {
  const { isAddressed = true, runsTurn = false } = context;
  const commands = new CommandRegistry(createTurnCommands());
  return readWord(inboundMessage(message), {
    sessionKey: KEY,
    isAddressed,
    questions,
    runsTurn,
    commands,
  });
}

const once = { kind: "allowed", scope: "once" } as const;

test("[P106] readWord() takes a decision in each of its forms", () => {
  const open = question();
  const cases: readonly [text: string, answer: unknown][] = [
    ["!approve", once],
    ["/approve", once],
    ["!APPROVE once", once],
    ["!approve session", { kind: "allowed", scope: "session" }],
    ["!approve Always", { kind: "allowed", scope: "always" }],
    ["!deny", { kind: "denied" }],
    ["!deny not now", { kind: "denied" }],
  ];
  for (const [text, answer] of cases) {
    assert.deepEqual(read({ text }, [open]), { kind: "answer", question: open, answer }, text);
  }
});

test("[P106] readWord() finds the question in a channel without a mention: flat, in its thread, below it", () => {
  const places: readonly [
    where: string,
    message: Partial<InboundMessage>,
    question: OpenQuestion,
  ][] = [
    ["flat", {}, question()],
    ["flat, though it stands in a thread", {}, question({ rootId: "t1" })],
    ["in its thread", { rootId: "t1" }, question({ rootId: "t1" })],
    ["below it", { rootId: "q1" }, question()],
  ];
  for (const [where, place, open] of places) {
    const message = { channelKind: "public", text: "!approve", ...place } as const;
    const word = read(message, [open], { isAddressed: false });
    assert.deepEqual(word, { kind: "answer", question: open, answer: once }, where);
  }
  const elsewhere = { channelKind: "public", text: "!approve" } as const;
  for (const place of [{ rootId: "t2" }, { channelId: "c2" }]) {
    const word = read({ ...elsewhere, ...place }, [question({ rootId: "t1" })], {
      isAddressed: false,
    });
    assert.deepEqual(word, { kind: "aside" });
  }
});

test("[P106] readWord() lets only the person decide whose task it is, and tells others", () => {
  const word = read({ text: "!approve", senderId: "bob", channelKind: "public" }, [question()]);
  assert.deepEqual(word, { kind: "note", note: "Only alice can decide this: it is their task." });
});

test("[P106] readWord() takes what was written before a question for no answer, however late it comes", () => {
  const open = question();
  const early = { text: "!approve", createdAtMs: open.postedAtMs - 1 };
  assert.equal(read(early, [open]).kind, "note");
  const clarification = question({ kind: "clarification" });
  assert.equal(read({ ...early, text: "2" }, [clarification]).kind, "message");
});

test("readWord() takes the oldest of the person's questions, and first the one in whose thread it is said", () => {
  const [first, second] = [question(), question({ postId: "q2", rootId: "t2" })];
  const others = question({ postId: "q0", personId: "bob", personName: "bob" });
  const flat = read({ text: "!deny" }, [others, first, second]);
  assert.equal(flat.kind === "answer" && flat.question, first);
  const threaded = read({ text: "!deny", rootId: "t2" }, [others, first, second]);
  assert.equal(threaded.kind === "answer" && threaded.question, second);
});

test("readWord() explains a wrong scope, and says when nothing waits", () => {
  const wrong = read({ text: "!approve forever" }, [question()]);
  assert.match(wrong.kind === "note" ? wrong.note : "", /`!approve session`/);
  assert.deepEqual(read({ text: "!approve" }, []), {
    kind: "note",
    note: "Nothing waits for an answer here.",
  });
  const unasked = read({ text: "!approve", channelKind: "public" }, [], { isAddressed: false });
  assert.deepEqual(unasked, { kind: "aside" });
});

test("[P106] readWord() takes a bare yes for no approval, but for a message that waits", () => {
  const open = question();
  for (const text of ["yes", "approve", "ok, do it", "👍"]) {
    assert.deepEqual(read({ text }, [open]), { kind: "message", waitsFor: open }, text);
  }
  const otherSession = question({ sessionKey: "other" as SessionKey });
  assert.deepEqual(read({ text: "yes" }, [otherSession]), { kind: "message" });
});

test("[P107] readWord() takes a number or words for the answer to a question", () => {
  const open = question({ kind: "clarification", choices: ["red", "green"] });
  const cases = [["2", "green"], ["1.", "red"], ["2)", "green"], ["3", "3"], [
    "blue",
    "blue",
  ]] as const;
  for (const [said, text] of cases) {
    const word = read({ text: said }, [open]);
    assert.deepEqual(word, { kind: "answer", question: open, answer: { kind: "answered", text } });
  }
});

test("[P107] readWord() takes words in a channel for an answer only below the question or with a mention", () => {
  const open = question({ kind: "clarification", rootId: "t1" });
  const said = { channelKind: "public", text: "blue" } as const;
  const kindOf = (message: Partial<InboundMessage>, isAddressed: boolean) =>
    read({ ...said, ...message }, [open], { isAddressed }).kind;
  assert.equal(kindOf({}, false), "aside");
  assert.equal(kindOf({}, true), "answer");
  assert.equal(kindOf({ rootId: "t1" }, false), "answer");
  assert.equal(kindOf({ rootId: "q1" }, false), "answer");
  assert.equal(kindOf({ rootId: "t1", senderId: "bob" }, false), "aside");
  assert.equal(kindOf({ rootId: "t1", senderId: "bob" }, true), "message");
});

test("[P108] readWord() hears a stop where a turn runs, without a mention too", () => {
  assert.deepEqual(read({ text: "!stop" }, []), { kind: "stop" });
  assert.deepEqual(read({ text: "/STOP" }, [question()]), { kind: "stop" });
  const aside = { isAddressed: false };
  assert.deepEqual(read({ text: "!stop" }, [], { ...aside, runsTurn: true }), { kind: "stop" });
  assert.deepEqual(read({ text: "!stop" }, [], aside), { kind: "aside" });
});

test("[P181] readWord() takes a command where the bot is addressed, and a near miss for one", () => {
  const word = read({ text: "/Q later, please" }, []);
  assert.equal(word.kind === "command" && word.command.name, "queue");
  assert.equal(word.kind === "command" && word.args, "later, please");
  assert.deepEqual(read({ text: "!frobnicate" }, []), {
    kind: "unknown_command",
    name: "frobnicate",
  });
  assert.deepEqual(read({ text: "!queu later" }, []), { kind: "unknown_command", name: "queu" });
  assert.deepEqual(read({ text: "!queue later" }, [], { isAddressed: false }), { kind: "aside" });
  assert.deepEqual(read({ text: "!frobnicate" }, [], { isAddressed: false }), { kind: "aside" });
});

test("[P181] readWord() takes for an answer what looks like a command that nobody knows", () => {
  const open = question({ kind: "clarification" });
  const answer = (text: string) => ({ kind: "answered", text });
  assert.deepEqual(read({ text: "/tmp" }, [open]), {
    kind: "answer",
    question: open,
    answer: answer("/tmp"),
  });
  assert.equal(read({ text: "!queue later" }, [open]).kind, "command");
});

test("[P181] readWord() leaves words to the model that only look like a command", () => {
  const texts = ["hello", "/etc/hosts", "stop", "!important do not miss this", "`!queue it`"];
  for (const text of texts) assert.deepEqual(read({ text }, []), { kind: "message" }, text);
});

test("[P259] readWord() lets an admin decide for another, and says who it was", () => {
  const word = read({ senderId: "root", senderName: "root", text: "!approve session" }, [
    question(),
  ]);
  const answer = { kind: "allowed", scope: "session", by: "root" };
  assert.deepEqual(word, { kind: "answer", question: question(), answer });
  const own = question({ postId: "q2", personId: "root", personName: "root" });
  const denied = read({ senderId: "root", text: "!deny" }, [question(), own]);
  assert.deepEqual(denied, { kind: "answer", question: own, answer: { kind: "denied" } });
});
