/** A place where the text of a job is posted. */
export type DeliveryTarget =
  | { readonly kind: "home" }
  | {
    readonly kind: "channel";
    /** An id, or `~name` where a person wrote the name. */
    readonly channel: string;
    /** The post that begins the thread; `undefined` for the channel itself. */
    readonly threadId: string | undefined;
  }
  | {
    readonly kind: "person";
    /** Without the `@`. */
    readonly username: string;
  };

/** A text that is to be posted without anybody having written just before. */
export interface Delivery {
  /**
   * Names this delivery for good: asked for again with the same id, also after a crash, it is the same
   * one, and nothing is posted twice.
   */
  readonly id: string;
  readonly target: DeliveryTarget;
  /** Markdown of any length. */
  readonly text: string;
  /** Absolute paths of files to post with it. */
  readonly files: readonly string[];
  /** `may_wait`: in quiet hours it waits for their end. */
  readonly urgency: "now" | "may_wait";
  /** Where it comes from, for those who read the conversation later, e.g. `the job "Backup"`. */
  readonly about?: string;
}

export type DeliveryOutcome =
  | {
    readonly kind: "delivered";
    /** Posts that the server has stored, in order: there is no delivery without one. */
    readonly postIds: readonly [string, ...string[]];
    /** What is missing all the same, such as a file that the server refused; in a sentence each. */
    readonly problems: readonly string[];
  }
  | {
    /** It was given up, and nothing more comes of it. */
    readonly kind: "failed";
    /** Follows a colon, without a full stop. */
    readonly reason: string;
  };

/**
 * Posts what speaks first. A delivery that was taken on is kept until the server has stored it, also
 * over restarts, or until it is given up.
 */
export interface DeliveryPort {
  /**
   * Resolves when the server has stored all of it, or when it was given up, which may be a day later.
   * An abort of `signal` ends the waiting alone (and throws): whoever waits again, with the same id,
   * gets the outcome.
   *
   * @param options.onWaiting Told when it has to wait, with the reason in the words of `failed`.
   */
  deliver(
    delivery: Delivery,
    options: { readonly onWaiting?: (reason: string) => void },
    signal: AbortSignal,
  ): Promise<DeliveryOutcome>;
}
