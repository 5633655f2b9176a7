import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { homePaths, resolveHome } from "../../src/config/paths.ts";

test("resolveHome() is HERMES_HOME as an absolute path, or ~/.hermes", () => {
  assert.equal(resolveHome({}), join(homedir(), ".hermes"));
  assert.equal(resolveHome({ HERMES_HOME: " " }), join(homedir(), ".hermes"));
  assert.equal(resolveHome({ HERMES_HOME: "/srv/hermes/" }), "/srv/hermes");
  assert.equal(resolveHome({ HERMES_HOME: "~/bot" }), join(homedir(), "bot"));
  assert.equal(resolveHome({ HERMES_HOME: "~other" }), join(process.cwd(), "~other"));
  assert.equal(resolveHome({ HERMES_HOME: "bot" }), join(process.cwd(), "bot"));
});

test("homePaths() has the names of the Python original", () => {
  const ours = ["state", "gateway", "shells", "cache", "hooks", "terminalLocks", "chatHistory"];
  const named = Object.entries(homePaths("/h")).filter(([name]) =>
    !ours.some((own) => name.startsWith(own))
  );
  assert.deepEqual(Object.fromEntries(named), {
    home: "/h",
    envFile: "/h/.env",
    configFile: "/h/config.yaml",
    soulFile: "/h/SOUL.md",
    sessionsFolder: "/h/sessions",
    terminalSessionsFolder: "/h/sessions/cli",
    logsFolder: "/h/logs",
    memoriesFolder: "/h/memories",
    skillsFolder: "/h/skills",
    cronFolder: "/h/cron",
    pairingFolder: "/h/platforms/pairing",
    scriptsFolder: "/h/scripts",
  });
});
