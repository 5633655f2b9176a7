import assert from "node:assert/strict";
import { test } from "node:test";
import { parseChatScript } from "../../src/sandbox/chat_script.ts";

const parse = (script: string) =>
  parseChatScript(script, {
    people: ["alice", "bob"],
    channelsOf: (person) => person === "bob" ? ["general"] : ["general", "secret"],
  });

const MESSAGES = [
  ["hello", "alice", { kind: "direct" }, "hello"],
  ["#general @hermes hi", "alice", { kind: "channel", name: "general" }, "@hermes hi"],
  ["> go on", "alice", { kind: "thread" }, "go on"],
  ["bob: hi", "bob", { kind: "direct" }, "hi"],
  ["bob: #general hi", "bob", { kind: "channel", name: "general" }, "hi"],
  ["bob: > hi", "bob", { kind: "thread" }, "hi"],
  ["note: nobody is called note", "alice", { kind: "direct" }, "note: nobody is called note"],
  ["bob:hi", "alice", { kind: "direct" }, "bob:hi"],
  [">_<", "alice", { kind: "direct" }, ">_<"],
  ["\\#general is a channel", "alice", { kind: "direct" }, "#general is a channel"],
  ["\\# heading", "alice", { kind: "direct" }, "# heading"],
  ["#general \\> quoted", "alice", { kind: "channel", name: "general" }, "> quoted"],
] as const;

for (const [line, person, place, text] of MESSAGES) {
  test(`parseChatScript() reads ${JSON.stringify(line)}`, () => {
    const expected = { kind: "messages", messages: [{ line: 1, person, place, text }] };
    assert.deepEqual(parse(line), expected);
  });
}

test("parseChatScript() leaves out blank lines and comments, and counts them as lines", () => {
  const script = parse(
    "\uFEFF#!/usr/bin/env -S hermes demo --script\r\n# a comment\r\n\r\n#\r\nhi\r\n",
  );
  const message = { line: 5, person: "alice", place: { kind: "direct" }, text: "hi" };
  assert.deepEqual(script, { kind: "messages", messages: [message] });
});

test("parseChatScript() refuses a channel that the person is not in, and names theirs", () => {
  const refused = {
    kind: "refused",
    line: 2,
    problem: `bob is in no channel "secret", only in general`,
  };
  assert.deepEqual(parse("hi\nbob: #secret hi"), refused);
});

for (const line of ["#general", "bob:", "bob: #general", ">"]) {
  test(`parseChatScript() refuses ${JSON.stringify(line)}, which says nothing`, () => {
    assert.deepEqual(parse(line), { kind: "refused", line: 1, problem: "the message has no text" });
  });
}

test("parseChatScript() refuses a script without a message", () => {
  const refused = { kind: "refused", line: 1, problem: "there is no message in it" };
  assert.deepEqual(parse("# nothing\n\n"), refused);
});
