import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { ToolRegistry } from "../../src/tools/registry.ts";
import type { Tool } from "../../src/tools/tool.ts";

const readFile: Tool<{ path: string; limit: number }> = {
  name: "read_file",
  description: "Reads a file.",
  input: z.object({ path: z.string().describe("Where"), limit: z.int().max(10).default(5) }),
  run: () => Promise.resolve("text"),
};
const listFiles: Tool<Record<string, never>> = {
  name: "list_files",
  description: "Lists files.",
  input: z.object({}),
  run: () => Promise.resolve("names"),
};
const registry = new ToolRegistry([readFile, listFiles]);

test("ToolRegistry describes its tools in order, with a JSON Schema of what the model may write", () => {
  const { descriptions } = registry;
  assert.deepEqual(descriptions.map((tool) => tool.name), ["read_file", "list_files"]);
  const schema = descriptions[0]?.inputSchema as Record<string, unknown>;
  assert.equal(schema.type, "object");
  assert.deepEqual(schema.required, ["path"]);
  assert.equal(schema.$schema, undefined);
  assert.deepEqual(
    (schema.properties as Record<string, unknown>).path,
    { type: "string", description: "Where" },
  );
});

test("ToolRegistry refuses two tools of one name", () => {
  assert.throws(() => new ToolRegistry([readFile, readFile]), /share a name/);
});

test("resolve() checks the input and fills in what was left out", () => {
  const resolved = registry.resolve({ id: "1", name: "read_file", arguments: { path: "a", x: 1 } });
  assert.deepEqual(resolved, { kind: "ready", tool: readFile, input: { path: "a", limit: 5 } });
});

const SPELLINGS = [
  ...[
    "Read_File",
    "read-file",
    "read file",
    "ReadFile",
    "READFILE",
    "read_file_tool",
    "ReadFileTool",
  ],
  ...["functions.read_file", "functions_read_file", "tools:read_file", "read_files", "readd_file"],
];
for (const name of SPELLINGS) {
  test(`[P113] resolve() understands "${name}" as read_file`, () => {
    const resolved = registry.resolve({ id: "1", name, arguments: { path: "a" } });
    assert.equal(resolved.kind === "ready" && resolved.tool.name, "read_file");
  });
}

test("resolve() does not guess between two tools that a name could mean", () => {
  const both = new ToolRegistry([listFiles, { ...listFiles, name: "listfiles" }]);
  assert.equal(both.resolve({ id: "1", name: "List-Files", arguments: {} }).kind, "refused");
  assert.equal(both.resolve({ id: "1", name: "listfiles", arguments: {} }).kind, "ready");
});

test("resolve() answers an unknown name with the known ones", () => {
  assert.deepEqual(registry.resolve({ id: "1", name: "write_file", arguments: {} }), {
    kind: "refused",
    cause: "unknown_tool",
    reason: 'There is no tool named "write_file". Available: read_file, list_files',
  });
  const none = new ToolRegistry([]).resolve({ id: "1", name: "x", arguments: {} });
  assert.match(none.kind === "refused" ? none.reason : "", /Available: none$/);
});

test("resolve() names every field that is wrong", () => {
  const wrong = { limit: 11 };
  const resolved = registry.resolve({ id: "1", name: "read_file", arguments: wrong });
  const reason = resolved.kind === "refused" ? resolved.reason : "";
  assert.match(reason, /^Wrong arguments for "read_file":\n- path: .*\n- limit: .*10$/);
});

test("[P113] resolve() refuses arguments that were cut off, and asks for them again", () => {
  const call = { id: "1", name: "read_file", arguments: '{"path": "a' };
  const resolved = registry.resolve(call);
  assert.match(
    resolved.kind === "refused" ? resolved.reason : "",
    /nothing was run. Call it again/,
  );
});

for (const given of ["text", 7, [1], true]) {
  test(`resolve() refuses arguments that are ${JSON.stringify(given)}`, () => {
    const resolved = registry.resolve({ id: "1", name: "read_file", arguments: given });
    assert.match(resolved.kind === "refused" ? resolved.reason : "", /one JSON object/);
  });
}

for (const given of [undefined, null, "", {}]) {
  test(`resolve() takes ${JSON.stringify(given)} for no arguments`, () => {
    const resolved = registry.resolve({ id: "1", name: "list_files", arguments: given });
    assert.deepEqual(resolved, { kind: "ready", tool: listFiles, input: {} });
  });
}
