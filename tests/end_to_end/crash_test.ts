import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { test } from "node:test";
import type { Post } from "../../src/sandbox/records.ts";
import { BinaryLab } from "../support/binary_lab.ts";
import type { GatewayProcess } from "../support/gateway_process.ts";

const BEGINNING = "Once upon ";
const WHOLE = "Once upon a time.";

/** Resolves at the step at which the process dies. */
type Step = (lab: BinaryLab, gateway: GatewayProcess, asked: Post) => Promise<unknown>;

const steps: Readonly<Record<string, Step>> = {
  "it was taken on": (_lab, gateway, asked) =>
    gateway.logged("gateway.message", ({ postId }) => postId === asked.id),
  "the model was asked": (lab, gateway) =>
    gateway.until(() => lab.model.requests.length > 0 || undefined, "a request of the model"),
  "its answer began to grow": (lab, _gateway, asked) =>
    lab.sandbox.posted((post) => lab.answersTo(asked).includes(post)),
  "its answer was whole": (lab, _gateway, asked) =>
    lab.sandbox.posted((post) => lab.answersTo(asked).includes(post) && post.message === WHOLE),
  "it was answered": (_lab, gateway, asked) => gateway.answered(asked.id),
};
for (const [name, step] of Object.entries(steps)) {
  test(`[C21] a message is answered once, though the process is killed when ${name}`, async () => {
    await using lab = await BinaryLab.open();
    const first = await lab.connected();
    const rest = Promise.withResolvers<string>();
    const halts = !/whole|answered/.test(name);
    lab.model.answer = () => {
      return halts
        ? { kind: "halting", text: BEGINNING, rest: rest.promise }
        : { kind: "text", text: WHOLE };
    };
    const asked = lab.sandbox.as("alice").dm("hermes", "tell me a story");
    await step(lab, first, asked);
    await first.stop("SIGKILL");
    rest.resolve("");
    lab.model.answer = () => ({ kind: "text", text: WHOLE });
    const second = await lab.connected({ home: first.home });
    try {
      if (name !== "it was answered") await second.answered(asked.id);
      // Whatever was to be said of the first message has been said before the second is answered.
      lab.model.answer = () => ({ kind: "text", text: "Good night." });
      assert.equal(await lab.ask(second, "alice", "good night"), "Good night.");
      assert.deepEqual(lab.answersTo(asked).map(({ message }) => message), [WHOLE]);
    } finally {
      await second.stop("SIGKILL");
      await rm(second.home, { recursive: true, force: true });
    }
  });
}
