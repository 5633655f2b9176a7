import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { SessionKey } from "../sessions/session_store.ts";
import { BotBudget } from "./bot_budget.ts";
import { gate, type GateDecision, type GatePolicy, greetsIn } from "./gate.ts";
import type { BotIdentity, InboundMessage } from "./inbound.ts";
import type { SessionLanes } from "./lanes.ts";
import type { Ledger } from "./ledger.ts";
import { BOT_BUDGET_SPENT, greetingText } from "./manners_texts.ts";
import type { Strangers } from "./pairing/strangers.ts";
import { answerWithNote, type NoteDeps } from "./post_note.ts";
import type { Settlement } from "./settlement.ts";
import type { FollowedThreads } from "./threads/followed_threads.ts";

export interface DoorkeeperDeps {
  readonly policy: GatePolicy;
  readonly threads: FollowedThreads;
  /** `undefined` where strangers are ignored. */
  readonly strangers: Strangers | undefined;
  readonly ledger: Ledger;
  readonly lanes: SessionLanes;
  readonly settlement: Settlement;
  readonly notes: NoteDeps;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who is answered, by the policy and by what happened before; and what is said to all others. */
export class Doorkeeper {
  readonly #deps: DoorkeeperDeps;
  readonly #cancel: AbortSignal;
  readonly #budget: BotBudget;

  constructor(deps: DoorkeeperDeps, cancel: AbortSignal) {
    this.#deps = deps;
    this.#cancel = cancel;
    this.#budget = new BotBudget(deps.clock);
  }

  decide(message: InboundMessage): GateDecision {
    const { policy, threads } = this.#deps;
    const decision = gate(message, policy, threads.follows(message));
    if (decision.kind === "ignore" || message.origin === "person") return decision;
    return this.#budget.allows(message) ? decision : { kind: "ignore", reason: "bot_budget" };
  }

  /** Whether a message that is not for the model gets a word all the same, which then follows. */
  receives(
    message: InboundMessage,
    key: SessionKey,
    decision: GateDecision,
    bot: BotIdentity,
  ): boolean {
    const say = this.#wordFor(message, decision, bot);
    if (say === undefined) return false;
    const { ledger, lanes, log, notes, settlement } = this.#deps;
    const { postId, channelId, senderId } = message;
    if (ledger.claim({ postId, channelId, senderId, sessionKey: key }) === "seen") return true;
    log("info", "gateway.received", { postId, channelId, userId: senderId });
    lanes.run(`note:${postId}` as SessionKey, () =>
      settlement.run(message, async () => {
        const note = await say();
        return note === undefined ? [] : await answerWithNote(message, note, notes, this.#cancel);
      }));
    return true;
  }

  #wordFor(
    message: InboundMessage,
    decision: GateDecision,
    { username }: BotIdentity,
  ): (() => Promise<string | undefined>) | undefined {
    const { policy, strangers } = this.#deps;
    if (message.addsBot && greetsIn(message, policy)) {
      return () => Promise.resolve(greetingText(username));
    }
    const isSpent = decision.kind === "ignore" && decision.reason === "bot_budget";
    if (isSpent && this.#budget.saysEnd(message)) return () => Promise.resolve(BOT_BUDGET_SPENT);
    if (strangers?.meets(message, decision)) return () => strangers.answer(message);
    return undefined;
  }
}
