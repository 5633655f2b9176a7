// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import { channelBody, memberBody, teamBody, teamMemberBody, userBody } from "../bodies.ts";
import { errorJson } from "./errors.ts";
import type { StatusName, User } from "../records.ts";
import { invalidBodyRefusal, permissionRefusal, Refusal } from "../refusal.ts";
import type { SandboxParts } from "../parts.ts";
import { publishUserUpdated } from "../user_updated_event.ts";
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
  userIdOf,
} from "./route.ts";

/** Users, their teams and channels, typing and presence. */
export const USER_ROUTES: readonly Route[] = [
  { method: "GET", path: "/users/{user}", handle: getUser },
  { method: "PUT", path: "/users/{user}", handle: () => refuseUpdate() },
  { method: "PUT", path: "/users/{user}/patch", handle: patchUser },
  { method: "GET", path: "/users/username/{name:[a-z0-9._-]+}", handle: getUserByName },
  { method: "GET", path: "/users/email/{email:[^/]+}", handle: getUserByEmail },
  { method: "POST", path: "/users/ids", handle: getUsersByIds },
  { method: "POST", path: "/users/usernames", handle: getUsersByNames },
  { method: "GET", path: "/users/{user}/teams", handle: getTeams },
  { method: "GET", path: "/users/{user}/teams/members", handle: getTeamMembers },
  { method: "GET", path: "/users/{user}/channels", handle: getChannels },
  { method: "GET", path: "/users/{user}/teams/{team}/channels", handle: getTeamChannels },
  {
    method: "GET",
    path: "/users/{user}/teams/{team}/channels/members",
    handle: getTeamChannelMembers,
  },
  { method: "POST", path: "/users/{user}/typing", handle: publishTyping },
  { method: "GET", path: "/users/{user}/status", handle: getStatus },
  { method: "PUT", path: "/users/{user}/status", handle: setStatus },
  { method: "POST", path: "/users/status/ids", handle: getStatuses },
  { method: "POST", path: "/users/logout", handle: () => STATUS_OK },
];

function getUser(call: Call, { world, hub }: SandboxParts): Answer {
  const user = world.users.get(userIdOf(call));
  if (user === undefined) throw new Refusal(404, "app.user.missing_account.const");
  const own = user.id === asker(call).id;
  if (own) hub.touch(user.id);
  return json(userBody(user, own));
}

function refuseUpdate(): Answer {
  throw invalidBodyRefusal("user_id");
}

function patchUser(call: Call, { world, hub }: SandboxParts): Answer {
  const user = world.users.get(userIdOf(call));
  if (user === undefined || user.is_bot || user.id !== asker(call).id) throw permissionRefusal();
  user.nickname = textField(objectBody(call, "user"), "nickname");
  user.update_at = world.stampMs();
  publishUserUpdated(user, hub);
  return json(userBody(user, true));
}

function getUserByName(call: Call, { world }: SandboxParts): Answer {
  const user = world.userNamed(call.params.name ?? "");
  if (user === undefined) throw new Refusal(404, "app.user.get_by_username.app_error");
  return json(userBody(user, user.id === asker(call).id));
}

/** Source: api4/user.go, getUserByEmail. */
function getUserByEmail(call: Call, { world, settings }: SandboxParts): Answer {
  const email = decodeURIComponent(call.params.email ?? "").toLowerCase();
  if (!email.includes("@")) {
    throw new Refusal(400, "api.context.invalid_url_param.app_error", "email");
  }
  if (!settings.emailAddresses && !world.isAdmin(asker(call).id)) {
    throw new Refusal(403, "api.user.get_user_by_email.permissions.app_error");
  }
  const user = [...world.users.values()].find((other) => other.email === email);
  if (user === undefined) throw new Refusal(404, "app.user.missing_account.const");
  return json(userBody(user, user.id === asker(call).id));
}

function getUsersByIds(call: Call, parts: SandboxParts): Answer {
  const ids = new Set(stringsBody(call, "user_ids"));
  return usersAnswer(parts, (user) => ids.has(user.id));
}

function getUsersByNames(call: Call, parts: SandboxParts): Answer {
  const names = new Set(stringsBody(call, "usernames"));
  return usersAnswer(parts, (user) => names.has(user.username));
}

