// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import type { Clock } from "../runtime/clock.ts";
import type { Random } from "../runtime/random.ts";
import type { EphemeralPost } from "./ephemeral.ts";
import type {
  Channel,
  ChannelType,
  Member,
  Post,
  Reaction,
  SlashCommand,
  Status,
  StoredFile,
  Team,
  Token,
  User,
} from "./records.ts";
import type { CommandUse } from "./slash_commands.ts";

export interface CommandHook {
  readonly userId: string;
  readonly use: CommandUse;
  readonly createdAtMs: number;
  uses: number;
}

/**
 * Everything the sandbox remembers: people, channels, posts. It knows who belongs where and what
 * time it is, and nothing of rules, requests or sockets.
 */
export class World {
  readonly users = new Map<string, User>();
  readonly teams = new Map<string, Team>();
  readonly channels = new Map<string, Channel>();
  /** In the order of creation; old copies of edited posts are in `history`. */
  readonly posts = new Map<string, Post>();
  readonly history = new Map<string, Post>();
  readonly files = new Map<string, StoredFile>();
  readonly tokens = new Map<string, Token>();
  readonly statuses = new Map<string, Status>();
  readonly reactions: Reaction[] = [];
  readonly commands = new Map<string, SlashCommand>();
  /** Where later answers to slash commands go, by the id in their `response_url`. */
  readonly commandHooks = new Map<string, CommandHook>();
  /** What only one person was shown, in order. */
  readonly whispers: EphemeralPost[] = [];
  /** Team id -> ids of those who manage it. */
  readonly #managers = new Map<string, Set<string>>();
  /** Ids of channels in which only administrators write. */
  readonly readOnlyChannels = new Set<string>();
  /** Root post id -> ids of the users who follow the thread. */
  readonly followers = new Map<string, Set<string>>();
  readonly #teamMembers = new Map<string, Set<string>>();
  readonly #members = new Map<string, Map<string, Member>>();
  readonly #clock: Clock;
  readonly #random: Random;
  #lastStampMs = 0;

  constructor(deps: { clock: Clock; random: Random }) {
    this.#clock = deps.clock;
    this.#random = deps.random;
  }

  newId(): string {
    return this.#random.id();
  }

  /** The time of the clock, or one millisecond after the last stamp, so that no two are the same. */
  stampMs(): number {
    this.#lastStampMs = Math.max(this.#clock.nowMs(), this.#lastStampMs + 1);
    return this.#lastStampMs;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  addUser(input: Partial<User> & { username: string }): User {
    const now = this.stampMs();
    const user: User = {
      id: this.newId(),
      create_at: now,
      update_at: now,
      delete_at: 0,
      email: input.is_bot === true
        ? `${input.username}@localhost`
        : `${input.username}@example.test`,
      nickname: "",
      first_name: "",
      last_name: "",
      roles: "system_user",
      is_bot: false,
      bot_description: "",
      timezone: "",
      ...input,
    };
    this.users.set(user.id, user);
    this.statuses.set(user.id, {
      user_id: user.id,
      status: "offline",
      manual: false,
      last_activity_at: now,
    });
    return user;
  }

  addTeam(input: Partial<Team> & { name: string }): Team {
    const now = this.stampMs();
    const team = {
      id: this.newId(),
      create_at: now,
      update_at: now,
      display_name: input.name,
      ...input,
    };
    this.teams.set(team.id, team);
    this.#teamMembers.set(team.id, new Set());
    return team;
  }

  addChannel(input: Partial<Channel> & { name: string; type: ChannelType }): Channel {
    const now = this.stampMs();
    const channel: Channel = {
      id: this.newId(),
      create_at: now,
      update_at: now,
      delete_at: 0,
      team_id: "",
      display_name: "",
      header: "",
      purpose: "",
      last_post_at: 0,
      total_msg_count: 0,
      total_msg_count_root: 0,
      last_root_post_at: 0,
      creator_id: "",
      ...input,
    };
    this.channels.set(channel.id, channel);
    this.#members.set(channel.id, new Map());
    return channel;
  }

