import { boolean, listenAddress, seconds, timeOfDaySpan, userIdList } from "../parsers.ts";
import { optional, setting } from "../setting.ts";

/** The process that answers in the chat. */
export const GATEWAY_SETTINGS = {
  allowedUsers: setting({
    key: "gateway.allowed_users",
    env: ["GATEWAY_ALLOWED_USERS"],
    parse: userIdList,
    initial: "",
    doc: "Further user ids, added to MATTERMOST_ALLOWED_USERS.",
  }),
  allowAllUsers: setting({
    key: "gateway.allow_all_users",
    env: ["GATEWAY_ALLOW_ALL_USERS"],
    parse: boolean,
    initial: "false",
    doc: "Whether everyone may talk to Hermes while no user is listed.",
  }),
  drainMs: setting({
    key: "gateway.drain_seconds",
    parse: seconds(0, 3_600),
    initial: "10",
    doc: "How long answers may be finished after the first SIGTERM.",
  }),
  hooksListen: setting({
    key: "gateway.hooks_listen",
    parse: listenAddress,
    initial: "127.0.0.1:8644",
    doc: "Where the gateway listens for hooks, as long as there are any: hermes hooks.",
  }),
  quietHours: optional({
    key: "gateway.quiet_hours",
    parse: timeOfDaySpan,
    doc:
      "Hours of the day, such as 22:00-07:00, in which notices and what else may wait is held back for one digest.",
  }),
};
