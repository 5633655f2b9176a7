// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import { userBody } from "./bodies.ts";
import type { Hub } from "./hub.ts";
import type { User } from "./records.ts";

/** Tells everybody what a user is called now; the user itself gets an event of its own, with more. */
export function publishUserUpdated(user: User, hub: Hub): void {
  hub.publish("user_updated", { user: userBody(user, false) }, {
    omit_users: { [user.id]: true },
    contains_sanitized_data: true,
  });
  hub.publish("user_updated", { user: userBody(user, true) }, { user_id: user.id });
}
