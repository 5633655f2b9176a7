import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { toBatches } from "../../src/agent/call_batches.ts";
import type { Tool } from "../../src/tools/tool.ts";
import { toolContext } from "../support/tool_context.ts";

const tool: Tool<{ path: string }> = {
  name: "tool",
  description: "",
  input: z.object({ path: z.string() }),
  run: () => Promise.resolve(""),
};
const TOOLS: Readonly<Record<string, Tool<{ path: string }>>> = {
  search: { ...tool, readOnly: true },
  read: { ...tool, readOnly: true, touches: ({ path }) => [path] },
  write: { ...tool, touches: ({ path }) => [path] },
  move: { ...tool, touches: ({ path }) => path.split(">") },
  confused: {
    ...tool,
    touches: () => {
      throw new Error("what path?");
    },
  },
  run: tool,
};

const cases: [name: string, calls: string, batches: string][] = [
  ["what only reads, side by side", "search read:/a search", "search read:/a search"],
  ["writes to different files, side by side", "write:/a write:/b", "write:/a write:/b"],
  ["writes to one file, in order", "write:/a write:/a", "write:/a | write:/a"],
  ["a write below another's folder, in order", "write:/a write:/a/b", "write:/a | write:/a/b"],
  ["a folder after a write below it, in order", "write:/a/b/c read:/a", "write:/a/b/c | read:/a"],
  ["names that only begin alike, side by side", "write:/a/b write:/a/bc", "write:/a/b write:/a/bc"],
  [
    "names that begin with dots, side by side",
    "write:/a/..b write:/a/c",
    "write:/a/..b write:/a/c",
  ],
  [
    "a file that is below, whatever it is called",
    "write:/a write:/a/..b",
    "write:/a | write:/a/..b",
  ],
  [
    "other spellings of one path, in order",
    "write:/a/b write:/a/./c/../b",
    "write:/a/b | write:/a/./c/../b",
  ],
  ["every path of a call", "move:/a>/b read:/c read:/b", "move:/a>/b read:/c | read:/b"],
  ["a search never beside a write", "write:/a search write:/b", "write:/a | search | write:/b"],
  ["what could do anything, alone", "read:/a run read:/b", "read:/a | run | read:/b"],
  [
    "a call whose paths cannot be told, alone",
    "read:/a confused read:/b",
    "read:/a | confused | read:/b",
  ],
  ["a refused call, anywhere", "write:/a refused write:/b", "write:/a refused write:/b"],
  [
    "at most eight at once",
    "search search search search search search search search search",
    "search search search search search search search search | search",
  ],
];
for (const [name, calls, expected] of cases) {
  test(`[P110] toBatches() runs ${name}`, () => {
    const planned = calls.split(" ").map((text, index) => {
      const [name = "", path = ""] = text.split(":");
      const tool = TOOLS[name];
      return {
        call: { id: `${index}`, name: text, arguments: { path } },
        resolved: tool === undefined
          ? { kind: "refused", cause: "arguments", reason: "no" } as const
          : { kind: "ready", tool: tool as Tool, input: { path } } as const,
      };
    });
    const batches = toBatches(planned, toolContext())
      .map((batch) => batch.map(({ call }) => call.name).join(" ")).join(" | ");
    assert.equal(batches, expected);
  });
}
