import {
  findChannel,
  type JoinedChannel,
  loadMembership,
  type Membership,
} from "../../mattermost/find_channel.ts";
import { findReadOnlyChannels } from "../../mattermost/find_read_only.ts";
import { MattermostApiError } from "../../mattermost/errors.ts";
import { plural } from "../plural.ts";
import type { KnownBot } from "./account_checks.ts";
import { type Check, failure, ok, skipped, warning } from "./check.ts";
import type { DoctorInput } from "./doctor_input.ts";

/** Names that are told in one sentence. */
const NAMES_MAX = 10;

/** Where the bot hears and may answer: its channels, and those that the settings name. */
export async function checkChannels(
  bot: KnownBot | undefined,
  input: DoctorInput,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  if (bot === undefined) {
    return skipped(
      ["channels", "mention", "writing", "home-channel"],
      "The bot could not log in",
    );
  }
  const membership = await loadMembership(bot.api, signal);
  return [
    checkMembership(membership, bot),
    checkMention(bot, input),
    ...checkChosenChannels(membership, input),
    ...await checkWriting(membership, bot, signal),
    ...await checkHomeChannel(membership, bot, input, signal),
  ];
}

function checkMembership({ teams, channels }: Membership, { me }: KnownBot): Check {
  const name = "channels";
  const mention = `@${me.username}`;
  if (teams.length === 0) {
    return warning(
      name,
      "The bot is in no team, so it can be in no channel: only direct messages reach it",
      `Choose "Invite people" in the menu of a team, and enter ${mention}.`,
    );
  }
  const named = channels.filter(({ team }) => team !== undefined);
  if (named.length === 0) {
    return warning(
      name,
      "The bot is in no channel: only direct messages reach it",
      `Write in a channel: /invite ${mention}`,
    );
  }
  const names = listed(named.map((joined) => channelName(joined, teams.length > 1)));
  return ok(name, `The bot is in ${plural(named.length, "channel")}: ${names}`);
}

/** What people have to do to be answered: they often write another name than the account has. */
function checkMention({ me }: KnownBot, { loaded }: DoctorInput): Check {
  const { requireMention, freeResponseChannels } = loaded.draft.mattermost;
  const mention = `@${me.username}`;
  const settings = { settings: ["mattermost.require_mention"] };
  if (!requireMention) {
    return ok(
      "mention",
      "Every message in a channel is answered, with a mention or without",
      settings,
    );
  }
  const free = freeResponseChannels.length === 0
    ? ""
    : `, but for ${plural(freeResponseChannels.length, "channel")}`;
  return ok("mention", `In channels only messages with ${mention} are answered${free}`, settings);
}

/** Channels that the settings name and that the bot is not in: nothing from there reaches it. */
function checkChosenChannels({ channels }: Membership, { loaded }: DoctorInput): readonly Check[] {
  const { allowedChannels, freeResponseChannels } = loaded.draft.mattermost;
  const lists = [
    ["mattermost.allowed_channels", allowedChannels],
    ["mattermost.free_response_channels", freeResponseChannels],
  ] as const;
  return lists.flatMap(([key, ids]) => {
    const missing = ids.filter((id) => !channels.some(({ channel }) => channel.id === id));
    if (missing.length === 0) return [];
    const message = `The bot is not in every channel of ${key}: ${listed(missing)}`;
    const remedy = "Invite it there, or take these channels out of the list.";
    return [warning("channels", message, remedy, { settings: [key] })];
  });
}

async function checkWriting(
  membership: Membership,
  { api, me }: KnownBot,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const name = "writing";
  try {
    const readOnly = await findReadOnlyChannels({ me, membership, api }, signal);
    if (readOnly.length === 0) return [ok(name, "The bot may write in all of its channels")];
    const names = listed(readOnly.map((joined) => channelName(joined, true)));
    const message =
      `The bot may read but not write in ${names}: the server refuses its answers with 403`;
    const remedy = "Let members write there, in the settings of the channel under Moderation.";
    return [warning(name, message, remedy)];
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof MattermostApiError)) throw error;
    return skipped([name], `The server does not say where the bot may write: ${error.message}`);
  }
}

async function checkHomeChannel(
  membership: Membership,
  { api, me }: KnownBot,
  { loaded }: DoctorInput,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const name = "home-channel";
  const id = loaded.draft.mattermost.homeChannel;
  if (id === undefined) return skipped([name], "There is none in the settings");
  const settings = { settings: ["mattermost.home_channel"] };
  const found = await findChannel(id, { api, membership }, signal);
  const another = "set MATTERMOST_HOME_CHANNEL to another channel";
  switch (found.kind) {
    case "found":
      return [ok(name, `Notices go to ${channelName(found, true)}`, settings)];
    case "archived": {
      const message = `The home channel ~${found.channel.name} is archived`;
      return [failure(name, message, `Unarchive it, or ${another}.`, settings)];
    }
    case "not_member": {
      const which = found.channel === undefined ? "" : ` ~${found.channel.name}`;
      const message = `The bot is not in the home channel${which}`;
      return [failure(name, message, `Write there: /invite @${me.username}`, settings)];
    }
    case "unknown":
    case "ambiguous": {
      const message = `The home channel ${id} does not exist on this server`;
      return [failure(name, message, `Correct it: ${another}.`, settings)];
    }
  }
}

/** `~general`, with its team where a name alone may mean several. */
function channelName({ channel, team }: JoinedChannel, withTeam: boolean): string {
  if (channel.type === "D") return "a direct channel";
  if (channel.type === "G") return channel.display_name;
  return withTeam && team !== undefined
    ? `~${channel.name} (${team.display_name})`
    : `~${channel.name}`;
}

export function listed(names: readonly string[]): string {
  const more = names.length - NAMES_MAX;
  return names.slice(0, NAMES_MAX).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
