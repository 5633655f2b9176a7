import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { toInboundMessage } from "../../src/gateway/inbound.ts";
import { decodeFrame, type PostedEvent } from "../../src/mattermost/events.ts";

const FIXTURES = join(import.meta.dirname ?? "", "..", "fixtures", "mattermost-contract");

/** The posts of a recording, as the gateway is told of them. */
async function posted(name: string): Promise<readonly PostedEvent[]> {
  const { frames } = JSON.parse(await readFile(join(FIXTURES, `${name}.json`), "utf8"));
  return frames.flatMap(({ text }: { text: string }) => {
    const frame = decodeFrame(text);
    return frame?.kind === "event" && frame.event?.kind === "posted" ? [frame.event] : [];
  });
}

test("[P218] toInboundMessage() knows the server's notice that this bot was added to a channel", async () => {
  const [notice] = await posted("ws-bot-added-to-channel");
  assert.ok(notice !== undefined);
  const hermes = { userId: "4gjz8xtopbnn5pknjqp75jfa3h", username: "hermes" };
  const message = toInboundMessage(notice, hermes);
  assert.deepEqual([message.addsBot, message.origin], [true, "system"]);
  assert.equal(toInboundMessage(notice, { ...hermes, userId: "x".repeat(26) }).addsBot, false);
  const forged = { ...notice, post: { ...notice.post, type: "" } };
  assert.equal(toInboundMessage(forged, hermes).addsBot, false);
});

test("[P212] toInboundMessage() tells whether others are called", async () => {
  const [notice] = await posted("ws-bot-added-to-channel");
  assert.ok(notice !== undefined);
  const cases: readonly [text: string, mentionsBot: boolean, mentionsOthers: boolean][] = [
    ["no names", false, false],
    ["@hermes hello", true, false],
    ["@bob what do you think?", false, true],
    ["@hermes tell @bob", true, true],
    ["@here lunch?", false, true],
    ["see `@bob` in the code, or bob@example.com", false, false],
  ];
  for (const [text, mentionsBot, mentionsOthers] of cases) {
    const event = { ...notice, post: { ...notice.post, message: text, type: "" } };
    const message = toInboundMessage(event, { userId: "bot", username: "hermes" });
    const found = [message.mentionsBot, message.mentionsOthers];
    assert.deepEqual(found, [mentionsBot, mentionsOthers], text);
  }
});
