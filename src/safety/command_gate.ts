import type { Log } from "../runtime/log.ts";
import type { ApprovalAnswer, AskApproval } from "./approval_request.ts";
import type { CommandFinding, CommandPlaces } from "./command_rules.ts";
import { SessionGrants } from "./session_grants.ts";

export interface ApprovalSettings {
  /** `smart` lets a model judge first, and asks when it is not sure. `off` asks nobody. */
  readonly mode: "manual" | "smart" | "off";
  /** How long a question stands. */
  readonly timeoutMs: number;
  /** What becomes of dangerous commands in jobs, which have nobody to ask. */
  readonly jobMode: "deny" | "approve";
  /** Patterns that run without a question. */
  readonly allowedPatterns: readonly string[];
}

/** A model's judgement of a command. `escalate`: a person shall decide. */
export type ModelVerdict = "approve" | "deny" | "escalate";
export type AskModel = (
  command: string,
  reasons: readonly string[],
  signal: AbortSignal,
) => Promise<ModelVerdict>;

export interface CommandGateDeps {
  readonly settings: ApprovalSettings;
  readonly places: CommandPlaces;
  /** Adds patterns to the list in the settings, for good. */
  readonly allowAlways: (patterns: readonly string[]) => Promise<void>;
  /** Without it `smart` is as `manual`. */
  readonly askModel?: AskModel | undefined;
  readonly log: Log;
}

export interface GatedCommand {
  readonly command: string;
  /** Folder in which it runs. */
  readonly cwd: string;
  /** It runs in a container, where it can do no harm to this machine. */
  readonly isContained: boolean;
}

/** Something that is no command, and that a person has to allow. */
export interface GatedAction {
  /** What would be done, as a person can judge it. */
  readonly description: string;
  readonly finding: CommandFinding;
}

export type ActionDecision = ApprovalAnswer["kind"];

/** Whose command it is: a `ToolContext` is one. */
export interface CommandAsker {
  readonly sessionKey: string;
  /** `undefined` in a job, where nobody gave the task. */
  readonly person: { readonly name: string } | undefined;
  readonly askApproval: AskApproval;
}

export type GateDecision =
  | { readonly kind: "run" }
  | {
    readonly kind: "refused";
    /** For the model: what was refused, and that it shall leave it at that. */
    readonly reason: string;
  };

/**
 * Decides for each command whether it may run, and asks who has to be asked. Every command passes
 * here, whether it runs in the foreground, in the background or in a script. In doubt it is not run.
 */
export class CommandGate {
  readonly #deps: CommandGateDeps;
  readonly #grants: SessionGrants;
  /** The last question of each session that has one open: the next one waits for its answer. */
  readonly #questions = new Map<string, Promise<unknown>>();

  constructor(deps: CommandGateDeps) {
    this.#deps = deps;
    this.#grants = new SessionGrants(deps.settings.allowedPatterns);
  }

