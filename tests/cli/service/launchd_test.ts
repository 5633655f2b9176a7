import assert from "node:assert/strict";
import { test } from "node:test";
import { launchdManager } from "../../../src/cli/service/launchd.ts";
import { readServiceMark } from "../../../src/cli/service/service_mark.ts";
import type { ServiceSpec } from "../../../src/cli/service/service_manager.ts";

const manager = launchdManager({ folder: "/agents", usualHome: "/Users/a/.hermes", userId: 501 });

function spec(changes: Partial<ServiceSpec> = {}): ServiceSpec {
  return {
    binary: "/usr/local/bin/hermes",
    home: "/Users/a/.hermes",
    searchPath: "/usr/local/bin:/usr/bin",
    stopSecondsMax: 40,
    runAs: undefined,
    ...changes,
  };
}

/** The keys and values of a property list, as far as ours go. */
function valuesOf(text: string): Map<string, string> {
  const found = text.matchAll(/<key>(.*?)<\/key>\s*<(\w+)\/?>(?:([^<]*)<\/\2>)?/g);
  return new Map([...found].map(([, key = "", kind = "", value]) => [key, value ?? kind]));
}

test("[P51] the property list runs this program on this home, and starts it again when it fails", () => {
  const text = manager.file(manager.place(spec().home), spec());
  const values = valuesOf(text);
  assert.equal(values.get("Label"), "ai.hermes.gateway");
  assert.equal(values.get("HERMES_HOME"), "/Users/a/.hermes");
  assert.equal(values.get("PATH"), "/usr/local/bin:/usr/bin");
  assert.equal(values.get("RunAtLoad"), "true");
  assert.equal(values.get("SuccessfulExit"), "false");
  assert.equal(values.get("ExitTimeOut"), "40");
  assert.equal(values.get("StandardErrorPath"), "/Users/a/.hermes/logs/gateway.stderr.log");
  const run = text.match(/<array>([\s\S]*)<\/array>/)?.[1]?.replaceAll(/\s*<\/?string>\s*/g, " ");
  assert.equal(run?.trim().replaceAll(/\s+/g, " "), "/usr/local/bin/hermes gateway run --quiet");
});

test("[P51] the property list holds any path that XML can hold, and others are refused", () => {
  const hostile = spec({ binary: "/a & b/<c>/--/h", home: '/Users/a/-->/"x" ]]>' });
  assert.equal(manager.refusal(hostile), undefined);
  const text = manager.file(manager.place(hostile.home), hostile);
  assert(text.includes("<string>/a &amp; b/&lt;c&gt;/--/h</string>"));
  for (const comment of text.matchAll(/<!--([\s\S]*?)-->/g)) assert(!comment[1]?.includes("--"));
  const { binary, home } = hostile;
  assert.deepEqual(readServiceMark(text), { kind: "ours", binary, home, isEdited: false });
  assert.match(manager.refusal(spec({ home: "/a\nb" })) ?? "", /launchd takes no/);
});

test("[P51] place() names the agent of another home for its path", () => {
  assert.equal(manager.place("/Users/a/.hermes").path, "/agents/ai.hermes.gateway.plist");
  assert.match(manager.place("/srv/bot").name, /^ai\.hermes\.gateway-[0-9a-f]{8}$/);
});

test("[P51] launchctl is called for the person's own domain", () => {
  const place = manager.place("/Users/a/.hermes");
  assert.deepEqual(manager.start(place), [["launchctl", "bootstrap", "gui/501", place.path]]);
  assert.deepEqual(manager.stop(place), [["launchctl", "bootout", "gui/501/ai.hermes.gateway"]]);
  assert.deepEqual(manager.askState(place), ["launchctl", "print", "gui/501/ai.hermes.gateway"]);
});

test("readState() understands what launchctl print prints", () => {
  const running = "gui/501/ai.hermes.gateway = {\n\tstate = running\n\tpid = 812\n}\n";
  assert.deepEqual(manager.readState({ code: 0, stdout: running, stderr: "" }), {
    isEnabled: true,
    isActive: true,
    pid: 812,
    lastExitCode: undefined,
    detail: "running",
  });
  assert.deepEqual(manager.readState({ code: 113, stdout: "", stderr: "no such service" }), {
    isEnabled: false,
    isActive: false,
    pid: undefined,
    lastExitCode: undefined,
    detail: "not loaded",
  });
  const throttled = "\tstate = spawn scheduled\n\tlast exit code = 78: EX_CONFIG\n";
  assert.equal(manager.readState({ code: 0, stdout: throttled, stderr: "" }).lastExitCode, 78);
});
