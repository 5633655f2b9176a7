import assert from "node:assert/strict";
import { test } from "node:test";
import { createHomeCommands } from "../../../src/gateway/commands/home_commands.ts";
import { HomeChannel, type HomePlace } from "../../../src/gateway/outbox/home_channel.ts";
import { commandCall } from "../../support/command_call.ts";
import { inboundMessage } from "../../support/inbound.ts";

const never = new AbortController().signal;

test("[P244] sethome moves the home to the channel, and to the thread only when asked", async () => {
  const home = new HomeChannel(undefined);
  const saved: HomePlace[] = [];
  const [command] = createHomeCommands({
    home,
    save: (place) => {
      saved.push(place);
      return Promise.resolve();
    },
    shadowedBy: undefined,
  });
  assert.ok(command !== undefined && "run" in command);
  const type = async (args: string, change: Parameters<typeof inboundMessage>[0]) => {
    const message = inboundMessage({ channelId: "c1", ...change });
    const typed = commandCall({ args, message });
    const result = await command.run(typed, never);
    return result.kind === "reply" ? result.text : result.kind;
  };
  const inThread = { channelKind: "public", rootId: "root" } as const;
  assert.match(await type("", inThread), /^🏠 This channel is my home now/);
  assert.deepEqual(home.place, { channelId: "c1", threadId: undefined });
  assert.match(await type("thread", inThread), /^🏠 This thread is my home now/);
  assert.deepEqual(home.place, { channelId: "c1", threadId: "root" });
  assert.match(await type("", { channelKind: "dm" }), /My home is this direct message channel/);
  assert.match(await type("thread", { channelKind: "dm" }), /This is no thread/);
  assert.match(await type("kitchen", inThread), /`!sethome` makes this channel my home/);
  assert.equal(saved.length, 3);
});

test("[P244] sethome says what counts for more, and moves nothing that cannot be saved", async () => {
  const home = new HomeChannel(undefined);
  const shadowedBy = "MATTERMOST_HOME_CHANNEL";
  const full = () => Promise.reject(new Error("no space left"));
  const [failing] = createHomeCommands({ home, save: full, shadowedBy });
  const [working] = createHomeCommands({ home, save: () => Promise.resolve(), shadowedBy });
  assert.ok(failing !== undefined && "run" in failing && working !== undefined && "run" in working);
  const call = commandCall();
  await assert.rejects(failing.run(call, never), /no space left/);
  assert.equal(home.place, undefined);
  const result = await working.run(call, never);
  assert.match(result.kind === "reply" ? result.text : "", /after the next start that counts/);
});