  addToken(userId: string, text: string = this.newId()): Token {
    const token: Token = { id: this.newId(), text, user_id: userId, state: "active" };
    this.tokens.set(text, token);
    return token;
  }

  joinTeam(teamId: string, userId: string): void {
    this.#teamMembers.get(teamId)?.add(userId);
  }

  leaveTeam(teamId: string, userId: string): void {
    this.#teamMembers.get(teamId)?.delete(userId);
  }

  join(channelId: string, userId: string): Member {
    const member: Member = {
      channel_id: channelId,
      user_id: userId,
      last_viewed_at: 0,
      msg_count: 0,
      mention_count: 0,
      last_update_at: this.stampMs(),
    };
    this.#members.get(channelId)?.set(userId, member);
    return member;
  }

  leave(channelId: string, userId: string): void {
    this.#members.get(channelId)?.delete(userId);
  }

  member(channelId: string, userId: string): Member | undefined {
    return this.#members.get(channelId)?.get(userId);
  }

  membersOf(channelId: string): Member[] {
    return [...this.#members.get(channelId)?.values() ?? []];
  }

  channelsOf(userId: string): Channel[] {
    return [...this.channels.values()].filter((channel) => this.member(channel.id, userId));
  }

  teamsOf(userId: string): Team[] {
    return [...this.teams.values()].filter((team) => this.inTeam(team.id, userId));
  }

  inTeam(teamId: string, userId: string): boolean {
    return this.#teamMembers.get(teamId)?.has(userId) === true;
  }

  userNamed(username: string): User | undefined {
    return [...this.users.values()].find((user) => user.username === username);
  }

  channelNamed(name: string): Channel | undefined {
    return [...this.channels.values()].find((channel) => channel.name === name);
  }

  /** The direct channel of two users, made on first use; `created` says whether it is new. */
  directChannel(userId: string, otherId: string): { channel: Channel; created: boolean } {
    const name = [userId, otherId].sort().join("__");
    const known = this.channelNamed(name);
    if (known !== undefined) return { channel: known, created: false };
    const channel = this.addChannel({ name, type: "D", creator_id: userId });
    for (const id of new Set([userId, otherId])) this.join(channel.id, id);
    return { channel, created: true };
  }

  /** Replies of a thread that were not deleted, oldest first. */
  repliesTo(rootId: string): Post[] {
    return [...this.posts.values()].filter((post) =>
      post.root_id === rootId && post.delete_at === 0
    ).sort((a, b) => a.create_at - b.create_at);
  }

  /** Live posts of a channel, oldest first. */
  postsOf(channelId: string): Post[] {
    return [...this.posts.values()]
      .filter((post) => post.channel_id === channelId && post.delete_at === 0)
      .sort((a, b) => a.create_at - b.create_at);
  }

  /** Makes somebody an administrator of a team. */
  makeManager(teamId: string, userId: string): void {
    this.#managers.set(teamId, new Set([...this.#managers.get(teamId) ?? [], userId]));
  }

  managesTeam(userId: string, teamId: string): boolean {
    return this.isAdmin(userId) || this.#managers.get(teamId)?.has(userId) === true;
  }

  commandsOf(teamId: string): SlashCommand[] {
    return [...this.commands.values()].filter((command) => command.team_id === teamId);
  }

  isAdmin(userId: string): boolean {
    return this.users.get(userId)?.roles.split(" ").includes("system_admin") === true;
  }

  canRead(userId: string, channel: Channel): boolean {
    return this.member(channel.id, userId) !== undefined || this.isAdmin(userId) ||
      (channel.type === "O" && this.inTeam(channel.team_id, userId));
  }

  canPost(userId: string, channelId: string): boolean {
    const isMember = this.member(channelId, userId) !== undefined;
    return (isMember && !this.readOnlyChannels.has(channelId)) ||
      (this.isAdmin(userId) && this.channels.has(channelId));
  }
}
