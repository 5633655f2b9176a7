import { join } from "node:path";
import type { Config } from "../config/load_config.ts";
import type { HomePaths } from "../config/paths.ts";
import type { Access } from "../config/require_mattermost.ts";
import type { ChatCommand } from "../gateway/commands/chat_command.ts";
import type { GatePolicy } from "../gateway/gate.ts";
import { createFollowCommand } from "../gateway/threads/follow_command.ts";
import { FollowedThreads } from "../gateway/threads/followed_threads.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";

export interface DoorHost {
  readonly access: Access;
  readonly config: Config;
  readonly paths: HomePaths;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who is let in, and when the bot feels spoken to. */
export interface Door extends AsyncDisposable {
  readonly policy: GatePolicy;
  readonly threads: FollowedThreads;
  /** What people can type about it. */
  readonly doorCommands: readonly ChatCommand[];
}

export async function openDoor(host: DoorHost): Promise<Door> {
  const { access, config, paths } = host;
  const path = join(paths.stateFolder, "threads.json");
  const followsByDefault = config.mattermost.threadFollow;
  const threads = await FollowedThreads.open({ ...host, path, followsByDefault });
  return {
    policy: gatePolicy(access, config),
    threads,
    doorCommands: [createFollowCommand(threads)],
    [Symbol.asyncDispose]: () => threads.close(),
  };
}

function gatePolicy(access: Access, { mattermost }: Config): GatePolicy {
  const { requireMention, freeResponseChannels, allowedChannels, groupMessages } = mattermost;
  return {
    allowAllUsers: access.kind === "everyone",
    allowedUsers: access.kind === "listed" ? access.userIds : new Set(),
    requireMention,
    freeResponseChannels: new Set(freeResponseChannels),
    allowedChannels: new Set(allowedChannels),
    groupMessages,
  };
}
