import type { Clock } from "../../runtime/clock.ts";
import { NewestEntries } from "../../runtime/newest_entries.ts";
import type { GateDecision } from "../gate.ts";
import type { InboundMessage } from "../inbound.ts";
import { ASK_INTERVAL_MS, type PairingStore } from "./pairing_store.ts";
import { PAIRING_FULL, pairingCodeText } from "./pairing_texts.ts";

/** Answers to strangers within an hour, whoever they are: many accounts are one stranger. */
const ANSWERS_MAX = 20;
const ANSWERS_WINDOW_MS = 3_600_000;
/** Strangers whose last message is remembered. */
const STRANGERS_MAX = 1_000;

/** People who write to the bot and are not let in: in direct messages they may ask for a code. */
export class Strangers {
  readonly #store: PairingStore;
  readonly #clock: Clock;
  /** When they wrote what was answered, by the server's clock: what they wrote then comes again later. */
  readonly #metAtMs = new NewestEntries<string, number>(STRANGERS_MAX);
  #answeredAtMs: readonly number[] = [];

  constructor(store: PairingStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Whether this message is answered. Then it counts: the next one of its sender is not, for a while. */
  meets(message: InboundMessage, decision: GateDecision): boolean {
    const isStranger = decision.kind === "ignore" && decision.reason === "user_not_allowed";
    if (!isStranger || message.channelKind !== "dm") return false;
    const nowMs = this.#clock.nowMs();
    const { senderId, createdAtMs } = message;
    const metAtMs = this.#metAtMs.get(senderId) ?? -Infinity;
    this.#answeredAtMs = this.#answeredAtMs.filter((atMs) => nowMs - atMs < ANSWERS_WINDOW_MS);
    const isTooSoon = createdAtMs - metAtMs < ASK_INTERVAL_MS;
    if (isTooSoon || this.#answeredAtMs.length >= ANSWERS_MAX) return false;
    this.#metAtMs.put(senderId, createdAtMs);
    this.#answeredAtMs = [...this.#answeredAtMs, nowMs];
    return true;
  }

  /**
   * What a stranger is told; `undefined` for nothing. Throws a `FileError`.
   *
   * @param options.renew They were not told the code that was made for them before.
   */
  async answer(
    { senderId, senderName }: InboundMessage,
    options: { readonly renew: boolean },
  ): Promise<string | undefined> {
    const offer = await this.#store.ask({ userId: senderId, userName: senderName }, options);
    switch (offer.kind) {
      case "code":
        return pairingCodeText(offer.code);
      case "full":
        return PAIRING_FULL;
      case "too_soon":
        return undefined;
    }
  }
}
