import { cleanText, isInvisible } from "./clean_text.ts";
import {
  decodeChannel,
  decodeClientConfig,
  decodeEach,
  decodeMemberCount,
  decodePost,
  decodePostPage,
  decodeRole,
  decodeRolesHeld,
  decodeTeam,
  decodeUpload,
  decodeUser,
  parseJson,
} from "./decode.ts";
import { MattermostApiError, UnexpectedAnswerError } from "./errors.ts";
import { findAppError } from "./read_answer.ts";
import { RestClient, type RestClientDeps, type RestRequest } from "./rest_client.ts";
import type {
  Channel,
  ClientConfig,
  FileInfo,
  Post,
  PostPage,
  Role,
  RolesHeld,
  Team,
  User,
} from "./types.ts";

/** Most posts the server puts into one page. Source: api4/post.go. */
const POSTS_PAGE_SIZE = 200;
/** Users asked for in one request. */
const USER_IDS_MAX = 100;
/** What a bot that is in no channel gets in place of an empty list. Source: api4/channel.go. */
const NO_CHANNELS_ID = "app.channel.get_channels.not_found.app_error";

export interface NewPost {
  readonly channelId: string;
  /** Root of the thread to post in, or `""` for a flat post. */
  readonly rootId: string;
  readonly message: string;
  /** Tells repetitions of one create from new ones, for 30 s. */
  readonly pendingPostId: string;
  readonly props?: Readonly<Record<string, unknown>>;
  readonly fileIds?: readonly string[];
}

/** What an edit makes of a post. */
export interface PostChange {
  readonly message: string;
  /** All of them: the server keeps none of the old ones. Without this they stay. */
  readonly props?: Readonly<Record<string, unknown>>;
}

/**
 * One method per REST endpoint that Hermes calls; `RestClient` says what they throw. We send a
 * create or edit once: whoever repeats it has to know whether it may have happened. (The runtime
 * repeats some by itself when the server closes a connection of the pool: Bun edits, Deno creates
 * too. Neither does harm: an edit says the same, a create has its pending id.)
 */
export class MattermostApi {
  readonly #rest: RestClient;

  constructor(deps: RestClientDeps) {
    this.#rest = new RestClient(deps);
  }

  /** GET /users/me */
  getMe(signal: AbortSignal): Promise<User> {
    return this.#get("read the bot's account", "/users/me", decodeUser, signal);
  }

  /**
   * GET /users/me/channels: of all teams, with direct and group channels. The server begins to send
   * before it knows whether it can: a failure is an error object in the middle of a list.
   */
  async getMyChannels(signal: AbortSignal): Promise<Channel[]> {
    const action = "list the bot's channels";
    const path = "/users/me/channels";
    const { text } = await this.#rest.ask({ action, method: "GET", path }, signal);
    const list = parseJson(text);
    if (list === null || Array.isArray(list)) return decodeEach(list, decodeChannel);
    const error = findAppError(text);
    if (error === undefined) {
      throw new UnexpectedAnswerError({ action, kind: "not_json", status: 200 });
    }
    if (error.id === NO_CHANNELS_ID && text.slice(0, error.index).trim() === "[") return [];
    const { id, status } = error;
    throw new MattermostApiError({
      action,
      status: status || 500,
      id,
      requestId: "",
      retryAfterMs: 0,
    });
  }

  /** GET /config/client; older servers need `format=old`, newer ones ignore it. */
  getClientConfig(signal: AbortSignal): Promise<ClientConfig> {
    const path = "/config/client?format=old";
    return this.#get("read the server's configuration", path, decodeClientConfig, signal);
  }

  /** GET /users/me/teams */
  getMyTeams(signal: AbortSignal): Promise<Team[]> {
    const decode = (value: unknown) => decodeEach(value, decodeTeam);
    return this.#get("list the bot's teams", "/users/me/teams", decode, signal);
  }

  /** GET /users/me/teams/members: the bot's roles in each of its teams. */
  getMyTeamRoles(signal: AbortSignal): Promise<RolesHeld[]> {
    const decode = (value: unknown) => decodeEach(value, decodeRolesHeld);
    return this.#get("read the bot's roles", "/users/me/teams/members", decode, signal);
  }

  /** GET /users/me/teams/{team_id}/channels/members: its roles in each of its channels there. */
  getMyChannelRoles(teamId: string, signal: AbortSignal): Promise<RolesHeld[]> {
    const path = `/users/me/teams/${teamId}/channels/members`;
    const decode = (value: unknown) => decodeEach(value, decodeRolesHeld);
    return this.#get("read the bot's roles", path, decode, signal);
  }

