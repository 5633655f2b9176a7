import assert from "node:assert/strict";
import { test } from "node:test";
import {
  chooseServers,
  chooseToolsets,
  toolsetOf,
  TOOLSETS,
  unknownToolsets,
} from "../../src/tools/toolsets.ts";

const NONE = { byPlatform: {}, disabled: [] };

test("chooseToolsets() gives all sets unless the settings say otherwise", () => {
  assert.deepEqual(chooseToolsets("mattermost", NONE), Object.keys(TOOLSETS));
  const byPlatform = { mattermost: ["todo", "memory"], cli: ["hermes-cli"] };
  assert.deepEqual(chooseToolsets("mattermost", { byPlatform, disabled: [] }), ["memory", "todo"]);
  assert.deepEqual(chooseToolsets("cli", { byPlatform, disabled: [] }), Object.keys(TOOLSETS));
});

test("chooseToolsets() leaves out what is disabled, also where a platform names it", () => {
  const settings = { byPlatform: { cli: ["todo", "web"] }, disabled: ["web"] };
  assert.deepEqual(chooseToolsets("cli", settings), ["todo"]);
});

test("chooseToolsets() gives jobs no tool that asks, remembers or makes more jobs", () => {
  const sets = chooseToolsets("cron", NONE);
  for (const name of ["clarify", "messaging", "cronjob", "memory"]) {
    assert.ok(!sets.includes(name), name);
  }
  assert.ok(sets.includes("terminal"));
});

test("unknownToolsets() finds misspellings", () => {
  const settings = { byPlatform: { mattermost: ["all", "fiel"] }, disabled: ["webb"] };
  assert.deepEqual(unknownToolsets(settings, []), ["fiel", "webb"]);
  const mixed = {
    byPlatform: { cli: ["mcp-linear", "no_mcp", "mcp-linea"] },
    disabled: ["linear"],
  };
  assert.deepEqual(unknownToolsets(mixed, ["linear"]), ["mcp-linea"]);
});

const SERVER_CHOICES: [what: string, cli: string[], disabled: string[], chosen: string[]][] = [
  ["takes all by itself", [], [], ["github", "linear"]],
  ["takes all beside named sets", ["todo"], [], ["github", "linear"]],
  ["takes those that are named", ["todo", "mcp-linear"], [], ["linear"]],
  ["knows the bare name", ["github"], [], ["github"]],
  ["takes none when told so", ["all", "no_mcp"], [], []],
  ["leaves out what is disabled", [], ["mcp-github"], ["linear"]],
  ["opens no other one for one that is disabled", ["github"], ["github"], []],
];

for (const [what, cli, disabled, chosen] of SERVER_CHOICES) {
  test(`[P160] chooseServers() ${what}`, () => {
    const settings = { byPlatform: { cli }, disabled };
    assert.deepEqual(chooseServers("cli", settings, ["github", "linear"]), chosen);
  });
}

test("toolsetOf() knows the set of each tool, and none of a foreign one", () => {
  assert.equal(toolsetOf("patch"), "file");
  assert.equal(toolsetOf("mcp_github_search"), undefined);
});
