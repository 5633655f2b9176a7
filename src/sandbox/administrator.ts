// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import type { SandboxParts } from "./parts.ts";
import type { Channel, Token, User } from "./records.ts";
import { endUnlessAuthenticated } from "./socket_session.ts";

/** What an administrator does to the accounts and channels of the sandbox. */
export class Administrator {
  readonly #parts: SandboxParts;

  constructor(parts: SandboxParts) {
    this.#parts = parts;
  }

  /** Makes a user of team `lab` who is in no channel yet, with a token. */
  createUser(username: string, options: { isBot?: boolean } = {}): User {
    const { world } = this.#parts;
    const user = world.addUser({ username, is_bot: options.isBot === true });
    for (const team of world.teams.values()) world.joinTeam(team.id, user.id);
    world.addToken(user.id);
    return user;
  }

  /** All tokens of the user stop working for good; open sockets stay open and silent. */
  revokeTokens(username: string): void {
    this.#setTokens(username, "revoked");
  }

  disableTokens(username: string): void {
    this.#setTokens(username, "disabled");
  }

  enableTokens(username: string): void {
    for (const token of this.#tokensOf(username)) {
      if (token.state === "disabled") token.state = "active";
    }
  }

  /** The account is switched off: its tokens are refused, its sockets stay open and silent. */
  deactivate(username: string): void {
    this.#user(username).delete_at = this.#parts.world.stampMs();
    for (const token of this.#tokensOf(username)) this.#silence(token);
  }

  reactivate(username: string): void {
    this.#user(username).delete_at = 0;
  }

  /** Lets somebody manage the team `lab`, as its commands. */
  makeTeamAdmin(username: string): void {
    const { world } = this.#parts;
    for (const team of world.teams.values()) world.makeManager(team.id, this.#user(username).id);
  }

  /** Removes a post as if it had never been, without an event. */
  purge(postId: string): void {
    this.#parts.world.posts.delete(postId);
  }

  /** Members may read the channel and write no more. */
  makeReadOnly(channelName: string): void {
    this.#parts.world.readOnlyChannels.add(this.#channel(channelName).id);
  }

  archive(channelName: string): void {
    const { world, channels } = this.#parts;
    const channel = this.#channel(channelName);
    const admin = [...world.users.values()].find((user) => world.isAdmin(user.id));
    channels.archive(channel.id, admin?.id ?? channel.creator_id);
  }

  #setTokens(username: string, state: "revoked" | "disabled"): void {
    for (const token of this.#tokensOf(username)) {
      token.state = state;
      this.#silence(token);
    }
  }

  #silence(token: Token): void {
    for (const connection of this.#parts.hub.silence(token.text)) {
      void endUnlessAuthenticated(connection, this.#parts);
    }
  }

  #tokensOf(username: string): Token[] {
    const { id } = this.#user(username);
    return [...this.#parts.world.tokens.values()].filter((token) => token.user_id === id);
  }

  #channel(name: string): Channel {
    const channel = this.#parts.world.channelNamed(name);
    if (channel === undefined) throw new Error(`No channel "${name}" in the sandbox`);
    return channel;
  }

  #user(username: string): User {
    const user = this.#parts.world.userNamed(username);
    if (user === undefined) throw new Error(`No user "${username}" in the sandbox`);
    return user;
  }
}
