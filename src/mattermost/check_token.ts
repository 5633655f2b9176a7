import { HermesError } from "../errors.ts";
import type { MattermostApi } from "./api.ts";
import { isUnauthorized, MattermostApiError } from "./errors.ts";
import type { Channel, User } from "./types.ts";

/** Whose a token is, and what is wrong with it. */
export type TokenCheck =
  | {
    /** Of a person it is usable, but whoever it belongs to cannot talk to the bot. */
    readonly kind: "bot" | "person";
    readonly me: User;
    /** Far more rights than a bot needs. */
    readonly isAdministrator: boolean;
    readonly channels: readonly Channel[];
  }
  /** Wrong, revoked, or of an account that is deactivated: the server tells them all by 401. */
  | { readonly kind: "refused"; readonly error: MattermostApiError }
  /** Of a person, on a server that wants a second factor from people. */
  | { readonly kind: "mfa_required"; readonly error: MattermostApiError }
  /** Nobody can say: the server is away, or something else answers. */
  | { readonly kind: "failed"; readonly error: HermesError };

/** Two requests, because a server that wants MFA answers the first one without it. */
export async function checkToken(api: MattermostApi, signal: AbortSignal): Promise<TokenCheck> {
  try {
    const me = await api.getMe(signal);
    const channels = await api.getMyChannels(signal);
    const isAdministrator = me.roles.split(" ").includes("system_admin");
    return { kind: me.is_bot ? "bot" : "person", me, isAdministrator, channels };
  } catch (error) {
    signal.throwIfAborted();
    if (isUnauthorized(error)) return { kind: "refused", error };
    if (error instanceof MattermostApiError && error.kind === "mfa_required") {
      return { kind: "mfa_required", error };
    }
    if (error instanceof HermesError) return { kind: "failed", error };
    throw error;
  }
}
