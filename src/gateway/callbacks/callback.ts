import type { CommandCall, PressCall } from "../../mattermost/decode_callback.ts";

/**
 * Something that the server has called us with, and that is known to come from it. `answer` is said to
 * the person alone, once.
 */
export type Callback =
  | (CallbackFrame & { readonly kind: "command"; readonly call: CommandCall })
  | (CallbackFrame & { readonly kind: "press"; readonly call: PressCall });

interface CallbackFrame {
  /** Of this one call, however often it is delivered. */
  readonly id: string;
  /** Server's clock. */
  readonly atMs: number;
  readonly answer: (text: string) => void;
}

/** Callbacks that wait for the gateway, which does not wait for them. */
export const CALLBACKS_WAITING_MAX = 100;
