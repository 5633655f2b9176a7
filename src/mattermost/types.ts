// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.

/** A post as REST and the socket send it: the fields Hermes reads. Source: model.Post. */
export interface Post {
  readonly id: string;
  /** Server's clock, milliseconds since 1970-01-01 UTC. */
  readonly create_at: number;
  readonly update_at: number;
  /** 0 while the post stands. */
  readonly delete_at: number;
  readonly user_id: string;
  readonly channel_id: string;
  /** First post of the thread, or `""` for a post outside any thread. */
  readonly root_id: string;
  /** The post that this row is an old copy of; `""` for a post itself. */
  readonly original_id: string;
  readonly message: string;
  /** `""` for a post a person wrote, `me` for `/me`; `system_...` and others nobody typed. */
  readonly type: string;
  readonly props: Readonly<Record<string, unknown>>;
  readonly file_ids: readonly string[];
  /** What the files are, from `metadata.files`; may be shorter than `file_ids`. */
  readonly files: readonly FileInfo[];
  /** In the author's own `posted` event only; `""` elsewhere. */
  readonly pending_post_id: string;
}

/** Source: model.FileInfo. */
export interface FileInfo {
  readonly id: string;
  readonly name: string;
  readonly mime_type: string;
  /** Bytes. */
  readonly size: number;
}

/** `O` public, `P` private, `D` direct, `G` group message. Source: model.ChannelType. */
export type ChannelType = "O" | "P" | "D" | "G";

/** Source: model.Channel. */
export interface Channel {
  readonly id: string;
  readonly type: ChannelType;
  /** `""` for direct and group channels. */
  readonly team_id: string;
  readonly name: string;
  /** `""` for direct channels. */
  readonly display_name: string;
  /** 0 unless the channel is archived. */
  readonly delete_at: number;
  /** Also raised by edits. */
  readonly last_post_at: number;
}

/** Source: model.Team. */
export interface Team {
  readonly id: string;
  /** As in the addresses of its pages. */
  readonly name: string;
  readonly display_name: string;
}

/** The roles that an account has somewhere. Source: model.TeamMember, model.ChannelMember. */
export interface RolesHeld {
  /** Id of the team or the channel. */
  readonly placeId: string;
  readonly roles: readonly string[];
}

/** Source: model.Role. */
export interface Role {
  readonly name: string;
  readonly permissions: readonly string[];
}

/** Source: model.User. */
export interface User {
  readonly id: string;
  readonly username: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly nickname: string;
  readonly is_bot: boolean;
  /** Role names with spaces between. */
  readonly roles: string;
  /** IANA name from the person's settings; `""` when they have none. */
  readonly timezone: string;
  readonly delete_at: number;
}

/** Source: model.Reaction. */
export interface Reaction {
  readonly user_id: string;
  readonly post_id: string;
  readonly emoji_name: string;
  /** `""` from servers that do not send it. */
  readonly channel_id: string;
}

/** One page of a channel's posts. */
export interface PostPage {
  /** Oldest first. */
  readonly posts: readonly Post[];
  /** No further page has anything. */
  readonly isLast: boolean;
}

/** The part of the server's client configuration that concerns a bot, in our words. */
export interface ClientConfig {
  readonly version: string;
  readonly siteUrl: string;
  /** `""` unless the operator put the socket at another address. */
  readonly websocketUrl: string;
  /** Longest message of a post, in code points. */
  readonly postRunesMax: number;
  readonly fileBytesMax: number;
  readonly filesEnabled: boolean;
  readonly typingEnabled: boolean;
  /** How long others see that somebody types. */
  readonly typingIntervalMs: number;
  /** Channels with this many members or more get no typing notices and no @channel. */
  readonly notificationsPerChannelMax: number;
  /** With which the server signs what it calls others with, in base64; `""` from very old servers. */
  readonly signingKey: string;
}

/** Longest message of a post, in code points, unless the server says otherwise. Source: model/post.go, 65535 / 4. */
export const POST_RUNES_MAX_DEFAULT = 16_383;
