import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { LoopGuard } from "../../src/agent/loop_guard.ts";
import type { ResolvedCall } from "../../src/tools/registry.ts";

const OK = { text: "fine", isError: false };
const FAILED = { text: "no", isError: true };

function resolved(name: string, readOnly: boolean): ResolvedCall {
  const tool = {
    name,
    description: "",
    input: z.object({}),
    readOnly,
    run: () => Promise.resolve(""),
  };
  return { kind: "ready", tool, input: {} };
}

const READ = resolved("read", true);
const WRITE = resolved("write", false);
const UNKNOWN: ResolvedCall = { kind: "refused", cause: "unknown_tool", reason: "no such tool" };

function toCall(name: string, path = "a") {
  return { id: "1", name, arguments: { path } };
}

test("[P114] LoopGuard warns of the same failing call the second time, and stops at the sixth", () => {
  const guard = new LoopGuard();
  const warnings = Array.from({ length: 6 }, () => guard.note(toCall("write"), WRITE, FAILED));
  assert.equal(warnings[0], undefined);
  assert.match(warnings[1] ?? "", /This very call has failed 2 times/);
  assert.match(guard.verdict ?? "", /write failed again and again/);
});

test("[P114] LoopGuard warns of a tool that fails whatever it is given, and forgets when it works", () => {
  const guard = new LoopGuard();
  const fail = (path: string) => guard.note(toCall("write", path), WRITE, FAILED);
  assert.deepEqual([fail("a"), fail("b")], [undefined, undefined]);
  assert.match(fail("c") ?? "", /write has failed 3 times in a row/);
  guard.note(toCall("write", "d"), WRITE, OK);
  assert.equal(fail("e"), undefined);
  for (let count = 0; count < 20; count++) {
    fail(`${count}`);
    guard.note(toCall("write", "ok"), WRITE, OK);
  }
  assert.equal(guard.verdict, undefined);
  for (let count = 0; count < 12; count++) fail(`${count}`);
  assert.notEqual(guard.verdict, undefined);
});

test("[P114] LoopGuard warns of the same question with the same answer, unless something changed", () => {
  const guard = new LoopGuard();
  const look = (text = "fine") => guard.note(toCall("read"), READ, { text, isError: false });
  assert.equal(look(), undefined);
  assert.match(look() ?? "", /same result 2 times/);
  assert.equal(look("other"), undefined);
  assert.match(look("other") ?? "", /same result 2 times/);
  guard.note(toCall("write"), WRITE, OK);
  assert.equal(look("other"), undefined);
  for (let count = 0; count < 6; count++) look("other");
  assert.equal(guard.verdict, undefined);
  look("other");
  assert.match(guard.verdict ?? "", /read was called for the same/);
});

test("[P114] LoopGuard does not mind that a call which changes things gives the same again", () => {
  const guard = new LoopGuard();
  for (let count = 0; count < 30; count++) {
    assert.equal(guard.note(toCall("write"), WRITE, OK), undefined);
  }
  assert.equal(guard.verdict, undefined);
});

test("[P113] LoopGuard stops at the third call of a tool that does not exist", () => {
  const guard = new LoopGuard();
  for (const name of ["fly", "swim"]) guard.note(toCall(name), UNKNOWN, FAILED);
  assert.equal(guard.verdict, undefined);
  guard.note(toCall("fly"), UNKNOWN, FAILED);
  assert.match(guard.verdict ?? "", /tools that do not exist/);
});
