import { boolean, choice, integer } from "../parsers.ts";
import { setting } from "../setting.ts";

/** When a conversation that people come back to begins anew. */
export const SESSION_RESET_SETTINGS = {
  mode: setting({
    key: "session_reset.mode",
    parse: choice(["both", "idle", "daily", "none"], { false: "none" }),
    initial: "both",
    doc:
      "What makes a conversation begin anew: idle time, each new day (daily), both or none of them.",
  }),
  atHour: setting({
    key: "session_reset.at_hour",
    parse: integer(0, 23),
    initial: "4",
    doc: "Hour at which a new day begins, by the clock of this machine.",
  }),
  idleMinutes: setting({
    key: "session_reset.idle_minutes",
    parse: integer(1, 525_600),
    initial: "1440",
    doc: "Minutes without a message after which a conversation is idle.",
  }),
  notify: setting({
    key: "session_reset.notify",
    parse: boolean,
    initial: "true",
    doc: "Whether people are told that a conversation began anew.",
  }),
};
