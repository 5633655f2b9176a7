import { join } from "node:path";
import type { Config } from "../config/load_config.ts";
import type { HomePaths } from "../config/paths.ts";
import { Courier } from "../gateway/outbox/courier.ts";
import type { ServerLimits } from "../gateway/outbox/deliver_entry.ts";
import { HomeChannel } from "../gateway/outbox/home_channel.ts";
import { createMessageSender, type MessageSenderDeps } from "../gateway/outbox/message_sender.ts";
import { OutboxFolder } from "../gateway/outbox/outbox_folder.ts";
import type { ClientConfig } from "../mattermost/types.ts";
import type { DeliveryDeps } from "../replies/deliver_post.ts";
import { createRedactor } from "../safety/redact.ts";
import type { MessageSender } from "../tools/send_message_tool.ts";
import type { AgentParts } from "./compose_agent.ts";
import { allowFiles } from "./compose_attachments.ts";

export interface OutboxHost extends DeliveryDeps {
  readonly config: Config;
  readonly paths: HomePaths;
  readonly secrets: () => readonly string[];
  readonly clientConfig: Promise<ClientConfig>;
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
  const closing = new AbortController();
  const courier = new Courier({
    ...host,
    home,
    folder: new OutboxFolder(outboxFolder(paths), log),
    limits,
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
  const { clock, gate } = agent;
  return createMessageSender({
    ...deps,
    courier,
    home,
    gate,
    clock,
    allowFile: allowFiles(agent),
  });
}

export function outboxFolder({ stateFolder }: HomePaths): string {
  return join(stateFolder, "outbox");
}

function toLimits({ postRunesMax, fileBytesMax, filesEnabled }: ClientConfig): ServerLimits {
  return { runesMax: postRunesMax, fileBytesMax, filesEnabled };
}
