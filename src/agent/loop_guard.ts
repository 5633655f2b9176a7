import type { ResolvedCall } from "../tools/registry.ts";
import type { ToolCall } from "../transcript/message.ts";

/** From which repetition on the model is told. */
const WARN_AT = { sameFailure: 2, toolFailures: 3, sameResult: 2 };
/** At which repetition the turn ends: no work that makes progress comes this far. */
const STOP_AT = { sameFailure: 6, toolFailures: 12, sameResult: 8, unknownTools: 3 };

/** Notices, within one turn, that calls bring nothing new. */
export class LoopGuard {
  /** Failures in a row of one call, by its key. */
  readonly #failures = new Map<string, number>();
  /** Failures in a row of one tool, whatever its arguments. */
  readonly #toolFailures = new Map<string, number>();
  /** The last result of a call that only reads, and how often it came in a row. */
  readonly #results = new Map<string, { readonly text: string; readonly count: number }>();
  #unknownTools = 0;
  #verdict: string | undefined;

  /** Why the turn shall call no more tools; `undefined` while it may. */
  get verdict(): string | undefined {
    return this.#verdict;
  }

  /** Takes note of what a call brought. Gives a word of warning for the model, if it needs one. */
  note(
    call: ToolCall,
    resolved: ResolvedCall,
    result: { readonly text: string; readonly isError: boolean },
  ): string | undefined {
    if (resolved.kind === "refused" && resolved.cause !== "arguments") {
      if (resolved.cause === "unknown_tool") this.#noteUnknownTool();
      return undefined;
    }
    const name = resolved.kind === "ready" ? resolved.tool.name : call.name;
    const key = `${name} ${JSON.stringify(call.arguments)}`;
    if (result.isError) return this.#noteFailure(name, key);
    this.#failures.delete(key);
    this.#toolFailures.delete(name);
    const onlyReads = resolved.kind === "ready" && resolved.tool.readOnly === true;
    if (onlyReads) return this.#noteResult(name, key, result.text);
    this.#results.clear(); // Whatever was read may have changed.
    return undefined;
  }

  #noteUnknownTool(): void {
    this.#unknownTools++;
    if (this.#unknownTools < STOP_AT.unknownTools) return;
    this.#verdict ??= "you called tools that do not exist, again and again";
  }

  #noteFailure(name: string, key: string): string | undefined {
    const same = increment(this.#failures, key);
    const ofTool = increment(this.#toolFailures, name);
    if (same >= STOP_AT.sameFailure || ofTool >= STOP_AT.toolFailures) {
      this.#verdict ??= `${name} failed again and again`;
    }
    if (same >= WARN_AT.sameFailure) {
      return `This very call has failed ${same} times. Do not repeat it: change it, or go another way.`;
    }
    if (ofTool < WARN_AT.toolFailures) return undefined;
    return `${name} has failed ${ofTool} times in a row. Look at the errors before you call it again.`;
  }

  #noteResult(name: string, key: string, text: string): string | undefined {
    const last = this.#results.get(key);
    const count = last?.text === text ? last.count + 1 : 1;
    this.#results.set(key, { text, count });
    if (count >= STOP_AT.sameResult) {
      this.#verdict ??= `${name} was called for the same again and again`;
    }
    if (count < WARN_AT.sameResult) return undefined;
    return `This call has given the same result ${count} times. Use what you have, or go another way.`;
  }
}

function increment(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}
