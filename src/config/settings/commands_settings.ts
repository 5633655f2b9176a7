import { commandNameList, onlyUserIdList } from "../parsers.ts";
import { setting } from "../setting.ts";

/** Who may type which commands. */
export const COMMANDS_SETTINGS = {
  dmAdmins: setting({
    key: "mattermost.allow_admin_from",
    parse: onlyUserIdList,
    initial: "",
    doc:
      "Ids of the users who may use all commands in direct messages; without any, everybody may.",
  }),
  dmUserCommands: setting({
    key: "mattermost.user_allowed_commands",
    parse: commandNameList,
    initial: "",
    doc:
      "Commands for everybody else in direct messages, besides help, whoami, stop, approve and deny.",
  }),
  channelAdmins: setting({
    key: "mattermost.group_allow_admin_from",
    parse: onlyUserIdList,
    initial: "",
    doc: "Ids of the users who may use all commands in channels; without any, everybody may.",
  }),
  channelUserCommands: setting({
    key: "mattermost.group_user_allowed_commands",
    parse: commandNameList,
    initial: "",
    doc:
      "Commands for everybody else in channels; also in direct messages where those have no list.",
  }),
};
