import { boolean, choice, integer, seconds } from "../parsers.ts";
import { setting } from "../setting.ts";

const BUSY_MODES = ["interrupt", "queue", "steer"] as const;

/** What is shown besides the answer, and what is done with what people say meanwhile. */
export const DISPLAY_SETTINGS = {
  showReasoning: setting({
    key: "display.show_reasoning",
    parse: boolean,
    initial: "false",
    doc: "Whether what the model thought is quoted, shortened, before its answer.",
  }),
  interimMessages: setting({
    key: "display.platforms.mattermost.interim_assistant_messages",
    otherKeys: ["display.interim_assistant_messages"],
    parse: boolean,
    initial: "true",
    doc: "Whether what the model says before it calls tools stays in the chat beside its answer.",
  }),
  toolProgress: setting({
    key: "display.platforms.mattermost.tool_progress",
    otherKeys: ["display.tool_progress"],
    env: ["HERMES_TOOL_PROGRESS_MODE"],
    parse: choice(["off", "new", "all", "verbose"], { false: "off", true: "all" }),
    initial: "new",
    doc: "What is shown of tools while they run: off, new (a line for each other tool), all (for " +
      "each call) or verbose (with all it was given).",
  }),
  toolPreviewCharsMax: setting({
    key: "display.tool_preview_length",
    parse: integer(10, 500),
    initial: "40",
    doc: "Most characters that are shown of what a tool was given.",
  }),
  busyInputMode: setting({
    key: "display.busy_input_mode",
    env: ["HERMES_GATEWAY_BUSY_INPUT_MODE"],
    parse: choice(BUSY_MODES),
    initial: "interrupt",
    doc: "What a message does that you send while Hermes still works on your last one: " +
      "interrupt ends that work, queue waits for its end, steer is read while it goes on.",
  }),
  busyInputModeOthers: setting({
    key: "display.busy_input_mode_others",
    parse: choice(BUSY_MODES),
    initial: "queue",
    doc: "The same for what somebody else says in a conversation that several people share.",
  }),
  busyDebounceMs: setting({
    key: "display.busy_text_debounce_seconds",
    env: ["HERMES_GATEWAY_BUSY_TEXT_DEBOUNCE_SECONDS"],
    parse: seconds(0, 10),
    initial: "0.35",
    doc: "Messages that follow each other faster than this are answered as one. " +
      "Only what comes after the first one waits for it.",
  }),
  busyAcks: setting({
    key: "display.busy_ack_enabled",
    env: ["HERMES_GATEWAY_BUSY_ACK_ENABLED"],
    parse: boolean,
    initial: "true",
    doc: "Whether you are told that a message waits, or is passed on to the work under way.",
  }),
};
