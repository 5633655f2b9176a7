// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import { channelBody } from "./bodies.ts";
import type { Changes } from "./changes.ts";
import type { Hub } from "./hub.ts";
import type { Posting } from "./posting.ts";
import type { Channel, ChannelType } from "./records.ts";
import { Refusal } from "./refusal.ts";
import type { World } from "./world.ts";

export interface ChannelsDeps {
  readonly world: World;
  readonly hub: Hub;
  readonly posting: Posting;
  readonly changes: Changes;
}

/** Making, joining and closing channels, with the events and system posts that go with it. */
export class Channels {
  readonly #deps: ChannelsDeps;

  constructor(deps: ChannelsDeps) {
    this.#deps = deps;
  }

  /** The direct channel of two users; a new one is announced to both. */
  direct(userId: string, otherId: string): Channel {
    const { world, hub, changes } = this.#deps;
    const { channel, created } = world.directChannel(userId, otherId);
    if (!created) return channel;
    hub.publish("direct_added", { creator_id: userId, teammate_id: otherId }, {
      channel_id: channel.id,
    });
    changes.notify();
    return channel;
  }

  /** A group channel of these users, made on first use. */
  group(userIds: readonly string[], creatorId: string): Channel {
    const { world, hub, changes } = this.#deps;
    const members = [...new Set([creatorId, ...userIds])].sort();
    const known = [...world.channels.values()].find((channel) =>
      channel.type === "G" &&
      world.membersOf(channel.id).map((member) => member.user_id).sort().join() === members.join()
    );
    if (known !== undefined) return known;
    const names = members.map((id) => world.users.get(id)?.username ?? id);
    const channel = world.addChannel({
      name: world.newId(),
      type: "G",
      display_name: names.sort().join(", "),
      creator_id: creatorId,
    });
    for (const id of members) world.join(channel.id, id);
    const data = { teammate_ids: JSON.stringify(members) };
    for (const id of members) {
      hub.publish("group_added", data, { user_id: id, channel_id: channel.id });
    }
    changes.notify();
    return channel;
  }

  create(input: {
    name: string;
    type: ChannelType;
    teamId: string;
    displayName: string;
    creatorId: string;
  }): Channel {
    const { world, hub, changes } = this.#deps;
    const channel = world.addChannel({
      name: input.name,
      type: input.type,
      team_id: input.teamId,
      display_name: input.displayName,
      creator_id: input.creatorId,
    });
    world.join(channel.id, input.creatorId);
    hub.publish("channel_created", { channel_id: channel.id, team_id: channel.team_id }, {
      user_id: input.creatorId,
    });
    changes.notify();
    return channel;
  }

  /** Somebody adds a user to a channel, maybe itself. */
  add(channelId: string, userId: string, byUserId: string): void {
    const { world, hub, posting, changes } = this.#deps;
    const channel = this.#channel(channelId);
    world.join(channelId, userId);
    const data = { team_id: channel.team_id, user_id: userId };
    hub.publish("user_added", data, { user_id: userId, channel_id: channelId });
    hub.publish("user_added", data, { channel_id: channelId, omit_users: { [userId]: true } });
    const name = this.#username(userId);
    const added = userId !== byUserId;
    posting.announce({
      channelId,
      message: added
        ? `${name} added to the channel by ${this.#username(byUserId)}.`
        : `${name} joined the channel.`,
      type: added ? "system_add_to_channel" : "system_join_channel",
      props: added
        ? {
          addedUserId: userId,
          addedUsername: name,
          userId: byUserId,
          username: this.#username(byUserId),
        }
        : { username: name },
    }, byUserId);
    changes.notify();
  }

  /** Somebody takes a user out of a channel, maybe itself. */
  remove(channelId: string, userId: string, byUserId: string): void {
    const { world, hub, posting, changes } = this.#deps;
    this.#channel(channelId);
    const username = this.#username(userId);
    world.leave(channelId, userId);
    hub.publish("user_removed", { channel_id: channelId, remover_id: byUserId }, {
      user_id: userId,
    });
    hub.publish("user_removed", { remover_id: byUserId, user_id: userId }, {
      channel_id: channelId,
    });
    const left = userId === byUserId;
    posting.announce({
      channelId,
      message: left ? `${username} left the channel.` : `${username} removed from the channel.`,
      type: left ? "system_leave_channel" : "system_remove_from_channel",
      props: left ? { username } : { removedUserId: userId, removedUsername: username },
    }, byUserId);
    changes.notify();
  }

  archive(channelId: string, byUserId: string): void {
    const { world, hub, posting, changes } = this.#deps;
    const channel = this.#channel(channelId);
    const username = this.#username(byUserId);
    posting.announce({
      channelId,
      message: `${username} archived the channel.`,
      type: "system_channel_deleted",
      props: { username },
    }, byUserId);
    channel.delete_at = world.stampMs();
    channel.update_at = channel.delete_at;
    hub.publish("channel_deleted", { channel_id: channel.id, delete_at: channel.delete_at }, {
      channel_id: channel.id,
    });
    changes.notify();
  }

  setHeader(channelId: string, header: string, byUserId: string): Channel {
    const { world, hub, posting, changes } = this.#deps;
    const channel = this.#channel(channelId);
    const username = this.#username(byUserId);
    const props = { username, old_header: channel.header, new_header: header };
    channel.header = header;
    channel.update_at = world.stampMs();
    hub.publish("channel_updated", { channel: JSON.stringify(channelBody(channel)) }, {
      channel_id: channel.id,
    });
    posting.announce({
      channelId,
      message: `${username} updated the channel header to: ${header}`,
      type: "system_header_change",
      props,
    }, byUserId);
    changes.notify();
    return channel;
  }

  #channel(channelId: string): Channel {
    const channel = this.#deps.world.channels.get(channelId);
    if (channel === undefined) {
      throw new Refusal(404, "app.channel.get.existing.app_error", channelId);
    }
    return channel;
  }

  #username(userId: string): string {
    return this.#deps.world.users.get(userId)?.username ?? userId;
  }
}
