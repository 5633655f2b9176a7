import {
  absolutePath,
  boolean,
  channelIdList,
  channelTexts,
  choice,
  id,
  proxyUrl,
  secret,
  userIdList,
  webUrl,
} from "../parsers.ts";
import { notSupportedYet, optional, setting } from "../setting.ts";

/** The server, the bot, and who is answered where. */
export const MATTERMOST_SETTINGS = {
  url: optional({
    key: "mattermost.url",
    env: ["MATTERMOST_URL"],
    parse: webUrl("https://chat.example.com", { orSocket: true }),
    doc: "Address of the Mattermost server.",
  }),
  token: optional({
    key: "mattermost.token",
    env: ["MATTERMOST_TOKEN"],
    parse: secret,
    doc: "Access token of the bot account.",
    isSecret: true,
  }),
  allowedUsers: setting({
    key: "mattermost.allowed_users",
    env: ["MATTERMOST_ALLOWED_USERS"],
    parse: userIdList,
    initial: "",
    doc: "Ids of the users who may talk to Hermes, with commas; * is everyone.",
  }),
  allowAllUsers: setting({
    key: "mattermost.allow_all_users",
    env: ["MATTERMOST_ALLOW_ALL_USERS"],
    parse: boolean,
    initial: "false",
    doc: "Whether everyone on the server may talk to Hermes.",
  }),
  replyMode: setting({
    key: "mattermost.reply_mode",
    otherKeys: ["platforms.mattermost.extra.reply_mode"],
    env: ["MATTERMOST_REPLY_MODE"],
    parse: choice(["off", "thread"], { false: "off" }),
    initial: "off",
    doc: "off answers in the channel, thread answers in a thread under the message.",
  }),
  dmReplyMode: optional({
    key: "mattermost.dm_reply_mode",
    env: ["MATTERMOST_DM_REPLY_MODE"],
    parse: choice(["off", "thread"], { false: "off" }),
    doc: "The same for direct messages, where they shall differ from channels.",
  }),
  groupMessages: setting({
    key: "mattermost.group_messages",
    env: ["MATTERMOST_GROUP_MESSAGES"],
    parse: choice(["channel", "dm"]),
    initial: "channel",
    doc:
      "Whether group messages are treated as channels, or as direct messages: without a mention.",
  }),
  homeChannel: optional({
    key: "mattermost.home_channel",
    env: ["MATTERMOST_HOME_CHANNEL"],
    parse: notSupportedYet(id("channel")),
    doc: "Id of the channel for scheduled messages and notices; not supported yet.",
  }),
  homeThread: optional({
    key: "mattermost.home_channel_thread_id",
    env: ["MATTERMOST_HOME_CHANNEL_THREAD_ID"],
    parse: notSupportedYet(id("post")),
    doc:
      "Id of the post under which scheduled messages are put in the home channel; not supported yet.",
  }),
  requireMention: setting({
    key: "mattermost.require_mention",
    env: ["MATTERMOST_REQUIRE_MENTION"],
    parse: boolean,
    initial: "true",
    doc: "Whether a message in a channel must mention the bot to be answered.",
  }),
  freeResponseChannels: setting({
    key: "mattermost.free_response_channels",
    env: ["MATTERMOST_FREE_RESPONSE_CHANNELS"],
    parse: channelIdList,
    initial: "",
    doc: "Ids of channels where no mention is needed.",
  }),
  allowedChannels: setting({
    key: "mattermost.allowed_channels",
    otherKeys: ["platforms.mattermost.extra.allowed_channels"],
    env: ["MATTERMOST_ALLOWED_CHANNELS"],
    parse: channelIdList,
    initial: "",
    doc: "Ids of the only channels to answer in, besides direct messages; empty is all.",
  }),
  channelPrompts: setting({
    key: "mattermost.channel_prompts",
    keysBelow: ["*"],
    parse: channelTexts,
    initial: "",
    doc: "Instructions for the model, by channel id.",
  }),
  caFile: optional({
    key: "mattermost.ca_file",
    env: ["MATTERMOST_CA_FILE"],
    parse: absolutePath,
    doc: "PEM file with the certificate authority of the server, if it is a private one.",
  }),
  proxy: optional({
    key: "mattermost.proxy",
    env: ["MATTERMOST_PROXY"],
    parse: proxyUrl,
    doc: "HTTP proxy for Mattermost alone; without it HTTPS_PROXY and HTTP_PROXY count.",
    isSecret: true,
  }),
};
