import type { DeliveryOutcome } from "../../cron/delivery_port.ts";
import { JobError } from "../../cron/job_error.ts";
import { HermesError } from "../../errors.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { HttpCall, HttpReply } from "../../runtime/http_listener.ts";
import type { Log } from "../../runtime/log.ts";
import type { Random } from "../../runtime/random.ts";
import { withinTime } from "../../runtime/within_time.ts";
import type { Courier } from "../outbox/courier.ts";
import { OutboxError } from "../outbox/outbox_folder.ts";
import { parseTarget } from "../outbox/target.ts";
import type { Hook, HookBook } from "./hook_book.ts";
import { hookTask, hookText } from "./hook_text.ts";

export interface HookDoorDeps {
  readonly book: HookBook;
  readonly courier: Pick<Courier, "deliver">;
  /** Has the agent work on a task, and post what comes of it. Resolves when that is sure to happen. */
  readonly work: (task: HookTask) => Promise<void>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** What the agent does for a hook. */
export interface HookTask extends Pick<Hook, "name" | "target" | "toolsets"> {
  readonly prompt: string;
}

export const HOOKS_PATH = "/hooks/";
/** How long a call waits for the server; after that it is told that the message is kept. */
const ANSWER_MS_MAX = 8_000;
/** Calls of a hook in a minute: a program that runs wild fills no channel. */
const CALLS_PER_MINUTE_MAX = 30;
const MINUTE_MS = 60_000;

/** Lets other programs post messages: each to the target of its hook, for its token. */
export class HookDoor {
  readonly #deps: HookDoorDeps;
  /** When the hooks were called in the last minute, by their names. */
  readonly #calls = new Map<string, readonly number[]>();

  constructor(deps: HookDoorDeps) {
    this.#deps = deps;
  }

  /** Does not throw. */
  answer = async (call: HttpCall, signal: AbortSignal): Promise<HttpReply> => {
    const { book, log } = this.#deps;
    const [, token = ""] = call.authorization.match(/^Bearer (\S+)$/i) ?? [];
    const name = call.path.startsWith(HOOKS_PATH) ? call.path.slice(HOOKS_PATH.length) : "";
    try {
      // Whoever asks for a hook that is not there is told no more than who has a wrong token.
      const hook = await book.find(name, token);
      if (hook === undefined) {
        log("warn", "hook.refused", { name: name.slice(0, 40) });
        return reply(401, { error: "There is no such hook, or the token is wrong" });
      }
      if (!this.#takeCall(name)) return reply(429, { error: "Too many calls in a minute" });
      if (hook.prompt !== undefined) return await this.#task(hook, hook.prompt, call.body);
      return await this.#post(hook, hookText(call.body), signal);
    } catch (error) {
      signal.throwIfAborted();
      log("error", "hook.failed", { name, error: String(error) });
      const isKnown = error instanceof HermesError;
      const status = error instanceof OutboxError ? 503 : error instanceof JobError ? 422 : 500;
      return reply(status, { error: isKnown ? error.message : "Something went wrong" });
    }
  };

  async #task({ name, target, toolsets }: Hook, task: string, body: string): Promise<HttpReply> {
    const { log, work } = this.#deps;
    log("info", "hook.called", { name, chars: body.length });
    await work({ name, target, toolsets, prompt: hookTask(task, body) });
    return reply(202, { ok: true, state: "working" });
  }

  async #post(hook: Hook, text: string, signal: AbortSignal): Promise<HttpReply> {
    const { clock, courier, log, random } = this.#deps;
    const { name } = hook;
    if (text === "") return reply(400, { error: "There is nothing to post" });
    const parsed = parseTarget(hook.target);
    if (parsed.kind === "refused") return reply(500, { error: parsed.problem });
    const id = `hook-${name}-${random.id()}`;
    const message = {
      id,
      target: parsed.target,
      text,
      files: [],
      urgency: "now",
      about: `the hook "${name}"`,
      isForeign: true,
    } as const;
    log("info", "hook.called", { name, id, chars: text.length });
    const deliver = (late: AbortSignal) => courier.deliver(message, {}, late);
    const result = await withinTime(deliver, { msMax: ANSWER_MS_MAX, clock }, signal);
    if (result.kind === "late") return reply(202, { ok: false, state: "waiting" });
    return outcomeReply(result.value);
  }

  #takeCall(name: string): boolean {
    const nowMs = this.#deps.clock.nowMs();
    const recent = (this.#calls.get(name) ?? []).filter((atMs) => nowMs - atMs < MINUTE_MS);
    if (recent.length >= CALLS_PER_MINUTE_MAX) return false;
    this.#calls.set(name, [...recent, nowMs]);
    return true;
  }
}

function outcomeReply(outcome: DeliveryOutcome): HttpReply {
  if (outcome.kind === "failed") return reply(502, { ok: false, error: outcome.reason });
  return reply(200, { ok: true, post_ids: outcome.postIds });
}

function reply(status: number, body: HttpReply["body"]): HttpReply {
  return { status, body };
}
