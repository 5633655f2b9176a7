import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionKey } from "../../src/sessions/session_store.ts";
import { createTodoTool, TodoLists } from "../../src/tools/todo_tool.ts";
import { toolContext } from "../support/tool_context.ts";

const { signal } = new AbortController();
const OTHER = toolContext({ sessionKey: "agent:main:test:dm:bob" as SessionKey });

function lab() {
  const lists = new TodoLists();
  const tool = createTodoTool(lists);
  const run = (input: unknown, context = toolContext()) =>
    tool.run(tool.input.parse(input), context, signal);
  return { lists, run };
}

const STEPS = [
  { id: "1", content: "Read", status: "in_progress" },
  { id: "2", content: "Write", status: "pending" },
];

test("todo keeps a list, reads it back, and keeps sessions apart", async () => {
  const { run } = lab();
  assert.equal(await run({}), "The list is empty.");
  assert.equal(await run({ todos: STEPS }), "[>] 1. Read\n[ ] 2. Write");
  assert.equal(await run({}), "[>] 1. Read\n[ ] 2. Write");
  assert.equal(await run({}, OTHER), "The list is empty.");
});

test("todo changes steps by id when it is told to merge, and else starts anew", async () => {
  const { run } = lab();
  await run({ todos: STEPS });
  const done = [{ id: "1", content: "Read", status: "completed" }];
  assert.equal(await run({ todos: done, merge: true }), "[x] 1. Read\n[ ] 2. Write");
  assert.equal(await run({ todos: done }), "[x] 1. Read");
});

test("todo tells what is not done for a model that has lost the list", async () => {
  const { lists, run } = lab();
  await run({ todos: [{ ...STEPS[0], status: "completed" }, STEPS[1]] });
  assert.equal(lists.unfinished(toolContext().sessionKey), "[ ] 2. Write");
  assert.equal(lists.unfinished(OTHER.sessionKey), "");
});

test("todo forgets the list of the session that was unused for longest", async () => {
  const { lists, run } = lab();
  for (let index = 0; index <= 1_000; index++) {
    await run({ todos: STEPS }, toolContext({ sessionKey: `s${index}` as SessionKey }));
  }
  assert.equal(lists.unfinished("s0" as SessionKey), "");
  assert.notEqual(lists.unfinished("s1" as SessionKey), "");
});
