import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseToolsets, toolsetOf, TOOLSETS, unknownToolsets } from "../../src/tools/toolsets.ts";

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
  assert.deepEqual(unknownToolsets(settings), ["fiel", "webb"]);
});

test("toolsetOf() knows the set of each tool, and none of a foreign one", () => {
  assert.equal(toolsetOf("patch"), "file");
  assert.equal(toolsetOf("mcp_github_search"), undefined);
});
