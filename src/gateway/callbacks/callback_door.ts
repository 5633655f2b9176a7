import {
  type CommandCall,
  decodeCommandCall,
  decodePressCall,
  type PressCall,
} from "../../mattermost/decode_callback.ts";
import { readTriggerId, type Trigger } from "../../mattermost/trigger_id.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { HttpCall, HttpReply } from "../../runtime/http_listener.ts";
import type { Log } from "../../runtime/log.ts";
import { NewestEntries } from "../../runtime/newest_entries.ts";
import { isSameSecret } from "../../runtime/same_secret.ts";
import type { Secret } from "../../runtime/secret.ts";
import type { WaitingItems } from "../../runtime/waiting_items.ts";
import type { Callback } from "./callback.ts";
import { WORKING } from "./native_texts.ts";

/** A slash command that the server has taken from us, and what it shows when it is used. */
export interface KnownCommand {
  readonly teamId: string;
  readonly trigger: string;
  readonly token: Secret;
}

export interface CallbackDoorDeps {
  /** Path of the address under which the server finds us, e.g. `/hermes`; `""` without one. */
  readonly basePath: string;
  /** With which the server signs; `""` when it does not say. */
  readonly signingKey: Promise<string>;
  readonly commands: () => readonly KnownCommand[];
  readonly callbacks: Pick<WaitingItems<Callback>, "push">;
  /** Says something to the one who gave a command, after the call. */
  readonly sayLater: (hookId: string, text: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Below the base path. */
export const COMMAND_PATH = "/command";
export const PRESS_PATH = "/action";

/** People wait three seconds for a command; some of it is on the way. */
const ANSWER_MS_MAX = 2_500;
/** How old a call may be, and how far our clock and the server's may be apart. */
const CALL_AGE_MS_MAX = 300_000;
/** Calls that are remembered, so that none is taken twice. The server makes fewer in that time. */
const CALLS_REMEMBERED_MAX = 10_000;

/**
 * Lets in what the server calls us with, and nothing else: a command has to show its token, every call
 * the server's signature, which names the person; none is let in twice, nor late.
 */
export class CallbackDoor {
  readonly #deps: CallbackDoorDeps;
  readonly #seen = new NewestEntries<string, true>(CALLS_REMEMBERED_MAX);

  constructor(deps: CallbackDoorDeps) {
    this.#deps = deps;
  }

  answer = async (http: HttpCall, signal: AbortSignal): Promise<HttpReply> => {
    switch (pathBelow(http.path, this.#deps.basePath)) {
      case COMMAND_PATH:
        return await this.#answerCommand(http, signal);
      case PRESS_PATH:
        return await this.#answerPress(http, signal);
      default:
        return refusal(404, "Nothing is here");
    }
  };

  async #answerCommand(http: HttpCall, signal: AbortSignal): Promise<HttpReply> {
    const call = decodeCommandCall(http.body);
    if (call === undefined) return this.#refuse(400, "malformed");
    if (!this.#showsToken(http.authorization, call)) return this.#refuse(401, "token");
    const checked = await this.#check(call);
    if ("status" in checked) return checked;
    return await this.#pass({ kind: "command", call }, checked, {
      reply: (text) => ({ response_type: "ephemeral", text, skip_slack_parsing: true }),
      late: WORKING,
      sayLater: async (text) => {
        const [hookId] = call.responseUrl.match(/(?<=\/hooks\/commands\/)[a-z0-9]{26}$/) ?? [];
        if (hookId !== undefined) await this.#deps.sayLater(hookId, text);
      },
    }, signal);
  }

  async #answerPress(http: HttpCall, signal: AbortSignal): Promise<HttpReply> {
    const call = decodePressCall(http.body);
    if (call === undefined) return this.#refuse(400, "malformed");
    const checked = await this.#check(call);
    if ("status" in checked) return checked;
    return await this.#pass({ kind: "press", call }, checked, {
      reply: (text) => text === "" ? {} : { ephemeral_text: text, skip_slack_parsing: true },
      late: "",
      sayLater: () => Promise.resolve(),
    }, signal);
  }

  /** A token is good for one command of one team. */
  #showsToken(authorization: string, { teamId, trigger }: CommandCall): boolean {
    const [, token = ""] = authorization.match(/^Token (\S+)$/i) ?? [];
    const known = this.#deps.commands().find((command) =>
      command.teamId === teamId && command.trigger === trigger
    );
    return known !== undefined && isSameSecret(token, known.token.reveal());
  }

  async #check({ triggerId, userId }: CommandCall | PressCall): Promise<Trigger | HttpReply> {
    const reading = readTriggerId(triggerId, await this.#deps.signingKey);
    if (reading.kind !== "trigger") return this.#refuse(403, reading.kind);
    const { trigger } = reading;
    if (trigger.userId !== userId) return this.#refuse(403, "forged");
    const ageMs = this.#deps.clock.nowMs() - trigger.atMs;
    if (Math.abs(ageMs) > CALL_AGE_MS_MAX) return this.#refuse(403, "late");
    if (this.#seen.get(trigger.id) === true) return this.#refuse(409, "replayed");
    this.#seen.put(trigger.id, true);
    return trigger;
  }

  /** Hands it on, and says within the time that the server waits what comes of it, or that it takes longer. */
  async #pass(
    callback: { kind: "command"; call: CommandCall } | { kind: "press"; call: PressCall },
    { id, atMs }: Trigger,
    form: {
      readonly reply: (text: string) => HttpReply["body"];
      readonly late: string;
      readonly sayLater: (text: string) => Promise<void>;
    },
    signal: AbortSignal,
  ): Promise<HttpReply> {
    const { callbacks, clock } = this.#deps;
    const answered = Promise.withResolvers<string>();
    if (!callbacks.push({ ...callback, id, atMs, answer: answered.resolve })) {
      return this.#refuse(503, "full");
    }
    const inTime = new AbortController();
    const late = clock.sleep(ANSWER_MS_MAX, AbortSignal.any([signal, inTime.signal]));
    const text = await Promise.race([answered.promise, late.then(() => undefined)]);
    inTime.abort();
    if (text !== undefined) return { status: 200, body: form.reply(text) };
    void answered.promise.then(form.sayLater).catch((error) => {
      this.#deps.log("warn", "callback.not_answered", { id, error: String(error) });
    });
    return { status: 200, body: form.reply(form.late) };
  }

  /** Nobody who is not the server has to know more. */
  #refuse(status: number, reason: string): HttpReply {
    this.#deps.log("warn", "callback.refused", { reason });
    return refusal(status, REFUSALS[reason] ?? "This call is not accepted");
  }
}

const REFUSALS: Readonly<Record<string, string | undefined>> = {
  late: "This call is too old",
  replayed: "This call was made before",
  full: "Too much waits at the moment",
};

function refusal(status: number, text: string): HttpReply {
  return { status, body: { error: text } };
}

/** A reverse proxy may pass the path on as it is, or without what leads to us. */
function pathBelow(path: string, basePath: string): string {
  return basePath !== "" && path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path;
}