  /** POST /roles/names. Unknown roles are missing in the answer. */
  getRoles(names: readonly string[], signal: AbortSignal): Promise<Role[]> {
    const action = "read what roles may do";
    const request = { action, method: "POST", path: "/roles/names", body: names } as const;
    return this.#rest.request(request, (value) => decodeEach(value, decodeRole), signal);
  }

  /** GET /channels/{channel_id} */
  getChannel(channelId: string, signal: AbortSignal): Promise<Channel> {
    return this.#get("read a channel", `/channels/${channelId}`, decodeChannel, signal);
  }

  /** GET /teams/name/{team_name}/channels/name/{channel_name}, also when it is archived. */
  getChannelByName(teamName: string, name: string, signal: AbortSignal): Promise<Channel> {
    const [team, channel] = [teamName, name].map(encodeURIComponent);
    const path = `/teams/name/${team}/channels/name/${channel}?include_deleted=true`;
    return this.#get("find a channel by name", path, decodeChannel, signal);
  }

  /** GET /channels/{channel_id}/stats */
  getMemberCount(channelId: string, signal: AbortSignal): Promise<number> {
    const path = `/channels/${channelId}/stats`;
    return this.#get("count a channel's members", path, decodeMemberCount, signal);
  }

  /** GET /channels/{channel_id}/members/{user_id}: whether somebody is in a channel of the bot's. */
  async isMember(channelId: string, userId: string, signal: AbortSignal): Promise<boolean> {
    const path = `/channels/${channelId}/members/${userId}`;
    try {
      await this.#get("read a channel's member", path, asIs, signal);
      return true;
    } catch (error) {
      if (error instanceof MattermostApiError && error.status === 404) return false;
      throw error;
    }
  }

  /** GET /posts/{post_id} */
  getPost(postId: string, signal: AbortSignal): Promise<Post> {
    return this.#get("read a post", `/posts/${postId}`, decodePost, signal);
  }

