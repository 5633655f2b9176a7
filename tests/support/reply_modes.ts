import type { ReplyMode, ReplyModes } from "../../src/gateway/session_key.ts";

/** One way to answer in channels of every kind. */
export function everywhere(mode: ReplyMode): ReplyModes {
  return { dm: mode, group: mode, private: mode, public: mode };
}
