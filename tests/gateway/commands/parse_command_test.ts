import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCommand } from "../../../src/gateway/commands/parse_command.ts";

test("[P106] [C19] parseCommand() reads a command however it is typed", () => {
  const cases: readonly [text: string, name: string, args: string][] = [
    ["!approve", "approve", ""],
    ["!approve session", "approve", "session"],
    ["/approve", "approve", ""],
    [" /approve", "approve", ""],
    ["  !Approve   ALWAYS  ", "approve", "ALWAYS"],
    ["！approve", "approve", ""],
    ["!DENY", "deny", ""],
    ["!new\nchapter", "new", "chapter"],
    ["!release-notes v1.2\nand more", "release-notes", "v1.2\nand more"],
    ["/q1", "q1", ""],
  ];
  for (const [text, name, args] of cases) {
    assert.deepEqual(parseCommand(text), { name, args }, text);
  }
});

test("[C19] parseCommand() takes nothing else for a command", () => {
  const texts = [
    "",
    "approve",
    "please !approve",
    "hello\n!approve",
    "! approve",
    "!!approve",
    "!1",
    "`!approve`",
    "```\n!approve\n```",
    "    !approve",
    "> !approve",
    "![image](https://x.example)",
    "/home/alice/file",
    "/etc/hosts is wrong",
    "//comment",
    "!approve.",
    "!approve, please",
  ];
  for (const text of texts) assert.equal(parseCommand(text), undefined, JSON.stringify(text));
});
