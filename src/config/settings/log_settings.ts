import { choice, integer } from "../parsers.ts";
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
  fileMegabytesMax: setting({
    key: "logging.max_size_mb",
    parse: integer(1, 1_000),
    initial: "5",
    doc: "Size in megabytes at which logs/gateway.log is put aside and a new one begun.",
  }),
  oldFilesMax: setting({
    key: "logging.backup_count",
    parse: integer(0, 100),
    initial: "2",
    doc: "How many full log files are kept beside the current one.",
  }),
};
