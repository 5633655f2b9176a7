import type { FollowedThreads } from "../threads/followed_threads.ts";
import type { OutboxEntry } from "./outbox_entry.ts";

/** In the thread of what was posted unasked, an answer needs no mention. */
export function followDelivered(
  { state, queuedAtMs }: OutboxEntry,
  threads: Pick<FollowedThreads, "join">,
): void {
  if (state.kind !== "delivered" || state.place.isDirect) return;
  threads.join(state.place.rootId || state.postIds[0], queuedAtMs);
}
