import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "../../src/runtime/log.ts";
import type { ApprovalAnswer, ApprovalRequest } from "../../src/safety/approval_request.ts";
import {
  type ApprovalSettings,
  type CommandAsker,
  CommandGate,
  type CommandGateDeps,
  type GateDecision,
  type ModelVerdict,
} from "../../src/safety/command_gate.ts";

const never = new AbortController().signal;
const DANGEROUS = "rm -rf build";
const FORBIDDEN = "rm -rf /";
const RUN = { kind: "run" };

function gateWith(
  settings: Partial<ApprovalSettings> = {},
  deps: Partial<CommandGateDeps> = {},
): CommandGate {
  return new CommandGate({
    settings: {
      mode: "manual",
      timeoutMs: 300_000,
      jobMode: "deny",
      allowedPatterns: [],
      ...settings,
    },
    places: { userHome: "/home/alice", hermesHome: "/home/alice/.hermes" },
    allowAlways: () => Promise.resolve(),
    log: silentLog,
    ...deps,
  });
}

/** Alice, who gives these answers in turn, and remembers what she was asked. */
function alice(...answers: ApprovalAnswer[]): CommandAsker & { readonly asked: ApprovalRequest[] } {
  const asked: ApprovalRequest[] = [];
  return {
    sessionKey: "session",
    person: { name: "alice" },
    asked,
    askApproval: (request) => {
      asked.push(request);
      const answer = answers.shift();
      return answer === undefined
        ? Promise.reject(new Error("not expected"))
        : Promise.resolve(answer);
    },
  };
}

function decide(
  gate: CommandGate,
  command: string,
  asker: CommandAsker = alice(),
  options: { isContained?: boolean; signal?: AbortSignal } = {},
): Promise<GateDecision> {
  const { isContained = false, signal = never } = options;
  return gate.decide({ command, cwd: "/home/alice/project", isContained }, asker, signal);
}

const allowed = (scope: "once" | "session" | "always"): ApprovalAnswer => ({
  kind: "allowed",
  scope,
});
const reasonOf = (decision: GateDecision) => decision.kind === "refused" ? decision.reason : "";

test("[P105] CommandGate runs what is free, asks about what is dangerous, and asks again next time", async () => {
  const gate = gateWith();
  const asker = alice(allowed("once"), { kind: "denied" });
  assert.deepEqual(await decide(gate, "ls", asker), RUN);
  assert.deepEqual(asker.asked, []);
  assert.deepEqual(await decide(gate, DANGEROUS, asker), RUN);
  assert.deepEqual(asker.asked, [{
    command: DANGEROUS,
    reasons: ["deletes a folder with all that is in it"],
    expiresInMs: 300_000,
  }]);
  assert.equal((await decide(gate, DANGEROUS, asker)).kind, "refused");
});

test("[P105] CommandGate refuses after a no, silence, or with nobody to ask, and tells the model to leave it", async () => {
  const cases: readonly [answer: ApprovalAnswer, words: RegExp][] = [
    [{ kind: "denied" }, /the person did not allow/],
    [{ kind: "expired" }, /in time, which counts as a no/],
    [{ kind: "nobody_to_ask" }, /nobody can be asked here/],
  ];
  for (const [answer, words] of cases) {
    const reason = reasonOf(await decide(gateWith(), DANGEROUS, alice(answer)));
    assert.match(reason, words);
    assert.match(reason, /It deletes a folder/);
    assert.match(reason, /Do not try it again, do not put it differently/);
  }
});

test("[P100] CommandGate never runs what is forbidden, whatever is allowed", async () => {
  const settings = [
    { mode: "off" },
    { mode: "smart" },
    { allowedPatterns: ["recursive delete", "recursive delete of root filesystem"] },
    { jobMode: "approve" },
  ] as const;
  for (const setting of settings) {
    const gate = gateWith(setting, { askModel: () => Promise.resolve("approve") });
    gate.setUnguarded("session", true);
    assert.match(reasonOf(await decide(gate, FORBIDDEN)), /never run, whoever asks/);
  }
  const job = { ...alice(), person: undefined };
  assert.equal((await decide(gateWith({ jobMode: "approve" }), FORBIDDEN, job)).kind, "refused");
});

test("[P105] CommandGate leaves commands in a container alone", async () => {
  assert.deepEqual(await decide(gateWith(), FORBIDDEN, alice(), { isContained: true }), RUN);
});

