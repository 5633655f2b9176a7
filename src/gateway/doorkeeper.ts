import type { Log } from "../runtime/log.ts";
import type { SessionKey } from "../sessions/session_store.ts";
import { BotBudget } from "./bot_budget.ts";
import { gate, type GateDecision, type GatePolicy, greetsIn } from "./gate.ts";
import type { BotIdentity, InboundMessage } from "./inbound.ts";
import type { SessionLanes } from "./lanes.ts";
import type { Ledger } from "./ledger.ts";
import { BOT_BUDGET_SPENT, greetingText } from "./manners_texts.ts";
import type { Strangers } from "./pairing/strangers.ts";
import { answerWithNote, findAnswer, type NoteDeps } from "./post_note.ts";
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
  readonly log: Log;
}

/** A message that is not for the model. */
export interface Received {
  readonly message: InboundMessage;
  readonly decision: GateDecision;
  readonly key: SessionKey;
  readonly bot: BotIdentity;
  /** It was taken on before a restart. */
  readonly takenUpAgain: boolean;
}

/** Who is answered, by the policy and by what happened before; and what is said to all others. */
export class Doorkeeper {
  readonly #deps: DoorkeeperDeps;
  readonly #cancel: AbortSignal;
  readonly #budget = new BotBudget();

  constructor(deps: DoorkeeperDeps, cancel: AbortSignal) {
    this.#deps = deps;
    this.#cancel = cancel;
  }

  decide(message: InboundMessage): GateDecision {
    const { policy, threads } = this.#deps;
    const decision = gate(message, policy, threads.follows(message));
    if (decision.kind === "ignore" || message.origin === "person") return decision;
    return this.#budget.allows(message) ? decision : { kind: "ignore", reason: "bot_budget" };
  }

  /** Whether a message that is not for the model gets a word all the same, which then follows. */
  receives({ message, decision, key, bot, takenUpAgain }: Received): boolean {
    const say = this.#wordFor(message, decision, bot, takenUpAgain);
    if (say === undefined) return false;
    const { ledger, lanes, log, notes, settlement } = this.#deps;
    const { postId, channelId, senderId } = message;
    const entry = { postId, channelId, senderId, sessionKey: key };
    if (!takenUpAgain && ledger.claim(entry) === "seen") return true;
    log("info", "gateway.received", { postId, channelId, userId: senderId });
    lanes.run(`note:${postId}` as SessionKey, () =>
      settlement.run(message, async () => {
        const known = takenUpAgain ? await findAnswer(message, notes, this.#cancel) : [];
        const note = known.length > 0 ? undefined : await say();
        return note === undefined
          ? known
          : await answerWithNote(message, note, notes, this.#cancel);
      }));
    return true;
  }

  #wordFor(
    message: InboundMessage,
    decision: GateDecision,
    { username }: BotIdentity,
    takenUpAgain: boolean,
  ): (() => Promise<string | undefined>) | undefined {
    const { policy, strangers } = this.#deps;
    if (message.addsBot && greetsIn(message, policy)) {
      return () => Promise.resolve(greetingText(username));
    }
    const isSpent = decision.kind === "ignore" && decision.reason === "bot_budget";
    if (isSpent && this.#budget.saysEnd(message)) return () => Promise.resolve(BOT_BUDGET_SPENT);
    if (strangers?.meets(message, decision)) {
      return () => strangers.answer(message, { renew: takenUpAgain });
    }
    return undefined;
  }
}
