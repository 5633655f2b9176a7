import { choice } from "../parsers.ts";
import { setting } from "../setting.ts";

/** What is logged, and how. */
export const LOG_SETTINGS = {
  level: setting({
    key: "logging.level",
    env: ["HERMES_LOG_LEVEL"],
    parse: choice(["debug", "info", "warn", "error"], { warning: "warn", critical: "error" }),
    initial: "info",
    doc: "The least important lines to log: debug, info, warn or error.",
  }),
  format: setting({
    key: "logging.format",
    env: ["HERMES_LOG_FORMAT"],
    parse: choice(["auto", "text", "json"]),
    initial: "auto",
    doc: "text for people, json for machines; auto is text on a terminal, else json.",
  }),
};
