import { choice, integer, seconds } from "../parsers.ts";
import { setting } from "../setting.ts";

/** How far a turn may go. */
export const AGENT_SETTINGS = {
  stepsMax: setting({
    key: "agent.max_turns",
    env: ["HERMES_MAX_ITERATIONS"],
    parse: integer(1, 10_000),
    initial: "90",
    doc: "Most steps of the model for one message.",
  }),
  apiRetriesMax: setting({
    key: "agent.api_max_retries",
    parse: integer(0, 20),
    initial: "3",
    doc: "How often a failed call of the model is tried again.",
  }),
  reasoningEffort: setting({
    key: "agent.reasoning_effort",
    parse: choice(["none", "minimal", "low", "medium", "high", "xhigh"], { false: "none" }),
    initial: "medium",
    doc:
      "How much a model that can think does so first: none, minimal, low, medium, high or xhigh.",
  }),
  notifyIntervalMs: setting({
    key: "agent.gateway_notify_interval",
    env: ["HERMES_AGENT_NOTIFY_INTERVAL"],
    parse: seconds(0, 86_400),
    initial: "180",
    doc: "How often a line in the chat says that an answer takes its time; 0 never.",
  }),
};
