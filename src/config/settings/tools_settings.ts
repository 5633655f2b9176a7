import { textList, textLists } from "../parsers.ts";
import { setting } from "../setting.ts";

/** Which tools the model may use. */
export const TOOLS_SETTINGS = {
  byPlatform: setting({
    key: "platform_toolsets",
    keysBelow: ["*"],
    parse: textLists,
    initial: "",
    doc: "The only sets of tools for a platform (mattermost, cli, cron); hermes tools lists them.",
  }),
  disabled: setting({
    key: "agent.disabled_toolsets",
    parse: textList,
    initial: "",
    doc: "Sets of tools that are offered nowhere.",
  }),
};
