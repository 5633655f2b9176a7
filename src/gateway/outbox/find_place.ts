import type { MattermostApi } from "../../mattermost/api.ts";
import { MattermostApiError } from "../../mattermost/errors.ts";
import { type ChannelFound, findChannel, loadMembership } from "../../mattermost/find_channel.ts";
import { findPerson, type PersonFound } from "../../mattermost/find_person.ts";
import type { Channel } from "../../mattermost/types.ts";
import type { HomeChannel } from "./home_channel.ts";
import { type Target, targetText } from "./target.ts";

/** A place on the server where the bot may post. */
export interface Place {
  readonly channelId: string;
  /** Root of the thread, or `""` for the channel itself. */
  readonly rootId: string;
  readonly isDirect: boolean;
  /** For people: `~general`, `@alice`. */
  readonly label: string;
}

export type PlaceFound =
  | { readonly kind: "found"; readonly place: Place }
  /** `reason` goes on after a colon; `remedy` is a sentence. */
  | { readonly kind: "refused"; readonly reason: string; readonly remedy: string };

export interface FindPlaceDeps {
  readonly api: MattermostApi;
  readonly botUserId: string;
  readonly home: HomeChannel;
}

/** Finds the place that a target means now. @throws when the server does not answer. */
export async function findPlace(
  target: Target,
  deps: FindPlaceDeps,
  signal: AbortSignal,
): Promise<PlaceFound> {
  switch (target.kind) {
    case "home": {
      const { place: home } = deps.home;
      if (home === undefined) return refused("no home channel is set", SET_HOME);
      return await inChannel(home.channelId, home.threadId, deps, signal);
    }
    case "origin":
      return refused("there is no conversation that it comes from", "Name a channel or a person.");
    case "channel":
      return await inChannel(target.channel, target.threadId, deps, signal);
    case "person":
      return await withPerson(target.username, deps, signal);
    case "post":
      return await inThreadOf(target.postId, deps, signal);
  }
}

const SET_HOME = "Write /sethome to the bot in the channel that shall be its home.";

async function inChannel(
  name: string,
  threadId: string | undefined,
  deps: FindPlaceDeps,
  signal: AbortSignal,
): Promise<PlaceFound> {
  const membership = await loadMembership(deps.api, signal);
  const found = await findChannel(name, { api: deps.api, membership }, signal);
  if (found.kind !== "found") return refuseChannel(name, found);
  return { kind: "found", place: placeIn(found.channel, threadId ?? "") };
}

async function withPerson(
  username: string,
  deps: FindPlaceDeps,
  signal: AbortSignal,
): Promise<PlaceFound> {
  const found = await findPerson(username, deps, signal);
  if (found.kind !== "found") return refusePerson(username, found);
  const ids = [deps.botUserId, found.user.id] as const;
  const channel = await deps.api.createDirectChannel(ids, signal);
  const label = `@${found.user.username}`;
  return { kind: "found", place: { channelId: channel.id, rootId: "", isDirect: true, label } };
}

async function inThreadOf(
  postId: string,
  deps: FindPlaceDeps,
  signal: AbortSignal,
): Promise<PlaceFound> {
  try {
    const post = await deps.api.getPost(postId, signal);
    return await inChannel(post.channel_id, post.root_id || post.id, deps, signal);
  } catch (error) {
    const isRefusal = error instanceof MattermostApiError && [403, 404].includes(error.status);
    if (!isRefusal) throw error;
    const reason = `${
      targetText({ kind: "post", postId })
    } does not exist, or the bot may not see it`;
    return refused(reason, "Check the link, and that the bot is in the channel.");
  }
}

function placeIn(channel: Channel, rootId: string): Place {
  return {
    channelId: channel.id,
    rootId,
    isDirect: channel.type === "D",
    label: labelOf(channel),
  };
}

export function labelOf(channel: Channel): string {
  if (channel.type === "D") return "a direct channel";
  if (channel.type === "G") return channel.display_name || "a group channel";
  return `~${channel.name}`;
}

function refuseChannel(name: string, found: Exclude<ChannelFound, { kind: "found" }>): PlaceFound {
  switch (found.kind) {
    case "unknown":
      return refused(
        `there is no channel ${name}, or the bot may not see it`,
        "Check its name, and that the bot is in it.",
      );
    case "not_member": {
      const label = found.channel === undefined ? name : labelOf(found.channel);
      return refused(`the bot is not in ${label}`, "Add the bot to the channel.");
    }
    case "archived":
      return refused(`${labelOf(found.channel)} is archived`, "Choose another channel.");
    case "ambiguous": {
      const teams = found.teams.map((team) => team.name);
      const example = `${teams[0]}/${name.replace(/^~/, "")}`;
      return refused(
        `several teams have a channel ${name}: ${teams.join(", ")}`,
        `Write the team too, e.g. ${example}.`,
      );
    }
  }
}

function refusePerson(name: string, found: Exclude<PersonFound, { kind: "found" }>): PlaceFound {
  switch (found.kind) {
    case "unknown":
      return refused(`there is nobody called @${name}`, "Check the name.");
    case "deactivated":
      return refused(`the account of @${name} is deactivated`, "Choose somebody else.");
    case "is_the_bot":
      return refused(`@${name} is this bot itself`, "Choose somebody else.");
    case "is_a_bot":
      return refused(`@${name} is a bot`, "Choose a person.");
    case "may_not_look_up":
      return refused(`the server does not let the bot look up @${name}`, "Choose a channel.");
  }
}

function refused(reason: string, remedy: string): PlaceFound {
  return { kind: "refused", reason, remedy };
}
