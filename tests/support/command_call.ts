import type { CommandCall } from "../../src/gateway/commands/chat_command.ts";
import type { SessionKey } from "../../src/sessions/session_store.ts";
import { inboundMessage } from "./inbound.ts";

/** A command that an admin typed in a conversation where nothing else goes on. */
export function commandCall(change: Partial<CommandCall> = {}): CommandCall {
  return {
    args: "",
    message: inboundMessage(),
    sessionKey: "s" as SessionKey,
    isAdmin: true,
    takenUpAgain: false,
    live: { isRunning: false, tools: [], waiting: 0 },
    ...change,
  };
}