function usersAnswer({ world }: SandboxParts, isAsked: (user: User) => boolean) {
  const users = [...world.users.values()].filter(isAsked);
  return json(users.map((user) => userBody(user, false)));
}

function getTeams(call: Call, { world }: SandboxParts): Answer {
  return json(world.teamsOf(ownId(call)).map(teamBody));
}

function getTeamMembers(call: Call, { world }: SandboxParts): Answer {
  const userId = ownId(call);
  return json(world.teamsOf(userId).map((team) => teamMemberBody(team.id, userId)));
}

/** All channels of all teams. With none the server sends an error in a list, with 200. */
function getChannels(call: Call, { world, faults, settings }: SandboxParts): Answer {
  const channels = world.channelsOf(ownId(call)).filter((channel) => channel.delete_at === 0);
  const breaksAfter = channels.length === 0 ? 0 : faults.channelListBreaksAfter;
  if (breaksAfter === undefined) return json(channels.map(channelBody));
  const error = errorJson(
    channels.length === 0
      ? new Refusal(404, "app.channel.get_channels.not_found.app_error")
      : new Refusal(500, "app.channel.get_channels.get.app_error"),
    settings.locale,
  );
  const whole = channels.slice(0, breaksAfter).map((channel) =>
    JSON.stringify(channelBody(channel))
  );
  return {
    kind: "bytes",
    status: 200,
    headers: { "content-type": "application/json" },
    bytes: `[${[...whole, error].join(",")}`,
  };
}

function getTeamChannels(call: Call, { world }: SandboxParts): Answer {
  const channels = world.channelsOf(ownId(call)).filter((channel) =>
    channel.delete_at === 0 && ["", call.params.team].includes(channel.team_id)
  );
  return json(channels.map(channelBody));
}

function getTeamChannelMembers(call: Call, { world }: SandboxParts): Answer {
  const userId = ownId(call);
  const members = world.channelsOf(userId)
    .filter((channel) => ["", call.params.team].includes(channel.team_id))
    .flatMap((channel) => world.member(channel.id, userId) ?? []);
  return json(members.map((member) => memberBody(world, member)));
}

function publishTyping(call: Call, { world, hub }: SandboxParts): Answer {
  const userId = ownId(call);
  const body = objectBody(call, "typing");
  const channelId = textField(body, "channel_id");
  if (world.member(channelId, userId) === undefined) throw permissionRefusal();
  hub.publish("typing", { parent_id: textField(body, "parent_id"), user_id: userId }, {
    channel_id: channelId,
    omit_users: { [userId]: true },
  });
  return STATUS_OK;
}

function getStatus(call: Call, { world }: SandboxParts): Answer {
  const status = world.statuses.get(userIdOf(call));
  if (status === undefined) throw new Refusal(404, "app.user.missing_account.const");
  return json({ ...status, dnd_end_time: 0 });
}

const STATUS_NAMES: readonly string[] = ["online", "away", "dnd", "offline"];

function setStatus(call: Call, { world, hub }: SandboxParts): Answer {
  const userId = ownId(call);
  const name = textField(objectBody(call, "status"), "status");
  if (!STATUS_NAMES.includes(name)) throw invalidBodyRefusal("status");
  const status = {
    user_id: userId,
    status: name as StatusName,
    manual: name !== "online",
    last_activity_at: world.stampMs(),
  };
  world.statuses.set(userId, status);
  hub.publish("status_change", { status: name, user_id: userId }, { user_id: userId });
  return json({ ...status, dnd_end_time: 0 });
}

function getStatuses(call: Call, { world }: SandboxParts): Answer {
  const ids = stringsBody(call, "user_ids");
  const statuses = ids.flatMap((id) => world.statuses.get(id) ?? []);
  return json(statuses.map((status) => ({ ...status, dnd_end_time: 0 })));
}

/** The id in the path, which must be the asker's own unless an administrator asks. */
function ownId(call: Call): string {
  const id = userIdOf(call);
  if (id !== asker(call).id && !asker(call).roles.includes("system_admin")) {
    throw permissionRefusal();
  }
  return id;
}
