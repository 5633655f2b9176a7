import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { readServiceMark } from "../../../src/cli/service/service_mark.ts";
import type { ServiceScope, ServiceSpec } from "../../../src/cli/service/service_manager.ts";
import { systemdManager } from "../../../src/cli/service/systemd.ts";
import {
  plainSystemdPath,
  quoteSystemd,
  quoteSystemdCommand,
} from "../../../src/cli/service/systemd_quotes.ts";
import { tempDir } from "../../support/temp_dir.ts";

const spec: ServiceSpec = {
  binary: "/home/alice/.local/bin/hermes",
  home: "/home/alice/.hermes",
  searchPath: "/home/alice/.local/bin:/usr/bin:/bin",
  stopSecondsMax: 40,
  runAs: undefined,
};

function manager(scope: ServiceScope = "user") {
  return systemdManager({ scope, folder: "/units", usualHome: "/home/alice/.hermes" });
}

function unit(scope: ServiceScope, changes: Partial<ServiceSpec> = {}): string {
  const changed = { ...spec, ...changes };
  return manager(scope).file(manager(scope).place(changed.home), changed);
}

test("[P50] the user unit runs this program on this home, and starts it again but after a final failure", () => {
  const lines = unit("user").split("\n");
  for (
    const line of [
      "ExecStart=/home/alice/.local/bin/hermes gateway run",
      "WorkingDirectory=-/home/alice/.hermes",
      "Environment=HERMES_HOME=/home/alice/.hermes",
      "Environment=PATH=/home/alice/.local/bin:/usr/bin:/bin",
      "Restart=always",
      "RestartSec=5",
      "RestartPreventExitStatus=2 78",
      "KillMode=mixed",
      "KillSignal=SIGTERM",
      "TimeoutStopSec=40",
      "UMask=0077",
      "NoNewPrivileges=yes",
      "WantedBy=default.target",
    ]
  ) assert(lines.includes(line), line);
  assert(!lines.some((line) => /^(?:User|After|PrivateTmp|ProtectHome)=/.test(line)));
});

test("[P50] the system unit waits for the network, runs as somebody, and keeps the system read-only", () => {
  const lines = unit("system", { runAs: "alice" }).split("\n");
  for (
    const line of [
      "User=alice",
      "Wants=network-online.target",
      "After=network-online.target",
      "PrivateTmp=yes",
      "ProtectSystem=full",
      "WantedBy=multi-user.target",
    ]
  ) assert(lines.includes(line), line);
});

test("[P50] place() names the service of another home for its path", () => {
  assert.equal(manager().place(spec.home).path, "/units/hermes-gateway.service");
  const other = manager().place("/srv/bot");
  assert.match(other.name, /^hermes-gateway-[0-9a-f]{8}\.service$/);
  assert.deepEqual(manager().place("/srv/bot"), other);
  assert.notEqual(manager().place("/srv/bot2").name, other.name);
});

const QUOTED: readonly [text: string, quoted: string][] = [
  ["/usr/bin/hermes", "/usr/bin/hermes"],
  ["/a b/c", '"/a b/c"'],
  ["/100%/x", '"/100%%/x"'],
  ['/say "hi"', '"/say \\"hi\\""'],
  ["/back\\slash", '"/back\\\\slash"'],
  ["/new\nline\ttab", '"/new\\x0aline\\x09tab"'],
  ["/grün", '"/grün"'],
  ["", '""'],
];
for (const [text, quoted] of QUOTED) {
  test(`quoteSystemd() of ${JSON.stringify(text)}`, () => assert.equal(quoteSystemd(text), quoted));
}

test("quoteSystemdCommand() doubles the dollar of arguments, and not that of the program", () => {
  assert.equal(quoteSystemdCommand(["/a$b", "c$d", "e"]), '"/a$b" "c$$d" e');
});

test("plainSystemdPath() refuses what cannot be written without quotes", () => {
  assert.equal(plainSystemdPath('/a b/100% "x"'), '/a b/100%% "x"');
  for (const path of ["/a\nb", "/a\\", "/a "]) assert.equal(plainSystemdPath(path), undefined);
});

