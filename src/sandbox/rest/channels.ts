// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import { channelBody, memberBody, teamBody } from "../bodies.ts";
import type { Channel } from "../records.ts";
import { invalidBodyRefusal, permissionRefusal, Refusal } from "../refusal.ts";
import type { SandboxParts } from "../parts.ts";
import {
  type Answer,
  asker,
  type Call,
  json,
  objectBody,
  type Route,
  STATUS_OK,
  stringsBody,
  textField,
} from "./route.ts";

/** Teams, channels and who is in them. */
export const CHANNEL_ROUTES: readonly Route[] = [
  { method: "GET", path: "/teams/{team}", handle: getTeam },
  { method: "GET", path: "/teams/{team}/channels", handle: getPublicChannels },
  {
    method: "GET",
    path: "/teams/name/{teamName:[a-z0-9-]+}/channels/name/{channelName:[a-z0-9_-]+}",
    handle: getChannelByName,
  },
  { method: "POST", path: "/channels", handle: createChannel },
  { method: "POST", path: "/channels/direct", handle: createDirect },
  { method: "POST", path: "/channels/group", handle: createGroup },
  { method: "GET", path: "/channels/{channel}", handle: getChannel },
  { method: "PUT", path: "/channels/{channel}/patch", handle: patchChannel },
  { method: "GET", path: "/channels/{channel}/stats", handle: getStats },
  { method: "GET", path: "/channels/{channel}/members", handle: getMembers },
  { method: "POST", path: "/channels/{channel}/members", handle: addMember },
  { method: "GET", path: "/channels/{channel}/members/{user}", handle: getMember },
  { method: "DELETE", path: "/channels/{channel}/members/{user}", handle: removeMember },
  { method: "POST", path: "/channels/members/{user}/view", handle: viewChannel },
];

function getTeam(call: Call, { world }: SandboxParts): Answer {
  const team = world.teams.get(call.params.team ?? "");
  if (team === undefined) throw new Refusal(404, "app.team.get.find.app_error");
  return json(teamBody(team));
}

function getPublicChannels(call: Call, { world }: SandboxParts): Answer {
  const channels = [...world.channels.values()].filter((channel) =>
    channel.team_id === call.params.team && channel.type === "O" && channel.delete_at === 0
  );
  const perPage = Number(call.query.get("per_page") ?? 60);
  return json(channels.slice(0, perPage).map(channelBody));
}

/** A private channel that one is not in looks as if it did not exist. Source: api4/channel.go. */
function getChannelByName(call: Call, { world }: SandboxParts): Answer {
  const team = [...world.teams.values()].find((other) => other.name === call.params.teamName);
  if (team === undefined) throw new Refusal(404, "app.team.get_by_name.missing.app_error");
  const me = asker(call).id;
  const name = call.params.channelName ?? "";
  const isWithArchived = call.query.get("include_deleted") === "true";
  const channel = [...world.channels.values()].find((other) =>
    other.team_id === team.id && other.name === name && (isWithArchived || other.delete_at === 0)
  );
  if (!world.inTeam(team.id, me) && !world.isAdmin(me)) throw permissionRefusal();
  if (channel === undefined || !world.canRead(me, channel)) {
    throw new Refusal(404, "app.channel.get_by_name.missing.app_error");
  }
  return json(channelBody(channel));
}

function createChannel(call: Call, { channels, world }: SandboxParts): Answer {
  const body = objectBody(call, "channel");
  const teamId = textField(body, "team_id");
  if (!world.inTeam(teamId, asker(call).id)) throw permissionRefusal();
  const channel = channels.create({
    name: textField(body, "name"),
    type: body.type === "P" ? "P" : "O",
    teamId,
    displayName: textField(body, "display_name"),
    creatorId: asker(call).id,
  });
  return json(channelBody(channel), 201);
}