  async decide(
    { command, cwd, isContained }: GatedCommand,
    asker: CommandAsker,
    signal: AbortSignal,
  ): Promise<GateDecision> {
    if (isContained) return RUN;
    const { judgeCommand } = await import("./command_rules.ts"); // Loaded for the first one.
    const verdict = judgeCommand(command, { ...this.#deps.places, cwd });
    if (verdict.kind === "free") return RUN;
    const { findings } = verdict;
    if (verdict.kind === "forbidden") return this.#refuse("forbidden", findings, asker);
    const { mode, jobMode } = this.#deps.settings;
    if (mode === "off" || this.#isGranted(findings, asker)) return RUN;
    if (asker.person === undefined) {
      return jobMode === "approve" ? RUN : this.#refuse("nobody_to_ask", findings, asker);
    }
    return await this.#inLine(asker.sessionKey, () => this.#ask(command, findings, asker, signal));
  }

  /**
   * The same for what is no command but needs a person's yes all the same, whoever it is: no model
   * judges it.
   */
  async decideAction(
    { description, finding }: GatedAction,
    asker: CommandAsker,
    signal: AbortSignal,
  ): Promise<ActionDecision> {
    const { mode, jobMode, timeoutMs } = this.#deps.settings;
    const findings = [finding];
    if (mode === "off" || this.#isGranted(findings, asker)) return "allowed";
    if (asker.person === undefined) return jobMode === "approve" ? "allowed" : "nobody_to_ask";
    return await this.#inLine(asker.sessionKey, async () => {
      signal.throwIfAborted();
      if (this.#isGranted(findings, asker)) return "allowed";
      const request = {
        command: description,
        reasons: [finding.reason],
        expiresInMs: timeoutMs,
      };
      const answer = await asker.askApproval(request, signal);
      if (answer.kind !== "allowed") return answer.kind;
      if (answer.scope !== "once") await this.#grant(answer.scope, findings, asker);
      return "allowed";
    });
  }

  /** Lets commands of these patterns run in a session without a question. */
  allowInSession(sessionKey: string, patterns: readonly string[]): void {
    this.#grants.allow(sessionKey, patterns, "session");
  }

  /** Whether the session's commands run without a question, forbidden ones apart. */
  setUnguarded(sessionKey: string, isUnguarded: boolean): void {
    this.#grants.setUnguarded(sessionKey, isUnguarded);
  }

  isUnguarded(sessionKey: string): boolean {
    return this.#grants.isUnguarded(sessionKey);
  }

  /** A session that begins anew has nothing allowed. */
  forgetSession(sessionKey: string): void {
    this.#grants.forget(sessionKey);
  }

  /** One question of a session at a time, in the order in which they came up. */
  async #inLine<T>(sessionKey: string, work: () => Promise<T>): Promise<T> {
    const before = this.#questions.get(sessionKey) ?? Promise.resolve();
    const own = before.then(work, work);
    this.#questions.set(sessionKey, own);
    try {
      return await own;
    } finally {
      if (this.#questions.get(sessionKey) === own) this.#questions.delete(sessionKey);
    }
  }

  async #ask(
    command: string,
    findings: readonly CommandFinding[],
    asker: CommandAsker,
    signal: AbortSignal,
  ): Promise<GateDecision> {
    signal.throwIfAborted();
    if (this.#isGranted(findings, asker)) return RUN; // The answer before was for this one too.
    const reasons = findings.map(({ reason }) => reason);
    const judged = await this.#judgeByModel(command, reasons, signal);
    if (judged === "approve") return RUN;
    if (judged === "deny") return this.#refuse("denied_by_model", findings, asker);
    const request = { command, reasons, expiresInMs: this.#deps.settings.timeoutMs };
    const answer = await asker.askApproval(request, signal);
    this.#deps.log("info", "safety.command_answered", {
      session: asker.sessionKey,
      patterns: findings.map(({ pattern }) => pattern).join(", "),
      answer: answer.kind === "allowed" ? answer.scope : answer.kind,
    });
    if (answer.kind !== "allowed") return this.#refuse(answer.kind, findings, asker);
    if (answer.scope !== "once") await this.#grant(answer.scope, findings, asker);
    return RUN;
  }

  async #judgeByModel(
    command: string,
    reasons: readonly string[],
    signal: AbortSignal,
  ): Promise<ModelVerdict> {
    const { askModel, settings, log } = this.#deps;
    if (settings.mode !== "smart" || askModel === undefined) return "escalate";
    try {
      return await askModel(command, reasons, signal);
    } catch (error) {
      signal.throwIfAborted();
      log("warn", "safety.model_not_asked", { error: String(error) });
      return "escalate";
    }
  }

  async #grant(
    scope: "session" | "always",
    findings: readonly CommandFinding[],
    { sessionKey }: CommandAsker,
  ): Promise<void> {
    const patterns = findings.map(({ pattern }) => pattern);
    this.#grants.allow(sessionKey, patterns, scope);
    if (scope === "session") return;
    try {
      await this.#deps.allowAlways(patterns);
    } catch (error) {
      // It holds until the end of the process, which is no reason not to run the command.
      this.#deps.log("warn", "safety.always_not_saved", { error: String(error) });
    }
  }

  #isGranted(findings: readonly CommandFinding[], { sessionKey }: CommandAsker): boolean {
    return this.#grants.isUnguarded(sessionKey) ||
      findings.every(({ pattern }) => this.#grants.isAllowed(sessionKey, pattern));
  }

  #refuse(
    why: keyof typeof REFUSALS,
    findings: readonly CommandFinding[],
    { sessionKey }: CommandAsker,
  ): GateDecision {
    this.#deps.log("info", "safety.command_refused", {
      session: sessionKey,
      why,
      patterns: findings.map(({ pattern }) => pattern).join(", "),
    });
    const reasons = [...new Set(findings.map(({ reason }) => reason))].join("; it ");
    return { kind: "refused", reason: `${REFUSALS[why]} It ${reasons}. ${NO_OTHER_WAY}` };
  }
}

const RUN: GateDecision = { kind: "run" };

type Refusal = Exclude<ApprovalAnswer["kind"], "allowed"> | "forbidden" | "denied_by_model";

const REFUSALS: Readonly<Record<Refusal, string>> = {
  forbidden: "Not run: this command is never run, whoever asks for it.",
  denied: "Not run: the person did not allow this command.",
  denied_by_model: "Not run: the safety check did not allow this command.",
  expired: "Not run: nobody allowed this command in time, which counts as a no.",
  nobody_to_ask: "Not run: this command needs a person's yes, and nobody can be asked here.",
};
const NO_OTHER_WAY =
  "Do not try it again, do not put it differently, and do not look for another way to the same " +
  "effect. Say what you wanted to do and why, or go on without it.";
