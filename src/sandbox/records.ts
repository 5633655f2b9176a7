// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.

/** What the sandbox keeps, in the shape in which Mattermost 11.6 sends it. Source: recorded bodies. */
export interface User {
  id: string;
  create_at: number;
  update_at: number;
  delete_at: number;
  username: string;
  email: string;
  nickname: string;
  first_name: string;
  last_name: string;
  roles: string;
  is_bot: boolean;
  bot_description: string;
  /** As the person's device says. */
  timezone: string;
}

export interface Team {
  id: string;
  create_at: number;
  update_at: number;
  name: string;
  display_name: string;
}

/** `O` public, `P` private, `D` direct, `G` group message. Source: model.ChannelType. */
export type ChannelType = "O" | "P" | "D" | "G";

export interface Channel {
  id: string;
  create_at: number;
  update_at: number;
  delete_at: number;
  /** `""` for direct and group channels: they belong to no team. */
  team_id: string;
  type: ChannelType;
  display_name: string;
  name: string;
  header: string;
  purpose: string;
  last_post_at: number;
  total_msg_count: number;
  total_msg_count_root: number;
  last_root_post_at: number;
  creator_id: string;
}

export interface Member {
  channel_id: string;
  user_id: string;
  last_viewed_at: number;
  msg_count: number;
  mention_count: number;
  last_update_at: number;
}

export interface Post {
  id: string;
  create_at: number;
  update_at: number;
  edit_at: number;
  delete_at: number;
  is_pinned: boolean;
  user_id: string;
  channel_id: string;
  root_id: string;
  /** Id of the post that this is an old copy of; `""` for a post itself. */
  original_id: string;
  message: string;
  type: string;
  props: Record<string, unknown>;
  /** `null` when files were asked for and none could be attached. */
  file_ids: string[] | null;
  priority: Record<string, unknown> | undefined;
  /** Its buttons and menus by id: the part that nobody is shown. */
  actions: ReadonlyMap<string, PostAction>;
}

/** Where a button or a menu leads. */
export interface PostAction {
  type: string;
  url: string;
  context: Readonly<Record<string, unknown>>;
}

/** A slash command of a team, whole. Source: model.Command. */
export interface SlashCommand {
  id: string;
  token: string;
  create_at: number;
  update_at: number;
  delete_at: number;
  creator_id: string;
  team_id: string;
  trigger: string;
  method: "P" | "G";
  username: string;
  icon_url: string;
  auto_complete: boolean;
  auto_complete_desc: string;
  auto_complete_hint: string;
  display_name: string;
  description: string;
  url: string;
  plugin_id: string;
}

export interface Reaction {
  user_id: string;
  post_id: string;
  emoji_name: string;
  create_at: number;
  update_at: number;
  channel_id: string;
}

export interface StoredFile {
  id: string;
  user_id: string;
  channel_id: string;
  /** `""` until a post takes the file. */
  post_id: string;
  create_at: number;
  name: string;
  bytes: Uint8Array;
}

export type StatusName = "online" | "away" | "dnd" | "offline";

export interface Status {
  user_id: string;
  status: StatusName;
  manual: boolean;
  last_activity_at: number;
}

/** An access token. A disabled one can be enabled again; a revoked one is gone for good. */
export interface Token {
  id: string;
  text: string;
  user_id: string;
  state: "active" | "disabled" | "revoked";
}
