import { boolean, choice, integer } from "../parsers.ts";
import { setting } from "../setting.ts";

/** What is shown besides the answer. */
export const DISPLAY_SETTINGS = {
  showReasoning: setting({
    key: "display.show_reasoning",
    parse: boolean,
    initial: "false",
    doc: "Whether what the model thought is quoted, shortened, before its answer.",
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
};
