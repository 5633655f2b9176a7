import { boolean } from "../parsers.ts";
import { setting } from "../setting.ts";

/** Who shares a conversation. */
export const SESSIONS_SETTINGS = {
  groupPerUser: setting({
    key: "group_sessions_per_user",
    parse: boolean,
    initial: "true",
    doc: "Whether each person in a channel has a conversation of their own.",
  }),
  threadPerUser: setting({
    key: "thread_sessions_per_user",
    parse: boolean,
    initial: "true",
    doc: "Whether each person in a thread has a conversation of their own.",
  }),
};
