// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import { fileBody } from "./file_bodies.ts";
import type { Channel, Member, Post, Reaction, Team, User } from "./records.ts";
import { memberRole } from "./roles.ts";
import type { World } from "./world.ts";

/** A post as an answer or an event shows it, with what is counted and looked up. */
export function postBody(world: World, post: Post, pendingPostId = ""): Record<string, unknown> {
  const reactions = world.reactions.filter((reaction) => reaction.post_id === post.id);
  const body = barePostBody(post, pendingPostId, reactions.length > 0);
  const files = (post.file_ids ?? []).flatMap((id) => world.files.get(id) ?? []);
  return {
    ...body,
    reply_count: post.original_id === "" ? world.repliesTo(post.root_id || post.id).length : 0,
    metadata: {
      ...(Array.isArray(post.props.attachments)
        ? { embeds: [{ type: "message_attachment" }] }
        : {}),
      ...(post.priority === undefined
        ? {}
        : { priority: { ...NO_PRIORITY_OPTIONS, ...post.priority } }),
      ...(files.length === 0 ? {} : { files: files.map(fileBody) }),
      ...(reactions.length === 0 ? {} : { reactions: reactions.map(reactionBody) }),
    },
  };
}

/** A post without metadata and counts, as the deduplicated answer and `thread_updated` show it. */
export function barePostBody(
  post: Post,
  pendingPostId = "",
  hasReactions = false,
): Record<string, unknown> {
  return {
    id: post.id,
    create_at: post.create_at,
    update_at: post.update_at,
    edit_at: post.edit_at,
    delete_at: post.delete_at,
    is_pinned: post.is_pinned,
    user_id: post.user_id,
    channel_id: post.channel_id,
    root_id: post.root_id,
    original_id: post.original_id,
    message: post.message,
    type: post.type,
    props: post.props,
    hashtags: hashtagsOf(post.message),
    file_ids: post.file_ids,
    pending_post_id: pendingPostId,
    ...(hasReactions ? { has_reactions: true } : {}),
    ...(isMadeByServer(post) ? {} : { remote_id: "" }),
    reply_count: 0,
    last_reply_at: 0,
    participants: null,
  };
}

export function reactionBody(reaction: Reaction): Record<string, unknown> {
  return { ...reaction, delete_at: 0, remote_id: "" };
}

/** What anybody sees of a user; `own` adds what only the user itself sees. */
export function userBody(user: User, own: boolean): Record<string, unknown> {
  const { is_bot, bot_description, timezone, ...fields } = user;
  return {
    ...fields,
    auth_service: "",
    position: "",
    locale: "en",
    timezone: { automaticTimezone: timezone, manualTimezone: "", useAutomaticTimezone: "true" },
    disable_welcome_email: false,
    ...(is_bot ? { is_bot } : { remote_id: "" }),
    ...(bot_description === "" ? {} : { bot_description }),
    ...(own
      ? { notify_props: NOTIFY_PROPS, last_password_update: user.create_at }
      : { auth_data: "" }),
  };
}

export function teamBody(team: Team): Record<string, unknown> {
  return {
    ...team,
    delete_at: 0,
    description: "",
    email: "",
    type: "O",
    company_name: "",
    allowed_domains: "",
    invite_id: "",
    allow_open_invite: false,
    scheme_id: null,
    group_constrained: null,
    policy_id: null,
    cloud_limits_archived: false,
  };
}

export function teamMemberBody(teamId: string, userId: string): Record<string, unknown> {
  return {
    team_id: teamId,
    user_id: userId,
    roles: "team_user",
    delete_at: 0,
    scheme_guest: false,
    scheme_user: true,
    scheme_admin: false,
    explicit_roles: "",
  };
}

export function channelBody(channel: Channel): Record<string, unknown> {
  return {
    ...channel,
    extra_update_at: 0,
    scheme_id: null,
    props: null,
    group_constrained: null,
    autotranslation: false,
    shared: channel.type === "D" || channel.type === "G" ? false : null,
    policy_id: null,
    banner_info: null,
    policy_enforced: false,
    policy_is_active: false,
    default_category_name: "",
  };
}

export function memberBody(world: World, member: Member): Record<string, unknown> {
  return {
    ...member,
    roles: memberRole(world, member.channel_id),
    mention_count_root: member.mention_count,
    urgent_mention_count: 0,
    msg_count_root: member.msg_count,
    notify_props: {
      channel_auto_follow_threads: "off",
      desktop: "default",
      email: "default",
      ignore_channel_mentions: "default",
      mark_unread: "all",
      push: "default",
    },
    scheme_guest: false,
    scheme_user: true,
    scheme_admin: false,
    explicit_roles: "",
    autotranslation_disabled: false,
  };
}

const NO_PRIORITY_OPTIONS = { requested_ack: null, persistent_notifications: null };

const NOTIFY_PROPS = {
  channel: "true",
  comments: "never",
  desktop: "mention",
  desktop_sound: "true",
  desktop_threads: "all",
  email: "true",
  email_threads: "all",
  first_name: "false",
  mention_keys: "",
  push: "mention",
  push_status: "online",
  push_threads: "all",
};

/** System posts, posts of webhooks and `/me` do not come through the API and lack `remote_id`. */
function isMadeByServer(post: Post): boolean {
  return post.type.startsWith("system_") || post.type === "me" ||
    post.props.webhook_display_name !== undefined;
}

function hashtagsOf(message: string): string {
  return (message.match(/(?<![\w#])#[a-z]\w{2,}/gi) ?? []).join(" ");
}
