import assert from "node:assert/strict";
import { test } from "node:test";
import { runBinary } from "../support/binary.ts";
import { BinaryLab } from "../support/binary_lab.ts";
import type { GatewayProcess } from "../support/gateway_process.ts";

/** It ends with 1, and says who is in the way and what to do. */
async function isRefused(gateway: GatewayProcess, by: GatewayProcess, what: string): Promise<void> {
  assert.equal(await gateway.ended(), 1);
  const [message = "", hint = ""] = gateway.printed;
  const start = `Cannot start: a gateway with this ${what} is already running ` +
    `(pid ${by.pid}, home ${by.home}, since 2`;
  assert(message.startsWith(start), message);
  const elsewhere = by.home === gateway.home ? "" : `HERMES_HOME=${by.home} `;
  assert.equal(hint, `  Stop it with ${elsewhere}hermes gateway stop, or start with --replace.`);
}

test("[P28] a second gateway of the same home, or of the same token, says who is running", async () => {
  await using lab = await BinaryLab.open();
  await using first = await lab.connected();
  await using again = await lab.start({ home: first.home });
  await isRefused(again, first, "home");
  await using elsewhere = await lab.start();
  await isRefused(elsewhere, first, "token");
  await lab.ask(first, "alice", "are you still there?");
});

test("[P28] the lock of a gateway that was killed is taken over", async () => {
  await using lab = await BinaryLab.open();
  await using first = await lab.connected();
  await first.stop("SIGKILL");
  await using second = await lab.connected({ home: first.home });
  await lab.ask(second, "alice", "hello");
});

test("[P49] --replace lets the other gateway finish its answers, and loses and repeats nothing", async () => {
  await using lab = await BinaryLab.open();
  await using first = await lab.connected();
  const rest = Promise.withResolvers<string>();
  lab.model.answer = () => ({ kind: "halting", text: "begun ", rest: rest.promise });
  const asked = lab.sandbox.as("alice").dm("hermes", "one");
  await first.logged("gateway.message", (line) => line.postId === asked.id);
  await using second = await lab.start({ home: first.home, args: ["--replace"] });
  await second.until(
    () => /Waiting for 1 answer to be finished\./.test(second.printed.join("\n")) || undefined,
    "what is waited for",
  );
  const meanwhile = lab.sandbox.as("bob").dm("hermes", "two");
  rest.resolve("finished");
  assert.equal(await first.ended(), 0);
  await second.logged("gateway.connected");
  await second.answered(meanwhile.id);
  assert.deepEqual(lab.answersTo(asked).map((post) => post.message), ["begun finished"]);
  assert.equal(lab.answersTo(meanwhile).length, 1);
});

test("[P49] --replace ends the gateways of this home and of this token, though they are two", async () => {
  await using lab = await BinaryLab.open();
  const token = lab.sandbox.token("alice").reveal();
  await using ofHome = await lab.connected({ env: { MATTERMOST_TOKEN: token } });
  await using ofToken = await lab.connected();
  await using third = await lab.connected({ home: ofHome.home, args: ["--replace"] });
  assert.deepEqual([await ofHome.ended(), await ofToken.ended()], [0, 0]);
  await lab.ask(third, "alice", "hello");
});

test("[P49] --replace without another gateway just starts", async () => {
  await using lab = await BinaryLab.open();
  await using gateway = await lab.connected({ args: ["--replace"] });
  await lab.ask(gateway, "alice", "hello");
  assert.deepEqual(gateway.printed, []);
});

test("hermes gateway refuses a subcommand that is none, and proposes the one that is meant", async () => {
  const { exitCode, stderr } = await runBinary(["gateway", "rnu"], { env: {} });
  assert.equal(exitCode, 2);
  assert.match(stderr, /no subcommand 'rnu' of gateway. Did you mean run\?/);
});
