import { join } from "node:path";
import type { Config } from "../config/load_config.ts";
import type { HomePaths } from "../config/paths.ts";
import type { Access } from "../config/require_mattermost.ts";
import type { ChatCommand } from "../gateway/commands/chat_command.ts";
import { type GatePolicy, isLetIn } from "../gateway/gate.ts";
import { PairedPeople } from "../gateway/pairing/paired_people.ts";
import { approvedFile, PairingStore } from "../gateway/pairing/pairing_store.ts";
import { Strangers } from "../gateway/pairing/strangers.ts";
import { createFollowCommand } from "../gateway/threads/follow_command.ts";
import { FollowedThreads } from "../gateway/threads/followed_threads.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { Random } from "../runtime/random.ts";

export interface DoorHost {
  readonly access: Access;
  readonly config: Config;
  readonly paths: HomePaths;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Who is let in, and when the bot feels spoken to. */
export interface Door extends AsyncDisposable {
  readonly policy: GatePolicy;
  /** Whether what this user writes may have any effect. */
  readonly listensTo: (userId: string) => boolean;
  readonly threads: FollowedThreads;
  readonly strangers: Strangers | undefined;
  /** What people can type about it. */
  readonly doorCommands: readonly ChatCommand[];
}

export async function openDoor(host: DoorHost): Promise<Door> {
  const { access, clock, config, log, paths } = host;
  const folder = paths.pairingFolder;
  const paired = new PairedPeople(approvedFile(folder), log);
  const isPairing = config.mattermost.unauthorizedDm === "pair";
  const path = join(paths.stateFolder, "threads.json");
  const followsByDefault = config.mattermost.threadFollow;
  const threads = await FollowedThreads.open({ ...host, path, followsByDefault });
  const policy = gatePolicy(access, config, paired);
  return {
    policy,
    listensTo: (userId) => isLetIn(userId, policy),
    threads,
    strangers: isPairing ? new Strangers(new PairingStore({ ...host, folder }), clock) : undefined,
    doorCommands: [createFollowCommand(threads)],
    [Symbol.asyncDispose]: () => threads.close(),
  };
}

function gatePolicy(
  access: Access,
  { mattermost }: Config,
  paired: PairedPeople,
): GatePolicy {
  const { requireMention, freeResponseChannels, allowedChannels, groupMessages } = mattermost;
  const listed: ReadonlySet<string> = access.kind === "listed" ? access.userIds : new Set();
  return {
    allowAllUsers: access.kind === "everyone",
    allowedUsers: { has: (userId) => listed.has(userId) || paired.has(userId) },
    bots: { mode: mattermost.allowBots, userIds: new Set(mattermost.allowedBots) },
    greets: mattermost.greeting,
    requireMention,
    freeResponseChannels: new Set(freeResponseChannels),
    allowedChannels: new Set(allowedChannels),
    groupMessages,
  };
}