const analyze = "/usr/bin/systemd-analyze";
const HOSTILE_NAMES = [
  "plain",
  "two words",
  "100% $HOME ${x}",
  "grün",
  "=#;[x]",
  "-dash",
  "~",
  "&<>",
];

for (const scope of ["user", "system"] as const) {
  test(`[P50] systemd accepts the ${scope} unit, whatever the paths hold`, {
    skip: !existsSync(analyze) && "there is no systemd-analyze here",
  }, async () => {
    await using dir = await tempDir();
    const hostileHomes = [...HOSTILE_NAMES, 'say "hi"', "back\\slash\\", "new\nline", " space "];
    for (const name of hostileHomes) {
      const folder = join(dir.path, HOSTILE_NAMES.includes(name) ? name : "plain");
      await mkdir(folder, { recursive: true });
      const binary = join(folder, "hermes");
      await copyFile("/bin/true", binary);
      const home = join(dir.path, "homes", name);
      const changed = { ...spec, binary, home, searchPath: `${folder}:/bin` };
      assert.equal(manager(scope).refusal(changed), undefined);
      const path = join(dir.path, "hermes-gateway.service");
      await writeFile(
        path,
        unit(scope, { ...changed, ...(scope === "system" ? { runAs: "root" } : {}) }),
      );
      const args = scope === "user" ? ["--user", "verify", path] : ["verify", path];
      const env = { ...process.env, XDG_RUNTIME_DIR: dir.path };
      const { stdout, stderr } = await promisify(execFile)(analyze, args, { env });
      assert.equal(stdout + stderr, "", name);
    }
  });
}

test("[P50] refusal() of a program whose path systemd does not take", () => {
  for (const binary of ["/a'b", '/a"b', "/a\\b", "/a\nb"]) {
    assert.match(manager().refusal({ ...spec, binary }) ?? "", /systemd takes no/);
  }
  assert.equal(manager().refusal(spec), undefined);
});

test("the unit says who wrote it, and whether it was changed since", () => {
  const text = unit("user");
  const { binary, home } = spec;
  assert.deepEqual(readServiceMark(text), { kind: "ours", binary, home, isEdited: false });
  const edited = text.replace("RestartSec=5", "RestartSec=6");
  assert.deepEqual(readServiceMark(edited), { kind: "ours", binary, home, isEdited: true });
  const strange = { binary: '/a "--b-->" {c}\n', home: "hermes-service: {}" };
  const mark = readServiceMark(unit("user", strange));
  assert.deepEqual(mark, { kind: "ours", ...strange, isEdited: false });
  for (const foreign of ["", "[Unit]\n", "# hermes-service: {}", "# hermes-service: {]"]) {
    assert.deepEqual(readServiceMark(foreign), { kind: "foreign" });
  }
});

test("readState() understands what systemctl show prints", () => {
  const show = (stdout: string) => manager().readState({ code: 0, stdout, stderr: "" });
  assert.deepEqual(
    show("ActiveState=active\nSubState=running\nUnitFileState=enabled\nMainPID=12\n"),
    {
      isEnabled: true,
      isActive: true,
      pid: 12,
      lastExitCode: undefined,
      detail: "active (running)",
    },
  );
  assert.deepEqual(
    show(
      "MainPID=0\nActiveState=failed\nSubState=failed\nUnitFileState=disabled\nExecMainStatus=78\n",
    ),
    {
      isEnabled: false,
      isActive: false,
      pid: undefined,
      lastExitCode: 78,
      detail: "failed (failed)",
    },
  );
  assert.equal(show("ActiveState=activating\nSubState=auto-restart\nMainPID=0\n").isActive, true);
  assert.equal(show("").isActive, false);
});

test("isAtWork() is true where systemd runs the system, also when some of it has failed", () => {
  const isAtWork = (stdout: string) => manager().isAtWork({ code: 1, stdout, stderr: "" });
  for (const word of ["running", "degraded", "starting"]) assert(isAtWork(`${word}\n`), word);
  for (const word of ["offline", "unknown", ""]) assert(!isAtWork(`${word}\n`), word);
});
