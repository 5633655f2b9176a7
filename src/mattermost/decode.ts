import {
  type Channel,
  type ChannelType,
  type ClientConfig,
  type FileInfo,
  type Post,
  POST_RUNES_MAX_DEFAULT,
  type PostPage,
  type Reaction,
  type Role,
  type RolesHeld,
  type Team,
  type User,
} from "./types.ts";

/**
 * Wire values, checked field by field. Each function returns `undefined` for what lacks a field we
 * cannot do without; a field that older servers do not send gets its empty value.
 */
export function decodePost(value: unknown): Post | undefined {
  const post = asObject(value);
  if (post === undefined) return undefined;
  const { id, user_id: userId, channel_id: channelId, message } = post;
  const createAt = asNumber(post.create_at);
  if (!isId(id) || !isId(userId) || !isId(channelId)) return undefined;
  if (typeof message !== "string" || createAt === undefined) return undefined;
  return {
    id,
    create_at: createAt,
    update_at: asNumber(post.update_at) ?? createAt,
    delete_at: asNumber(post.delete_at) ?? 0,
    user_id: userId,
    channel_id: channelId,
    root_id: asText(post.root_id),
    original_id: asText(post.original_id),
    message,
    type: asText(post.type),
    props: asObject(post.props) ?? {},
    file_ids: asArray(post.file_ids).filter(isId),
    files: decodeEach(asObject(post.metadata)?.files, decodeFileInfo),
    pending_post_id: asText(post.pending_post_id),
  };
}

/** A list of posts in the server's form: `order` names the page, `posts` also holds its roots. */
export function decodePostPage(value: unknown, pageSize: number): PostPage | undefined {
  const list = asObject(value);
  if (list === undefined) return undefined;
  const byId = asObject(list.posts) ?? {};
  const order = asArray(list.order).filter(isId);
  const posts = decodeEach(order.map((id) => byId[id]), decodePost).sort(comparePosts);
  return { posts, isLast: order.length < pageSize };
}

/** Ids are random: only together with the time do they give an order. */
export function comparePosts(a: Post, b: Post): number {
  return a.create_at - b.create_at || (a.id < b.id ? -1 : 1);
}

export function decodeChannel(value: unknown): Channel | undefined {
  const channel = asObject(value);
  if (!isId(channel?.id) || !isChannelType(channel.type)) return undefined;
  return {
    id: channel.id,
    type: channel.type,
    team_id: asText(channel.team_id),
    name: asText(channel.name),
    display_name: asText(channel.display_name),
    delete_at: asNumber(channel.delete_at) ?? 0,
    last_post_at: asNumber(channel.last_post_at) ?? 0,
  };
}

export function decodeTeam(value: unknown): Team | undefined {
  const team = asObject(value);
  if (!isId(team?.id) || typeof team.name !== "string") return undefined;
  return { id: team.id, name: team.name, display_name: asText(team.display_name) };
}

/** Of a member of a team or a channel. */
export function decodeRolesHeld(value: unknown): RolesHeld | undefined {
  const member = asObject(value);
  const placeId = member?.channel_id ?? member?.team_id;
  if (!isId(placeId) || typeof member?.roles !== "string") return undefined;
  return { placeId, roles: member.roles.split(" ").filter((role) => role !== "") };
}

export function decodeRole(value: unknown): Role | undefined {
  const role = asObject(value);
  if (typeof role?.name !== "string") return undefined;
  const permissions = asArray(role.permissions).filter((item) => typeof item === "string");
  return { name: role.name, permissions };
}

export function decodeUser(value: unknown): User | undefined {
  const user = asObject(value);
  if (!isId(user?.id) || typeof user.username !== "string") return undefined;
  return {
    id: user.id,
    username: user.username,
    first_name: asText(user.first_name),
    last_name: asText(user.last_name),
    nickname: asText(user.nickname),
    is_bot: user.is_bot === true,
    roles: asText(user.roles),
    timezone: decodeTimeZone(user.timezone),
    delete_at: asNumber(user.delete_at) ?? 0,
  };
}

/** People let their devices say it, or set it by hand. */
function decodeTimeZone(value: unknown): string {
  const zone = asObject(value);
  const isSetByHand = zone?.useAutomaticTimezone === "false";
  return asText(isSetByHand ? zone.manualTimezone : zone?.automaticTimezone);
}

export function decodeReaction(value: unknown): Reaction | undefined {
  const reaction = asObject(value);
  const { user_id: userId, post_id: postId, emoji_name: emojiName } = reaction ?? {};
  if (!isId(userId) || !isId(postId) || typeof emojiName !== "string") return undefined;
  const channelId = asText(reaction?.channel_id);
  return { user_id: userId, post_id: postId, emoji_name: emojiName, channel_id: channelId };
}

/** Members of a channel, from its statistics. */
export function decodeMemberCount(value: unknown): number | undefined {
  return asNumber(asObject(value)?.member_count);
}

/** The client configuration in its old form: one flat object whose values are all strings. */
export function decodeClientConfig(value: unknown): ClientConfig | undefined {
  const config = asObject(value);
  if (typeof config?.Version !== "string") return undefined;
  return {
    version: config.Version,
    siteUrl: asText(config.SiteURL),
    websocketUrl: asText(config.WebsocketURL),
    postRunesMax: asNumber(config.MaxPostSize) ?? POST_RUNES_MAX_DEFAULT,
    fileBytesMax: asNumber(config.MaxFileSize) ?? 104_857_600,
    filesEnabled: config.EnableFileAttachments !== "false",
    typingEnabled: config.EnableUserTypingMessages !== "false",
    typingIntervalMs: asNumber(config.TimeBetweenUserTypingUpdatesMilliseconds) ?? 5_000,
    notificationsPerChannelMax: asNumber(config.MaxNotificationsPerChannel) ?? 1_000,
    signingKey: asText(config.AsymmetricSigningPublicKey),
  };
}

/** Every element that fits; `null`, which Go sends for an empty list, is an empty list. */
export function decodeEach<T>(value: unknown, decode: (item: unknown) => T | undefined): T[] {
  const decoded: T[] = [];
  for (const item of asArray(value)) {
    const one = decode(item);
    if (one !== undefined) decoded.push(one);
  }
  return decoded;
}

export function isChannelType(value: unknown): value is ChannelType {
  return value === "O" || value === "P" || value === "D" || value === "G";
}

export function asObject(value: unknown): Record<string, unknown> | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? value as Record<string, unknown> : undefined;
}

export function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A number, also one that was sent as a string. */
export function asNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** The value of a JSON text; `undefined`, which no JSON text stands for, when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The caller treats it like JSON of the wrong shape.
  }
}

/** The answer to an upload of one file. */
export function decodeUpload(value: unknown): FileInfo | undefined {
  return decodeFileInfo(asArray(asObject(value)?.file_infos)[0]);
}

function decodeFileInfo(value: unknown): FileInfo | undefined {
  const file = asObject(value);
  if (!isId(file?.id)) return undefined;
  return {
    id: file.id,
    name: asText(file.name),
    mime_type: asText(file.mime_type),
    size: asNumber(file.size) ?? 0,
  };
}

function isId(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
