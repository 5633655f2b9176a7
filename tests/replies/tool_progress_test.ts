import assert from "node:assert/strict";
import { test } from "node:test";
import { ToolProgress, type ToolProgressMode } from "../../src/replies/tool_progress.ts";
import { FakeClock } from "../support/fake_clock.ts";

type Call = readonly [name: string, input: unknown];

function progressOf(mode: ToolProgressMode) {
  const clock = new FakeClock();
  const redact = (text: string) => text;
  const progress = new ToolProgress({ mode, previewCharsMax: 40, redact }, clock);
  let count = 0;
  /** Lets the model make calls, and all of them begin. Gives their ids. */
  const begin = (...calls: Call[]): string[] => {
    const toolCalls = calls.map(([name, input]) => ({
      id: `call_${count++}`,
      name,
      arguments: input,
    }));
    const message = { role: "assistant", text: "", toolCalls } as const;
    progress.take({ kind: "message", message });
    for (const { id: callId, name } of toolCalls) {
      progress.take({ kind: "tool_started", callId, name });
    }
    return toolCalls.map(({ id }) => id);
  };
  const end = (callId: string, isError = false) =>
    progress.take({ kind: "tool_ended", callId, name: "", isError });
  return { progress, clock, begin, end };
}

test("[P202] ToolProgress has a line for each call, and tells how it went", () => {
  const { progress, begin, end } = progressOf("all");
  const [first = "", second = ""] = begin(["terminal", { command: "ls" }], ["terminal", {
    command: "cat no",
  }]);
  assert.equal(progress.text, "💻 terminal `ls` …\n💻 terminal `cat no` …");
  end(first);
  end(second, true);
  begin(["mcp_tracker_find", { id: 7 }]);
  assert.equal(
    progress.text,
    "💻 terminal `ls`\n💻 terminal `cat no` ✗\n🔧 mcp_tracker_find …",
  );
});

test("[P202] ToolProgress makes one line of calls of the same tool when only other tools count", () => {
  const { progress, begin, end } = progressOf("new");
  const [one = "", two = ""] = begin(["read_file", { path: "a" }], ["read_file", { path: "b" }]);
  end(one);
  assert.equal(progress.text, "📖 read_file ×2 `b` …");
  end(two);
  begin(["terminal", { command: "ls" }]);
  begin(["read_file", { path: "c" }]);
  assert.equal(progress.text, "📖 read_file ×2 `b`\n💻 terminal `ls` …\n📖 read_file `c` …");
});

test("[P202] ToolProgress shows all that a call was given when it is verbose, and nothing when off", () => {
  const verbose = progressOf("verbose");
  verbose.begin(["todo", { merge: true }]);
  assert.equal(verbose.progress.text, '📋 todo `{"merge":true}` …');
  const off = progressOf("off");
  off.begin(["todo", { merge: true }]);
  assert.deepEqual([off.progress.text, off.progress.summary], ["", ""]);
});

test("[P202] ToolProgress keeps the newest lines, and all of them in its summary", () => {
  const { progress, clock, begin, end } = progressOf("all");
  for (let index = 0; index < 30; index++) {
    const [id = ""] = begin(["terminal", { command: `step ${index}` }]);
    end(id);
  }
  begin(["memory", { action: "add" }]);
  clock.advance(12_400);
  const lines = progress.text.split("\n");
  assert.equal(lines.length, 9);
  assert.equal(lines[0], "_23 more before_");
  assert.equal(lines[1], "💻 terminal `step 23`");
  assert.equal(progress.summary, "*🔧 terminal ×30, memory · 12 s*");
  progress.clear();
  assert.deepEqual([progress.text, progress.summary], ["", ""]);
});

test("[P202] ToolProgress names a few tools in its summary, and counts the others", () => {
  const { progress, begin, clock } = progressOf("all");
  begin(...["a", "b", "c", "d", "e", "f", "g"].map((name): Call => [name, {}]));
  clock.advance(180_000);
  assert.equal(progress.summary, "*🔧 a, b, c, d, e and 2 more · 3 min*");
});
