import assert from "node:assert/strict";
import { test } from "node:test";
import { type ChatInput, parseChatInput } from "../../src/sandbox/chat_input.ts";

const CASES: readonly [line: string, input: ChatInput][] = [
  ["hello there", { kind: "say", text: "hello there" }],
  ["  ", { kind: "nothing" }],
  ["//new", { kind: "say", text: "/new" }],
  [" /new", { kind: "say", text: " /new" }],
  ["1/2", { kind: "say", text: "1/2" }],
  ["/dm", { kind: "direct" }],
  ["/channel #general", { kind: "channel", name: "general" }],
  ["/channel general  ", { kind: "channel", name: "general" }],
  ["/channel", { kind: "channels" }],
  ["/channels", { kind: "channels" }],
  ["/thread", { kind: "thread", isOn: true }],
  ["/thread off", { kind: "thread", isOn: false }],
  ["/as @bob", { kind: "become", person: "bob" }],
  ["/help", { kind: "help" }],
  ["/quit", { kind: "quit" }],
  ["/exit", { kind: "quit" }],
  ["/new", { kind: "unknown", command: "/new" }],
  ["/", { kind: "unknown", command: "/" }],
];

for (const [line, input] of CASES) {
  test(`parseChatInput() reads ${JSON.stringify(line)} as ${input.kind}`, () => {
    assert.deepEqual(parseChatInput(line), input);
  });
}
