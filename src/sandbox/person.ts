// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import type { Channel, Post, Reaction, User } from "./records.ts";
import type { SandboxParts } from "./parts.ts";
import { press } from "./post_actions.ts";
import { useCommand } from "./slash_commands.ts";
import { publishUserUpdated } from "./user_updated_event.ts";

/** What a person writes. `channel` is a name, or the id of any channel. */
export interface PersonPost {
  readonly channel: string;
  readonly message: string;
  readonly rootId?: string;
  readonly type?: string;
  readonly props?: Readonly<Record<string, unknown>>;
  readonly fileIds?: readonly string[];
}

const WEBHOOK_PROPS = { from_webhook: "true", webhook_display_name: "webhook" };

/**
 * Somebody in the sandbox, doing what one does in the web app. Everything happens at once and under
 * the server's rules: what is not allowed throws a `Refusal`.
 */
export class Person {
  readonly user: User;
  readonly #parts: SandboxParts;

  constructor(user: User, parts: SandboxParts) {
    this.user = user;
    this.#parts = parts;
  }

  post(input: PersonPost): Post {
    const { channel, ...draft } = input;
    return this.#parts.posting.post(
      { ...draft, channelId: this.#channelId(channel) },
      this.user.id,
    );
  }

  /** Writes into the direct channel with a user, which is opened if need be. */
  dm(username: string, message: string, options: { rootId?: string } = {}): Post {
    return this.post({ channel: this.direct(username).id, message, ...options });
  }

  direct(username: string): Channel {
    return this.#parts.channels.direct(this.user.id, this.#userId(username));
  }

  /** The group channel with these users, which is opened if need be. */
  group(...usernames: readonly string[]): Channel {
    const ids = usernames.map((name) => this.#userId(name));
    return this.#parts.channels.group(ids, this.user.id);
  }

  edit(postId: string, message: string): Post {
    return this.#parts.posting.edit(postId, { message }, this.user.id);
  }

  delete(postId: string): void {
    this.#parts.posting.remove(postId, this.user.id);
  }

  react(postId: string, emojiName: string): Reaction {
    return this.#parts.reactions.add(postId, emojiName, this.user.id);
  }

  unreact(postId: string, emojiName: string): void {
    this.#parts.reactions.remove(postId, emojiName, this.user.id);
  }

  /** Sends a text off that begins with a slash. Resolves with what the server answers. @throws Refusal */
  use(channel: string, command: string, rootId = ""): Promise<Record<string, unknown>> {
    const channelId = this.#channelId(channel);
    const { world } = this.#parts;
    const [team] = world.teamsOf(this.user.id);
    const teamId = world.channels.get(channelId)?.team_id || team?.id || "";
    return useCommand({ channelId, teamId, rootId, command }, this.user, this.#parts);
  }

  /** Presses a button of a post. @throws Refusal */
  async press(postId: string, actionId: string): Promise<void> {
    await press({ postId, actionId }, this.user, this.#parts);
  }

  /** What proves that a call is the server's, and of this person. */
  trigger(atMs = this.#parts.world.nowMs()): string {
    const { signer, world } = this.#parts;
    return signer.sign({ id: world.newId(), userId: this.user.id, atMs });
  }

  /** What only this person was shown, in order. */
  get whispers(): readonly string[] {
    return this.#parts.world.whispers.flatMap(({ userId, message }) =>
      userId === this.user.id ? message : []
    );
  }

  type(channel: string, parentId = ""): void {
    this.#parts.hub.publish("typing", { parent_id: parentId, user_id: this.user.id }, {
      channel_id: this.#channelId(channel),
      omit_users: { [this.user.id]: true },
    });
  }

  /** What an incoming webhook of this person posts: it bears the person's id. */
  postByWebhook(input: PersonPost): Post {
    return this.post({ ...input, props: { ...input.props, ...WEBHOOK_PROPS } });
  }

  add(channel: string, username: string): void {
    this.#parts.channels.add(this.#channelId(channel), this.#userId(username), this.user.id);
  }

  remove(channel: string, username: string): void {
    this.#parts.channels.remove(this.#channelId(channel), this.#userId(username), this.user.id);
  }

  rename(username: string): void {
    const { world, hub, changes } = this.#parts;
    this.user.username = username;
    this.user.update_at = world.stampMs();
    publishUserUpdated(this.user, hub);
    changes.notify();
  }

  #channelId(nameOrId: string): string {
    const { world } = this.#parts;
    const channel = world.channels.get(nameOrId) ?? world.channelNamed(nameOrId);
    if (channel === undefined) throw new Error(`No channel "${nameOrId}" in the sandbox`);
    return channel.id;
  }

  #userId(username: string): string {
    const user = this.#parts.world.userNamed(username);
    if (user === undefined) throw new Error(`No user "${username}" in the sandbox`);
    return user.id;
  }
}
