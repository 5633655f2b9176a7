import { choice, seconds, textList } from "../parsers.ts";
import { optional, setting } from "../setting.ts";

/** Which commands need a person's yes, and how it is given. */
export const APPROVALS_SETTINGS = {
  mode: setting({
    key: "approvals.mode",
    parse: choice(["manual", "smart", "off"], { false: "off" }),
    initial: "manual",
    doc:
      "Who allows a dangerous command: manual asks, smart lets a model judge first, off runs it.",
  }),
  timeoutMs: optional({
    key: "approvals.timeout",
    parse: seconds(1, 86_400),
    doc: "How long a question stands, in seconds; unset is 300 in the chat and 60 in the terminal.",
  }),
  jobMode: setting({
    key: "approvals.cron_mode",
    parse: choice(["deny", "approve"], { false: "deny", off: "approve" }),
    initial: "deny",
    doc: "Whether dangerous commands of scheduled jobs are refused (deny) or run (approve).",
  }),
  allowedPatterns: setting({
    key: "command_allowlist",
    parse: textList,
    initial: "",
    doc: "Kinds of dangerous commands that run without a question, as !approve always writes them.",
  }),
};
