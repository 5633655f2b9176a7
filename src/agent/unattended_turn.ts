import { HermesError } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import { askNobody } from "../safety/approval_request.ts";
import type { SessionKey, SessionStore } from "../sessions/session_store.ts";
import type { ToolContext } from "../tools/tool.ts";
import { OUTCOME_NOTES } from "./outcome_notes.ts";
import { type PromptSources, sessionPrompt } from "./session_prompt.ts";
import { runTurn, type TurnDeps, type TurnEvent, type TurnOutcome } from "./turn.ts";

/** Work that runs by itself. */
export interface UnattendedTask {
  /** Of a session of its own, which keeps what happens. */
  readonly key: SessionKey;
  /** What the work is called. */
  readonly name: string;
  readonly text: string;
  /** Who may find the session again; `undefined` for nobody. */
  readonly personId: string | undefined;
  readonly platformHint: string;
}

export interface UnattendedLimits {
  /** Longest time in which nothing happens: no word of the model, no end of a tool. */
  readonly idleMsMax: number;
  readonly totalMsMax: number;
}

export interface UnattendedDeps {
  readonly turn: TurnDeps;
  readonly sessions: SessionStore;
  readonly prompt: PromptSources;
  readonly limits: UnattendedLimits;
  readonly clock: Clock;
}

export type UnattendedOutcome =
  /** `note` says why it is not whole; `""` when it is. */
  | { readonly kind: "answered"; readonly text: string; readonly note: string }
  /** `reason` follows a colon, without a full stop. */
  | { readonly kind: "failed"; readonly reason: string };

/** Ended with something to show for. */
const WITH_ANSWER: readonly TurnOutcome[] = ["answered", "step_limit", "stuck", "cut_off"];

/**
 * One turn without anybody: no question is answered, and nothing is allowed by anyone. The answer is
 * the last thing that the model says. Throws only when `signal` aborts, and for a bug.
 */
export async function runUnattended(
  task: UnattendedTask,
  deps: UnattendedDeps,
  signal: AbortSignal,
): Promise<UnattendedOutcome> {
  const watch = new IdleWatch(deps.limits, deps.clock);
  const ended = AbortSignal.any([signal, watch.signal]);
  try {
    const said = { text: "", outcome: "empty" as TurnOutcome };
    for await (const event of runTurn(await toInput(task, deps), deps.turn, ended)) {
      watch.note();
      await keep(event, task, deps);
      if (event.kind === "message" && event.message.role === "assistant") {
        said.text = event.message.text.trim();
      }
      if (event.kind === "ended") said.outcome = event.outcome;
    }
    const note = OUTCOME_NOTES[said.outcome];
    if (WITH_ANSWER.includes(said.outcome)) return { kind: "answered", text: said.text, note };
    return failed(note.replace(/^⚠️ /, "").replace(/\.$/, ""));
  } catch (error) {
    signal.throwIfAborted();
    if (watch.reason !== undefined) return failed(watch.reason);
    if (error instanceof HermesError) return failed(`${error.message}. ${error.hint}`);
    throw error;
  } finally {
    watch.end();
    await deps.sessions.reset(task.key);
  }
}

async function toInput(
  { key, name, platformHint, text }: UnattendedTask,
  { clock, prompt, sessions, turn }: UnattendedDeps,
) {
  const tools = await turn.loadTools(key);
  const systemPrompt = await sessionPrompt(
    {
      key,
      conversation: { place: { kind: "job", name }, isThread: false, hasSeveralPeople: false },
      personId: undefined,
      platformHint,
      toolNames: new Set(tools.descriptions.map((tool) => tool.name)),
      modelId: turn.models.primary.modelId,
      startedAtMs: clock.nowMs(),
    },
    prompt,
    sessions,
  );
  const context: ToolContext = {
    sessionKey: key,
    person: undefined,
    hasSeveralPeople: true,
    askApproval: askNobody,
    askQuestion: () => Promise.resolve({ kind: "nobody_to_ask" }),
  };
  return { systemPrompt, history: [], userMessage: { role: "user", text } as const, context };
}

async function keep(
  event: TurnEvent,
  { key, personId }: UnattendedTask,
  { clock, sessions }: UnattendedDeps,
): Promise<void> {
  if (event.kind === "compacted") return await sessions.compact(key, event.messages);
  if (event.kind === "usage") return await sessions.addUsage(key, event.usage);
  if (event.kind !== "message") return;
  const stored = { atMs: clock.nowMs(), message: event.message };
  const isFound = event.message.role === "user" && personId !== undefined;
  await sessions.append(key, [isFound ? { ...stored, personId } : stored]);
}

/** Ends a turn in which nothing happens any more, or that takes too long. */
class IdleWatch {
  readonly #limits: UnattendedLimits;
  readonly #clock: Clock;
  readonly #over = new AbortController();
  readonly #ended = new AbortController();
  readonly #startedAtMs: number;
  #lastAtMs: number;
  reason: string | undefined;

  constructor(limits: UnattendedLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#startedAtMs = this.#lastAtMs = clock.nowMs();
    void this.#watch();
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  note(): void {
    this.#lastAtMs = this.#clock.nowMs();
  }

  end(): void {
    this.#ended.abort();
  }

  async #watch(): Promise<void> {
    const { idleMsMax, totalMsMax } = this.#limits;
    while (!this.#ended.signal.aborted) {
      const nowMs = this.#clock.nowMs();
      const idleLeftMs = this.#lastAtMs + idleMsMax - nowMs;
      const leftMs = this.#startedAtMs + totalMsMax - nowMs;
      if (leftMs <= 0) this.reason = `it took longer than ${minutes(totalMsMax)}`;
      else if (idleLeftMs <= 0) this.reason = `nothing happened for ${minutes(idleMsMax)}`;
      if (this.reason !== undefined) return this.#over.abort();
      await this.#clock.sleep(Math.min(leftMs, idleLeftMs), this.#ended.signal);
    }
  }
}

function minutes(durationMs: number): string {
  if (durationMs < 60_000) return `${Math.round(durationMs / 1_000)} s`;
  return `${Math.round(durationMs / 60_000)} min`;
}

function failed(reason: string): UnattendedOutcome {
  return { kind: "failed", reason };
}
