import { boolean } from "../parsers.ts";
import { setting } from "../setting.ts";

/** What is shown besides the answer. */
export const DISPLAY_SETTINGS = {
  showReasoning: setting({
    key: "display.show_reasoning",
    parse: boolean,
    initial: "false",
    doc: "Whether what the model thought is quoted, shortened, before its answer.",
  }),
};