  /** GET /posts/{post_id}/thread: the root and its newest 200 replies, oldest first. */
  async getThread(rootId: string, signal: AbortSignal): Promise<readonly Post[]> {
    const path = `/posts/${rootId}/thread?perPage=${POSTS_PAGE_SIZE}&direction=up`;
    return (await this.#get("read a thread", path, decodePage, signal)).posts;
  }

  /**
   * GET /channels/{channel_id}/posts: page after page of 200 posts, away from `afterPostId` into the
   * present, or without it from the newest post into the past.
   */
  getPostsPage(
    query: { readonly channelId: string; readonly page: number; readonly afterPostId?: string },
    signal: AbortSignal,
  ): Promise<PostPage> {
    const { channelId, page, afterPostId } = query;
    const after = afterPostId === undefined ? "" : `&after=${afterPostId}`;
    const paging = `page=${page}&per_page=${POSTS_PAGE_SIZE}&skipFetchThreads=true`;
    const path = `/channels/${channelId}/posts?${paging}${after}`;
    return this.#get("list a channel's posts", path, decodePage, signal);
  }

  /** POST /users/ids. Unknown and hidden users are missing in the answer. */
  async getUsersByIds(userIds: readonly string[], signal: AbortSignal): Promise<User[]> {
    const users: User[] = [];
    for (let start = 0; start < userIds.length; start += USER_IDS_MAX) {
      const body = userIds.slice(start, start + USER_IDS_MAX);
      const request = { action: "read users", method: "POST", path: "/users/ids", body } as const;
      const decode = (value: unknown) => decodeEach(value, decodeUser);
      users.push(...await this.#rest.request(request, decode, signal));
    }
    return users;
  }

  /** GET /users/username/{username} */
  getUserByUsername(username: string, signal: AbortSignal): Promise<User> {
    const path = `/users/username/${encodeURIComponent(username)}`;
    return this.#get("find a user by name", path, decodeUser, signal);
  }

  /** GET /users/email/{email}: 403 where the server hides addresses. */
  getUserByEmail(email: string, signal: AbortSignal): Promise<User> {
    const path = `/users/email/${encodeURIComponent(email)}`;
    return this.#get("find a user by e-mail", path, decodeUser, signal);
  }

  /** POST /posts. The answer may be an earlier post with the same pending id: look whose it is. */
  async createPost(post: NewPost, signal: AbortSignal): Promise<Post> {
    const fileIds = post.fileIds ?? [];
    const body = {
      channel_id: post.channelId,
      root_id: post.rootId,
      message: sendable(post.message, fileIds.length > 0),
      pending_post_id: post.pendingPostId,
      props: post.props ?? {},
      file_ids: fileIds,
    };
    const request: RestRequest = { action: "create a post", method: "POST", path: "/posts", body };
    return await this.#rest.request(request, decodePost, signal);
  }

  /** PUT /posts/{post_id}/patch: everything else stays. */
  async patchPost(postId: string, change: PostChange, signal: AbortSignal): Promise<Post> {
    const path = `/posts/${postId}/patch`;
    const body = { ...change, message: sendable(change.message, false) };
    return await this.#rest.request(
      { action: "edit a post", method: "PUT", path, body },
      decodePost,
      signal,
    );
  }

  /** GET /files/{file_id}: its bytes as they come. The server's idea of the size may be wrong. */
  downloadFile(fileId: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const path = `/files/${fileId}`;
    return this.#rest.download({ action: "read a file", method: "GET", path }, signal);
  }

  /** GET /files/{file_id}/preview: an image as a JPEG of moderate size. */
  downloadPreview(fileId: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const path = `/files/${fileId}/preview`;
    return this.#rest.download({ action: "read a preview", method: "GET", path }, signal);
  }

  /** POST /files: a file to be attached to a post of this channel; until then nobody sees it. */
  async uploadFile(
    file: { readonly channelId: string; readonly name: string; readonly content: Blob },
    signal: AbortSignal,
  ): Promise<FileInfo> {
    const query = new URLSearchParams({ channel_id: file.channelId, filename: file.name });
    const path = `/files?${query}`;
    const request = { action: "upload a file", method: "POST", path, body: file.content } as const;
    return await this.#rest.request(request, decodeUpload, signal);
  }

  /** DELETE /posts/{post_id} */
  async deletePost(postId: string, signal: AbortSignal): Promise<void> {
    await this.#do("delete a post", "DELETE", `/posts/${postId}`, undefined, signal);
  }

  /** The server asked us to wait, and that time is not over: what is no more than a courtesy is left out. */
  get isPaused(): boolean {
    return this.#rest.isPaused;
  }

  /** POST /reactions. Doing it twice is like doing it once. */
  async addReaction(
    reaction: { readonly userId: string; readonly postId: string; readonly emojiName: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { userId, postId, emojiName } = reaction;
    const body = { user_id: userId, post_id: postId, emoji_name: emojiName };
    await this.#do("add a reaction", "POST", "/reactions", body, signal);
  }

  /** DELETE /users/me/posts/{post_id}/reactions/{emoji_name} */
  async removeReaction(postId: string, emojiName: string, signal: AbortSignal): Promise<void> {
    const path = `/users/me/posts/${postId}/reactions/${encodeURIComponent(emojiName)}`;
    await this.#do("remove a reaction", "DELETE", path, undefined, signal);
  }

  /** POST /channels/direct: the channel of these two, made if there is none. */
  createDirectChannel(userIds: readonly [string, string], signal: AbortSignal): Promise<Channel> {
    const action = "open a direct channel";
    const request = { action, method: "POST", path: "/channels/direct", body: userIds } as const;
    return this.#rest.request(request, decodeChannel, signal);
  }

  /**
   * POST /users/me/typing; `parentId` is the thread's root or `""`. Left out while the server wants
   * us to wait: a late notice is worse than none.
   */
  async showTyping(
    place: { readonly channelId: string; readonly parentId: string },
    signal: AbortSignal,
  ): Promise<void> {
    if (this.#rest.isPaused) return;
    const body = { channel_id: place.channelId, parent_id: place.parentId };
    await this.#do("show that the bot types", "POST", "/users/me/typing", body, signal);
  }

  /**
   * GET /websocket without an upgrade, to learn why an upgrade failed: it always throws, and what
   * it throws is the reason. A server that would upgrade answers 400.
   */
  async probeSocket(signal: AbortSignal): Promise<void> {
    await this.#get("open the socket", "/websocket", asIs, signal);
  }

  #get<T>(
    action: string,
    path: string,
    decode: (value: unknown) => T | undefined,
    signal: AbortSignal,
  ): Promise<T> {
    return this.#rest.request({ action, method: "GET", path }, decode, signal);
  }

  async #do(
    action: string,
    method: "POST" | "DELETE",
    path: string,
    body: unknown,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#rest.request({ action, method, path, body }, asIs, signal);
  }
}

function decodePage(value: unknown): PostPage | undefined {
  return decodePostPage(value, POSTS_PAGE_SIZE);
}

function asIs(value: unknown): unknown {
  return value;
}

function sendable(message: string, hasFiles: boolean): string {
  const text = cleanText(message);
  if (isInvisible(text) && !hasFiles) throw new Error("A post needs a text or a file");
  return text;
}
