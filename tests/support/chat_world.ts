import { randomBytes } from "node:crypto";
import { systemClock } from "../../src/runtime/clock.ts";
import { systemRandom } from "../../src/runtime/random.ts";
import { SandboxServer } from "../../src/sandbox/sandbox_server.ts";
import { ChatPerson } from "./chat_person.ts";

/** A Mattermost with people, channels and a bot, as the end-to-end tests need it. */
export interface ChatWorld extends AsyncDisposable {
  readonly url: string;
  readonly bot: { readonly id: string; readonly username: string; readonly token: string };
  readonly alice: ChatPerson;
  readonly bob: ChatPerson;
  /** In the public channel, and on nobody's list. */
  readonly mallory: ChatPerson;
  readonly publicChannelId: string;
  readonly privateChannelId: string;
  /**
   * Lets the bot make slash commands in the team. False where the server may not call this machine,
   * and nothing here can change that.
   */
  makeCallable(): Promise<boolean>;
  /** Deletes anybody's post, as an administrator may. */
  deletePost(postId: string): Promise<void>;
  /** The server itself, where it is the sandbox. */
  readonly sandbox?: SandboxServer;
}

/** A fresh sandbox on real time. */
export async function sandboxWorld(): Promise<ChatWorld> {
  const sandbox = await SandboxServer.start({ clock: systemClock, random: systemRandom });
  const person = (name: string) =>
    ChatPerson.join(sandbox.url, { ...sandbox.user(name), token: sandbox.token(name).reveal() });
  const [alice, bob, mallory] = await Promise.all(
    [person("alice"), person("bob"), person("mallory")],
  );
  const channelId = (name: string) => sandbox.world.channelNamed(name)?.id ?? "";
  const people = [alice, bob, mallory];
  return {
    url: sandbox.url,
    bot: {
      id: sandbox.user("hermes").id,
      username: "hermes",
      token: sandbox.token("hermes").reveal(),
    },
    alice,
    bob,
    mallory,
    publicChannelId: channelId("general"),
    privateChannelId: channelId("secret"),
    makeCallable() {
      sandbox.settings.internalConnections = ["127.0.0.1"];
      sandbox.admin.makeTeamAdmin("hermes");
      return Promise.resolve(true);
    },
    sandbox,
    deletePost(postId) {
      sandbox.as("admin").delete(postId);
      return Promise.resolve();
    },
    async [Symbol.asyncDispose]() {
      for (const one of people) one.leave();
      await sandbox.close();
    },
  };
}

/** A new team with new people and a new bot on a real server, made by its administrator. */
export async function realWorld(url: string, adminToken: string): Promise<ChatWorld> {
  const suffix = randomBytes(4).toString("hex");
  const admin = new Administrator(url, adminToken);
  const team = await admin.create("/teams", {
    name: `hermes-${suffix}`,
    display_name: `Hermes ${suffix}`,
    type: "O",
  });
  const bot = await admin.create("/bots", { username: `hermes-${suffix}`, display_name: "Hermes" });
  const botToken = await admin.create(`/users/${bot.user_id}/tokens`, { description: "test" });
  const accounts = await Promise.all(["alice", "bob", "mallory"].map(async (name) => {
    const username = `${name}-${suffix}`;
    const user = await admin.create("/users", {
      username,
      email: `${username}@example.com`,
      password: `Aa1!${randomBytes(12).toString("hex")}`,
    });
    await admin.create(`/users/${user.id}/roles`, {
      roles: "system_user system_user_access_token",
    }, "PUT");
    const { token } = await admin.create(`/users/${user.id}/tokens`, { description: "test" });
    return { id: String(user.id), username, token: String(token) };
  }));
  const members = [String(bot.user_id), ...accounts.map((account) => account.id)];
  for (const userId of members) {
    await admin.create(`/teams/${team.id}/members`, { team_id: team.id, user_id: userId });
  }
  const channelWith = async (type: "O" | "P", userIds: readonly string[]) => {
    const name = `${type === "O" ? "general" : "secret"}-${suffix}`;
    const body = { team_id: team.id, name, display_name: name, type };
    const channel = await admin.create("/channels", body);
    for (const userId of userIds) {
      await admin.create(`/channels/${channel.id}/members`, { user_id: userId });
    }
    return String(channel.id);
  };
  const publicChannelId = await channelWith("O", members);
  const privateChannelId = await channelWith("P", members.slice(0, 3));
  const people = await Promise.all(accounts.map((account) => ChatPerson.join(url, account)));
  const [alice, bob, mallory] = people as [ChatPerson, ChatPerson, ChatPerson];
  return {
    url,
    bot: { id: String(bot.user_id), username: `hermes-${suffix}`, token: String(botToken.token) },
    alice,
    bob,
    mallory,
    publicChannelId,
    privateChannelId,
    async deletePost(postId) {
      await admin.create(`/posts/${postId}`, undefined, "DELETE");
    },
    async makeCallable() {
      const member = `/teams/${team.id}/members/${bot.user_id}`;
      const roles = { scheme_user: true, scheme_admin: true };
      await admin.create(`${member}/schemeRoles`, roles, "PUT");
      const { ServiceSettings } = await admin.create("/config", undefined, "GET");
      const { AllowedUntrustedInternalConnections: allowed } = ServiceSettings as {
        readonly AllowedUntrustedInternalConnections?: string;
      };
      const isLocal = ["127.0.0.1", "localhost"].includes(new URL(url).hostname);
      return isLocal && (allowed ?? "").split(/[\s,]+/).includes("127.0.0.1");
    },
    async [Symbol.asyncDispose]() {
      for (const one of people) one.leave();
      await admin.create(`/teams/${team.id}`, undefined, "DELETE");
    },
  };
}

class Administrator {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  async create(
    path: string,
    body: unknown,
    method = "POST",
  ): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(`${this.#url}/api/v4${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}` },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }
}