function createDirect(call: Call, { channels, world, settings }: SandboxParts): Answer {
  const me = asker(call).id;
  const ids = stringsBody(call, "user_ids");
  const [first, second] = ids;
  if (ids.length !== 2 || first === undefined || second === undefined) {
    throw invalidBodyRefusal("user_ids");
  }
  if (!ids.includes(me) && !world.isAdmin(me)) throw permissionRefusal();
  if (ids.some((id) => !world.users.has(id))) {
    throw new Refusal(400, "api.channel.create_direct_channel.invalid_user.app_error");
  }
  const shared = world.teamsOf(first).some((team) => world.inTeam(team.id, second));
  if (settings.directMessages === "team" && !shared) {
    throw new Refusal(
      403,
      "api.channel.create_channel.direct_channel.team_restricted_error",
    );
  }
  return json(channelBody(channels.direct(first, second)), 201);
}

function createGroup(call: Call, { channels }: SandboxParts): Answer {
  const ids = stringsBody(call, "user_ids");
  return json(channelBody(channels.group(ids, asker(call).id)), 201);
}

function getChannel(call: Call, { world }: SandboxParts): Answer {
  return json(channelBody(readableChannel(call, world)));
}

function patchChannel(call: Call, { world, channels }: SandboxParts): Answer {
  const channel = ownChannel(call, world);
  const header = textField(objectBody(call, "channel"), "header");
  return json(channelBody(channels.setHeader(channel.id, header, asker(call).id)));
}

function getStats(call: Call, { world }: SandboxParts): Answer {
  const channel = ownChannel(call, world);
  const posts = world.postsOf(channel.id);
  return json({
    channel_id: channel.id,
    member_count: world.membersOf(channel.id).length,
    guest_count: 0,
    pinnedpost_count: posts.filter((post) => post.is_pinned).length,
    files_count: posts.reduce((count, post) => count + (post.file_ids?.length ?? 0), 0),
  });
}

function getMembers(call: Call, { world }: SandboxParts): Answer {
  return json(world.membersOf(ownChannel(call, world).id).map((one) => memberBody(world, one)));
}

function getMember(call: Call, { world }: SandboxParts): Answer {
  const channel = ownChannel(call, world);
  const named = call.params.user ?? "me";
  const member = world.member(channel.id, named === "me" ? asker(call).id : named);
  if (member === undefined) throw new Refusal(404, "app.channel.get_member.missing.app_error");
  return json(memberBody(world, member));
}

function addMember(call: Call, { world, channels }: SandboxParts): Answer {
  const channel = readableChannel(call, world);
  const userId = textField(objectBody(call, "channel_member"), "user_id");
  const me = asker(call).id;
  const joins = userId === me && channel.type === "O";
  if (!joins && world.member(channel.id, me) === undefined) throw permissionRefusal();
  channels.add(channel.id, userId, me);
  const member = world.member(channel.id, userId);
  if (member === undefined) throw permissionRefusal();
  return json(memberBody(world, member), 201);
}

function removeMember(call: Call, { world, channels }: SandboxParts): Answer {
  const channel = ownChannel(call, world);
  const named = call.params.user ?? "me";
  channels.remove(channel.id, named === "me" ? asker(call).id : named, asker(call).id);
  return STATUS_OK;
}

function viewChannel(call: Call, { world, hub }: SandboxParts): Answer {
  const me = asker(call).id;
  const channel = world.channels.get(textField(objectBody(call, "channel_view"), "channel_id"));
  const member = world.member(channel?.id ?? "", me);
  if (channel === undefined || member === undefined) throw permissionRefusal();
  hub.touch(me);
  member.last_viewed_at = Math.max(member.last_viewed_at, channel.last_post_at);
  const times = { [channel.id]: channel.last_post_at };
  hub.publish("multiple_channels_viewed", { channel_times: times }, { user_id: me });
  return json({ status: "OK", last_viewed_at_times: times });
}

function readableChannel(call: Call, world: SandboxParts["world"]): Channel {
  const id = call.params.channel ?? "";
  const channel = world.channels.get(id);
  if (channel === undefined) throw new Refusal(404, "app.channel.get.existing.app_error", id);
  if (!world.canRead(asker(call).id, channel)) throw permissionRefusal();
  return channel;
}

function ownChannel(call: Call, world: SandboxParts["world"]): Channel {
  const channel = readableChannel(call, world);
  const isIn = world.member(channel.id, asker(call).id) !== undefined;
  if (!isIn && !world.isAdmin(asker(call).id)) throw permissionRefusal();
  return channel;
}