test("[P105] CommandGate remembers for the session what was allowed for it, and for that session alone", async () => {
  const gate = gateWith();
  assert.deepEqual(await decide(gate, DANGEROUS, alice(allowed("session"))), RUN);
  assert.deepEqual(await decide(gate, "rm -r other"), RUN);
  const other = { ...alice({ kind: "denied" }), sessionKey: "other" };
  assert.equal((await decide(gate, DANGEROUS, other)).kind, "refused");
  const both = alice({ kind: "denied" });
  assert.equal((await decide(gate, "rm -r a; git reset --hard", both)).kind, "refused");
  assert.equal(both.asked.length, 1, "all that is dangerous about a command has to be allowed");
  gate.forgetSession("session");
  assert.equal((await decide(gate, DANGEROUS, alice({ kind: "denied" }))).kind, "refused");
});

test("[P105] CommandGate writes down what is allowed always, and goes by what is written", async () => {
  const written: string[][] = [];
  const gate = gateWith({}, {
    allowAlways: (patterns) => {
      written.push([...patterns]);
      return Promise.reject(new Error("the disk is full"));
    },
  });
  assert.deepEqual(await decide(gate, DANGEROUS, alice(allowed("always"))), RUN);
  assert.deepEqual(written, [["recursive delete"]]);
  const other = { ...alice(), sessionKey: "other" };
  assert.deepEqual(await decide(gate, DANGEROUS, other), RUN);
  const next = gateWith({ allowedPatterns: ["recursive delete"] });
  assert.deepEqual(await decide(next, DANGEROUS), RUN);
});

test("[P105] CommandGate asks nobody in the mode off and in an unguarded session", async () => {
  assert.deepEqual(await decide(gateWith({ mode: "off" }), DANGEROUS), RUN);
  const gate = gateWith();
  gate.setUnguarded("session", true);
  assert.equal(gate.isUnguarded("session"), true);
  assert.deepEqual(await decide(gate, DANGEROUS), RUN);
  gate.setUnguarded("session", false);
  assert.equal((await decide(gate, DANGEROUS, alice({ kind: "denied" }))).kind, "refused");
});

test("[P105] CommandGate refuses jobs, which have nobody to ask, unless the settings say so", async () => {
  const job = { ...alice(), person: undefined };
  assert.match(reasonOf(await decide(gateWith(), DANGEROUS, job)), /nobody can be asked/);
  assert.deepEqual(await decide(gateWith({ jobMode: "approve" }), DANGEROUS, job), RUN);
  assert.deepEqual(job.asked, []);
});

test("[P105] CommandGate lets a model judge first in the mode smart, and a person where it is not sure", async () => {
  const judged = (verdict: ModelVerdict | Error) =>
    gateWith({ mode: "smart" }, {
      askModel: () => verdict instanceof Error ? Promise.reject(verdict) : Promise.resolve(verdict),
    });
  assert.deepEqual(await decide(judged("approve"), DANGEROUS), RUN);
  assert.match(reasonOf(await decide(judged("deny"), DANGEROUS)), /the safety check did not allow/);
  for (const unsure of ["escalate", new Error("no model")] as const) {
    const asker = alice(allowed("once"));
    assert.deepEqual(await decide(judged(unsure), DANGEROUS, asker), RUN);
    assert.equal(asker.asked.length, 1);
  }
});

test("[P105] CommandGate asks one thing of a session at a time, in order, and not what was allowed meanwhile", async () => {
  const gate = gateWith();
  const open: ((answer: ApprovalAnswer) => void)[] = [];
  const asked: string[] = [];
  const asker: CommandAsker = {
    sessionKey: "session",
    person: { name: "alice" },
    askApproval: ({ command }) => {
      asked.push(command);
      return new Promise((resolve) => open.push(resolve));
    },
  };
  const decisions = ["rm -r a", "git reset --hard", "rm -r b"].map((command) =>
    decide(gate, command, asker)
  );
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(asked, ["rm -r a"]);
  open[0]?.(allowed("session"));
  assert.deepEqual(await decisions[0], RUN);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(asked, ["rm -r a", "git reset --hard"]);
  open[1]?.({ kind: "denied" });
  assert.equal((await decisions[1])?.kind, "refused");
  assert.deepEqual(await decisions[2], RUN);
  assert.equal(asked.length, 2);
});

test("[P105] CommandGate goes on after a question that was broken off", async () => {
  const gate = gateWith();
  const stopped = { ...alice(), askApproval: () => Promise.reject(new Error("stopped")) };
  const first = decide(gate, DANGEROUS, stopped);
  const second = decide(gate, DANGEROUS, alice(allowed("once")));
  await assert.rejects(first, /stopped/);
  assert.deepEqual(await second, RUN);
  const aborted = decide(gate, DANGEROUS, alice(), {
    signal: AbortSignal.abort(new Error("over")),
  });
  await assert.rejects(aborted, /over/);
});
