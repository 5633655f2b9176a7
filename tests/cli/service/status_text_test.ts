import assert from "node:assert/strict";
import { test } from "node:test";
import type { FoundService } from "../../../src/cli/service/find_service.ts";
import { statusReport } from "../../../src/cli/service/status_report.ts";
import { statusText } from "../../../src/cli/service/status_text.ts";
import { systemdManager } from "../../../src/cli/service/systemd.ts";
import type { GatewayStatus } from "../../../src/gateway/gateway_status.ts";
import type { GatewayState } from "../../../src/gateway/read_gateway_state.ts";

const nowMs = 1_700_000_000_000;
const status: GatewayStatus = {
  pid: 7,
  version: "1.2.3",
  startedAtMs: nowMs - 7_200_000,
  home: "/h",
  server: "https://chat.example.com",
  model: "a-model",
  bot: { userId: "b".repeat(26), username: "hermes" },
  connection: { kind: "connected", sinceMs: nowMs - 180_000 },
  lastEventAtMs: nowMs - 5_000,
  lastProblem: {
    code: "model.failed",
    message: "Cannot ask the model: it sleeps",
    atMs: nowMs - 61_000,
  },
  sessions: 12,
  messages: { running: 1, waiting: 2 },
  answered: 45,
};
const holder = { pid: 7, startedAtMs: status.startedAtMs, description: "/h" };

function text(state: GatewayState, service?: FoundService): readonly string[] {
  return statusText({ home: "/h", state, service, logPath: "/h/logs/gateway.log" }, nowMs);
}

test("[P46] statusText() of a gateway that runs", () => {
  assert.deepEqual(text({ kind: "running", holder, status }), [
    "The gateway has been running for 2 h (pid 7, version 1.2.3).",
    "  Home         /h",
    "  Server       https://chat.example.com",
    "  Bot          @hermes",
    "  Connection   connected for 3 min",
    "  Model        a-model",
    "  Last event   5 s ago",
    "  Last problem 1 min ago: Cannot ask the model: it sleeps.",
    "  Sessions     12",
    "  Answers      45 since the start, 1 under way, 2 waiting",
    "  Service      not installed",
    "  Log          /h/logs/gateway.log",
  ]);
});

test("[P46] statusText() of a gateway that has lost its server, or is about to stop", () => {
  const connection = {
    kind: "disconnected",
    sinceMs: nowMs - 120_000,
    reason: "network",
    detail: "Cannot reach chat.example.com",
    retryAtMs: nowMs + 8_000,
  } as const;
  const lines = text({
    kind: "running",
    holder,
    status: { ...status, connection, stoppingSinceMs: 1 },
  });
  assert.match(lines[0] ?? "", / It is about to stop\.$/);
  assert(lines.includes(
    "  Connection   disconnected for 2 min, next try in 8 s: Cannot reach chat.example.com.",
  ));
});

test("[P46] statusText() of a gateway that has just started", () => {
  const lines = text({ kind: "running", holder, status: undefined });
  assert.equal(lines[0], "The gateway has been running for 2 h (pid 7).");
  assert(lines.includes("  Connection   not known yet"));
});

const HEADLINES: readonly [state: GatewayState, headline: string][] = [
  [{ kind: "unknown" }, "The gateway does not run, and has not yet in this home."],
  [
    { kind: "crashed", status },
    "The gateway does not run: it was killed, or crashed. It had been started 2 h ago.",
  ],
  [
    { kind: "stopped", status: { ...status, ended: { atMs: nowMs - 172_800_000 } } },
    "The gateway does not run: it was stopped 2 days ago.",
  ],
  [
    {
      kind: "stopped",
      status: {
        ...status,
        ended: {
          atMs: nowMs,
          problem: { code: "x", message: "Cannot go on. Do this.", atMs: nowMs },
        },
      },
    },
    "The gateway does not run: it ended 0 s ago. Cannot go on. Do this.",
  ],
];
for (const [state, headline] of HEADLINES) {
  test(`[P46] statusText() of a gateway that does not run: ${headline}`, () => {
    const lines = text(state);
    assert.equal(lines[0], headline);
    assert.equal(lines.length, 4, "what it once did is of no interest");
  });
}

const manager = systemdManager({ scope: "system", folder: "/units", usualHome: "/h" });
const service: FoundService = {
  manager,
  place: manager.place("/h"),
  mark: { kind: "ours", binary: "/gone/hermes", home: "/h", isEdited: false },
  state: {
    isEnabled: true,
    isActive: false,
    pid: undefined,
    lastExitCode: 203,
    detail: "failed (failed)",
  },
  fault: "binary_missing",
};

test("[P46] statusText() tells of the service, and what is wrong with it", () => {
  const lines = text({ kind: "unknown" }, service);
  assert(lines.includes(
    "  Service      hermes-gateway.service (systemd, of the machine), enabled, failed (failed)",
  ));
  assert.equal(
    lines.at(-1),
    "The service hermes-gateway.service runs /gone/hermes, which is gone. Run: hermes gateway install",
  );
});

test("[P46] statusReport() has the same keys whatever the state is, and null for what is not known", () => {
  const report = (state: GatewayState, found?: FoundService) =>
    statusReport({ home: "/h", state, service: found, logPath: "/log" }) as Record<string, unknown>;
  const running = report({ kind: "running", holder, status }, service);
  const unknown = report({ kind: "unknown" });
  assert.deepEqual(Object.keys(running), Object.keys(unknown));
  assert(!Object.values(running).includes(undefined));
  const known = Object.entries(unknown).filter(([, value]) => value !== null);
  assert.deepEqual(Object.fromEntries(known), {
    running: false,
    state: "unknown",
    home: "/h",
    log: "/log",
  });
  assert.equal(running.startedAt, new Date(status.startedAtMs).toISOString());
  assert.equal(JSON.parse(JSON.stringify(running)).service.fault.kind, "binary_missing");
  const crashed = report({ kind: "crashed", status });
  assert.deepEqual([crashed.pid, crashed.connection, crashed.messages], [null, null, null]);
  assert.equal(crashed.answered, 45);
});
