import type { Place } from "../../gateway/outbox/find_place.ts";
import type { OutboxEntry } from "../../gateway/outbox/outbox_entry.ts";

export type SendOutcome =
  | {
    readonly kind: "delivered";
    readonly place: Place;
    readonly postIds: readonly string[];
    readonly problems: readonly string[];
  }
  /** `reason` follows a colon. */
  | { readonly kind: "failed"; readonly reason: string }
  /** The gateway keeps it. `reason` is a sentence. */
  | { readonly kind: "waiting"; readonly reason: string };

/** `undefined` while it waits. */
export function outcomeOf({ state }: OutboxEntry): SendOutcome | undefined {
  switch (state.kind) {
    case "waiting":
      return undefined;
    case "failed":
      return { kind: "failed", reason: state.reason };
    case "delivered": {
      const { place, postIds, problems } = state;
      return { kind: "delivered", place, postIds, problems };
    }
  }
}
