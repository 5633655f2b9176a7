import type { TurnEvent } from "../agent/turn.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Redact } from "../safety/redact.ts";
import { callPreview } from "./call_preview.ts";
import { progressSummary, progressText } from "./progress_texts.ts";

/**
 * What people see of tools: nothing, a line for each other tool, a line for each call, or a line with
 * all that the call was given.
 */
export const TOOL_PROGRESS_MODES = ["off", "new", "all", "verbose"] as const;
export type ToolProgressMode = (typeof TOOL_PROGRESS_MODES)[number];

/** `undefined` for any other word. */
export function readToolProgressMode(word: string | undefined): ToolProgressMode | undefined {
  return TOOL_PROGRESS_MODES.find((mode) => mode === word);
}

export interface ToolProgressOptions {
  readonly mode: ToolProgressMode;
  /** Most characters of what a call was given. */
  readonly previewCharsMax: number;
  readonly redact: Redact;
}

/** One line of the progress: a call, or several of the same tool one after the other. */
export interface ProgressLine {
  readonly name: string;
  readonly preview: string;
  readonly count: number;
  readonly state: "running" | "done" | "failed";
}

/** Lines that are kept; of earlier ones only the number is told. */
const LINES_MAX = 8;
/** Tools that are counted apart. */
const NAMES_MAX = 200;

/** What the tools of one turn do: lines while they run, one line when they are through. */
export class ToolProgress {
  readonly #options: ToolProgressOptions;
  readonly #clock: Clock;
  /** What each call of the step was given, by its id. */
  readonly #inputs = new Map<string, unknown>();
  /** The line of each call that runs. */
  readonly #lineOf = new Map<string, number>();
  #lines = new Map<number, ProgressLine>();
  #counts = new Map<string, number>();
  #lineCount = 0;
  #startedAtMs: number | undefined;
  /** When the last call that has ended did so. */
  #endedAtMs = 0;

  constructor(options: ToolProgressOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** Takes note of an event. Gives whether there is more to show now. */
  take(event: TurnEvent): boolean {
    if (this.#options.mode === "off") return false;
    switch (event.kind) {
      case "message":
        if (event.message.role !== "assistant") return false;
        this.#inputs.clear();
        for (const call of event.message.toolCalls) this.#inputs.set(call.id, call.arguments);
        return false;
      case "tool_started":
        this.#begin(event.callId, event.name);
        return true;
      case "tool_ended":
        return this.#end(event.callId, event.isError);
      default:
        return false;
    }
  }

  /** What goes on, in lines; `""` when nothing was called. */
  get text(): string {
    const lines = [...this.#lines.values()];
    return progressText(lines, this.#lineCount - lines.length);
  }

  /** All of it in one line; `""` when nothing was called. */
  get summary(): string {
    if (this.#startedAtMs === undefined) return "";
    const endedAtMs = this.#lineOf.size > 0 ? this.#clock.nowMs() : this.#endedAtMs;
    return progressSummary(this.#counts, endedAtMs - this.#startedAtMs);
  }

  /** Forgets what was called: it has been told. */
  clear(): void {
    this.#lines = new Map();
    this.#counts = new Map();
    this.#lineOf.clear();
    this.#lineCount = 0;
    this.#startedAtMs = undefined;
  }

  #begin(callId: string, name: string): void {
    this.#startedAtMs ??= this.#clock.nowMs();
    const count = this.#counts.get(name);
    if (count !== undefined || this.#counts.size < NAMES_MAX) {
      this.#counts.set(name, (count ?? 0) + 1);
    }
    const preview = this.#previewOf(callId);
    const last = this.#lines.get(this.#lineCount - 1);
    if (this.#options.mode === "new" && last?.name === name) {
      this.#lines.set(this.#lineCount - 1, {
        name,
        preview,
        count: last.count + 1,
        state: "running",
      });
    } else {
      this.#lines.set(this.#lineCount++, { name, preview, count: 1, state: "running" });
      this.#lines.delete(this.#lineCount - 1 - LINES_MAX);
    }
    this.#lineOf.set(callId, this.#lineCount - 1);
  }

  #end(callId: string, isError: boolean): boolean {
    const index = this.#lineOf.get(callId);
    if (!this.#lineOf.delete(callId)) return false;
    this.#endedAtMs = this.#clock.nowMs();
    const line = index === undefined ? undefined : this.#lines.get(index);
    if (index === undefined || line === undefined) return false;
    if ([...this.#lineOf.values()].includes(index)) return false; // Another call of it still runs.
    this.#lines.set(index, { ...line, state: isError ? "failed" : "done" });
    return true;
  }

  #previewOf(callId: string): string {
    const { mode, previewCharsMax: charsMax, redact } = this.#options;
    return callPreview(this.#inputs.get(callId), { whole: mode === "verbose", charsMax, redact });
  }
}
