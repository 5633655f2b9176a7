import { join } from "node:path";
import type { Config } from "../config/load_config.ts";
import type { HomePaths } from "../config/paths.ts";
import { writeSettings } from "../config/write_settings.ts";
import type { ChatCommand } from "../gateway/commands/chat_command.ts";
import { createHomeCommands } from "../gateway/commands/home_commands.ts";
import { Courier } from "../gateway/outbox/courier.ts";
import type { GatewayStatus } from "../gateway/gateway_status.ts";
import { announceLifecycle, type LifecycleDeps } from "../gateway/outbox/lifecycle_notices.ts";
import type { ServerLimits } from "../gateway/outbox/deliver_entry.ts";
import { HomeChannel, type HomePlace } from "../gateway/outbox/home_channel.ts";
import { HomeKeeper } from "../gateway/outbox/home_keeper.ts";
import { createMessageSender, type MessageSenderDeps } from "../gateway/outbox/message_sender.ts";
import { OutboxFolder } from "../gateway/outbox/outbox_folder.ts";
import type { ClientConfig } from "../mattermost/types.ts";
import type { DeliveryDeps } from "../replies/deliver_post.ts";
import { quietUntilMs } from "../gateway/outbox/quiet_hours.ts";
import { createRedactor } from "../safety/redact.ts";
import type { MessageSender } from "../tools/send_message_tool.ts";
import type { AgentParts } from "./compose_agent.ts";
import { allowFiles } from "./compose_attachments.ts";
import { commandAccess } from "./compose_commands.ts";

export interface OutboxHost extends DeliveryDeps {
  readonly config: Config;
  readonly paths: HomePaths;
  readonly secrets: () => readonly string[];
  readonly clientConfig: Promise<ClientConfig>;
  /** In the place of the one of the home. */
  readonly folder?: string;
}

/** What speaks first, and where that goes by default. */
export interface OutboxParts extends AsyncDisposable {
  readonly courier: Courier;
  readonly home: HomeChannel;
}

/** Opens the outbox of a home: what waits there is sent from now on, until it is disposed of. */
export function openOutbox(host: OutboxHost): OutboxParts {
  const { config, log, paths, secrets } = host;
  const { homeChannel: channelId, homeThread: threadId } = config.mattermost;
  const home = new HomeChannel(channelId === undefined ? undefined : { channelId, threadId });
  const limits = host.clientConfig.then(toLimits);
  limits.catch(() => {}); // Whoever needs them is told.
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const closing = new AbortController();
  const courier = new Courier({
    ...host,
    home,
    folder: new OutboxFolder(host.folder ?? outboxFolder(paths), log),
    limits,
    quietUntilMs: (nowMs) => quietUntilMs(nowMs, config.gateway.quietHours, timeZone),
    redact: createRedactor({ secrets, hidesPatterns: config.security.redactSecrets }),
  }, closing.signal);
  const running = courier.run();
  const close = async () => {
    closing.abort();
    await running;
  };
  return { courier, home, [Symbol.asyncDispose]: close };
}

/** What has the agent send messages elsewhere. */
export function composeMessageSender(
  agent: AgentParts,
  { courier, home }: OutboxParts,
  deps: Pick<MessageSenderDeps, "api" | "botUserId" | "policy">,
): MessageSender {
  const { clock, config, gate } = agent;
  return createMessageSender({
    ...deps,
    courier,
    home,
    homeName: config.mattermost.homeChannelName,
    gate,
    clock,
    allowFile: allowFiles(agent),
  });
}

/** What keeps watch over the home channel, and what people can type about it. */
export interface HomeParts extends AsyncDisposable {
  readonly keeper: HomeKeeper;
  readonly homeCommands: readonly ChatCommand[];
}

export async function openHome(
  host: { readonly config: Config; readonly paths: HomePaths; readonly environment: Environment },
  { courier, home }: OutboxParts,
  delivery: DeliveryDeps,
): Promise<HomeParts> {
  const { config, environment, paths } = host;
  const path = join(paths.stateFolder, "home.json");
  const access = commandAccess(config);
  const keeper = await HomeKeeper.open({ ...delivery, courier, home, access, path });
  keeper.check();
  const homeCommands = createHomeCommands({
    home,
    save: (place) =>
      writeSettings(paths, {
        env: homeVariables(place),
        yaml: { "mattermost.home_channel_thread_id": undefined }, // It is of an earlier channel.
      }),
    shadowedBy: Object.keys(homeVariables()).find((name) => environment[name] !== undefined),
  });
  return { keeper, homeCommands, [Symbol.asyncDispose]: () => keeper.close() };
}

/** Tells the home channel of the start and the end of the gateway, if it shall. */
export function openLifecycle(
  { config, ...host }: Omit<LifecycleDeps, keyof OutboxParts | "earlier"> & {
    readonly config: Config;
    readonly earlier?: GatewayStatus | undefined;
  },
  { courier, home }: OutboxParts,
  stop: AbortSignal,
): AsyncDisposable {
  if (!config.mattermost.announcesRestarts) return new AsyncDisposableStack();
  return announceLifecycle({ ...host, earlier: host.earlier, courier, home }, stop);
}

type Environment = Readonly<Record<string, string | undefined>>;

function homeVariables(place?: HomePlace): Environment {
  return {
    MATTERMOST_HOME_CHANNEL: place?.channelId,
    MATTERMOST_HOME_CHANNEL_THREAD_ID: place?.threadId,
  };
}

export function outboxFolder({ stateFolder }: HomePaths): string {
  return join(stateFolder, "outbox");
}

function toLimits({ postRunesMax, fileBytesMax, filesEnabled }: ClientConfig): ServerLimits {
  return { runesMax: postRunesMax, fileBytesMax, filesEnabled };
}
