import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatCommand } from "../../../src/gateway/commands/chat_command.ts";
import {
  type CommandAccess,
  isAdmin,
  mayUse,
} from "../../../src/gateway/commands/command_access.ts";
import { CommandRegistry } from "../../../src/gateway/commands/command_registry.ts";
import { inboundMessage } from "../../support/inbound.ts";

function command(name: string, aliases: readonly string[] = []): ChatCommand {
  const run = () => Promise.resolve({ kind: "done" } as const);
  return { name, aliases, summary: "", timing: "beside", run };
}

test("[P180] CommandRegistry finds commands by name and alias, and the one that was meant", () => {
  const registry = new CommandRegistry([command("new", ["reset"]), command("status")]);
  assert.equal(registry.find("reset")?.name, "new");
  assert.equal(registry.find("statsu"), undefined);
  assert.equal(registry.nearest("statsu"), "status");
  assert.equal(registry.nearest("important"), undefined);
  assert.throws(() => new CommandRegistry([command("new"), command("fresh", ["new"])]), /new/);
});

test("[P183] mayUse() restricts nobody where no admins are listed", () => {
  const open = { admins: new Set<string>(), userCommands: new Set<string>() };
  const access = { dm: open, channel: open };
  assert.equal(mayUse("yolo", inboundMessage({ senderId: "bob" }), access), true);
  assert.equal(isAdmin(inboundMessage({ senderId: "bob" }), access), true);
});

test("[P183] mayUse() lets admins do all, and others what is listed and what everybody needs", () => {
  const access: CommandAccess = {
    dm: { admins: new Set(["alice"]), userCommands: new Set(["status"]) },
    channel: { admins: new Set(["carol"]), userCommands: new Set() },
  };
  const dm = { channelKind: "dm" } as const;
  const channel = { channelKind: "private" } as const;
  const cases: readonly [
    who: string,
    place: typeof dm | typeof channel,
    name: string,
    may: boolean,
  ][] = [
    ["alice", dm, "yolo", true],
    ["alice", channel, "yolo", false],
    ["carol", channel, "yolo", true],
    ["bob", dm, "status", true],
    ["bob", channel, "status", false],
    ["bob", dm, "yolo", false],
    ["bob", channel, "help", true],
    ["bob", channel, "whoami", true],
    ["bob", channel, "stop", true],
    ["bob", channel, "approve", true],
    ["bob", channel, "deny", true],
  ];
  for (const [senderId, place, name, may] of cases) {
    const message = inboundMessage({ senderId, ...place });
    assert.equal(mayUse(name, message, access), may, `${senderId} ${place.channelKind} ${name}`);
  }
});
