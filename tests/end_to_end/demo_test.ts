import assert from "node:assert/strict";
import { test } from "node:test";
import { noTerminal } from "../support/driven_process.ts";
import { startDemo, startDemoInTerminal } from "./demo_process.ts";

test("[P24] hermes demo --script holds a conversation with no configuration and leaves nothing", async () => {
  await using demo = await startDemo("--script", "-");
  demo.process.write("bob: #general @hermes hello\n> @bob, just between us\nwhat time is it?\n");
  demo.process.closeInput();
  const { exitCode, stdout, stderr } = await demo.process.ended;
  assert.match(stderr, /^The model is the built-in scripted one \(no language model[^\n]*\n\n$/);
  const blocks = stdout.trimEnd().split(/\n\n(?=\S)/);
  assert.equal(blocks[0], "bob → #general\n  @hermes hello");
  assert.match(blocks[1] ?? "", /^hermes → #general\n {2}Hello from the built-in scripted model\./);
  assert.equal(blocks[2], "alice → #general (thread)\n  @bob, just between us");
  assert.match(blocks[3] ?? "", /^\(No answer: it is for somebody else/);
  assert.equal(blocks[4], "alice → @hermes\n  what time is it?");
  assert.match(blocks[5] ?? "", /^hermes → @alice\n {2}Let me look at the clock\.\n\n {2}The tool/);
  assert.equal(blocks.length, 6);
  assert.equal(exitCode, 0);
  assert.deepEqual(await demo.leftovers(), []);
});

test("[P24] hermes demo chats in a terminal, and leaves nothing when one leaves", {
  skip: noTerminal,
}, async () => {
  await using demo = await startDemoInTerminal();
  await demo.process.printed(/alice → @hermes> /);
  demo.process.write("help\r");
  await demo.process.printed(/hermes\n {2}I am the \*\*built-in scripted model\*\*/);
  demo.process.write("/channel general\rhello everybody\r");
  await demo.process.printed(/No answer: hermes was not mentioned/);
  demo.process.write("half a li\x03");
  const { exitCode, stdout } = await demo.process.ended;
  assert.match(stdout, /alice → @hermes> help *\n/);
  assert.match(stdout, /alice → #general \(mention @hermes\)> half a li *\n$/);
  assert.equal(exitCode, 0);
  assert.deepEqual(await demo.leftovers(), []);
});

test("hermes demo leaves at Ctrl-D in the middle of an answer, and leaves nothing", {
  skip: noTerminal,
}, async () => {
  await using demo = await startDemoInTerminal();
  await demo.process.printed(/alice → @hermes> /);
  demo.process.write("long\r");
  await demo.process.printed(/number 9 of a long/);
  demo.process.write("\x04");
  assert.equal((await demo.process.ended).exitCode, 0);
  assert.deepEqual(await demo.leftovers(), []);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`hermes demo --script exits with 1 at ${signal}, and leaves nothing`, async () => {
    await using demo = await startDemo("--script", "-");
    demo.process.write("#general hi\nlong\n");
    demo.process.closeInput();
    await demo.process.printed(/No answer/);
    demo.process.kill(signal);
    assert.equal((await demo.process.ended).exitCode, 1);
    assert.deepEqual(await demo.leftovers(), []);
  });
}

test("hermes demo without a terminal says in one sentence what to do, and exits with 2", async () => {
  await using demo = await startDemo();
  demo.process.closeInput();
  const { exitCode, stdout, stderr } = await demo.process.ended;
  assert.equal(exitCode, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /^[^\n]*--script[^\n]*\n$/);
});
