import { isTimeZone } from "../../runtime/time_zone.ts";
import { orVariable } from "../json_schema.ts";
import { boolean, described, integer, scalar, seconds } from "../parsers.ts";
import { optional, setting } from "../setting.ts";

/** Scheduled work, and by which clock. */
export const CRON_SETTINGS = {
  timeZone: optional({
    key: "timezone",
    env: ["HERMES_TIMEZONE"],
    parse: described(
      orVariable({ type: "string" }),
      scalar(
        "write a time zone such as Europe/Berlin",
        (text) => isTimeZone(text) ? text : undefined,
      ),
    ),
    doc: "Time zone of dates and schedules, e.g. Europe/Berlin; unset is that of the machine.",
  }),
  wrapsOutput: setting({
    key: "cron.wrap_response",
    parse: boolean,
    initial: "true",
    doc: "Whether the text of a scheduled job is posted with the job's name and how to stop it.",
  }),
  parallelMax: setting({
    key: "cron.max_parallel_jobs",
    parse: integer(1, 50),
    initial: "3",
    doc: "Most scheduled jobs that run side by side.",
  }),
  scriptTimeoutMs: setting({
    key: "cron.script_timeout_seconds",
    parse: seconds(1, 86_400),
    initial: "120",
    doc: "How long the script of a job may take, in seconds.",
  }),
  idleTimeoutMs: setting({
    key: "cron.idle_timeout_seconds",
    env: ["HERMES_CRON_TIMEOUT"],
    parse: seconds(1, 86_400),
    initial: "600",
    doc: "A job in which nothing happens for so many seconds is ended.",
  }),
  runTimeoutMs: setting({
    key: "cron.run_timeout_seconds",
    parse: seconds(1, 86_400),
    initial: "3600",
    doc: "How long a job may take, in seconds, unless it has a time of its own.",
  }),
};
