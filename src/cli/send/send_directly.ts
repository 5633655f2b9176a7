import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../../config/load_config.ts";
import type { HomePaths } from "../../config/paths.ts";
import type { Outgoing } from "../../gateway/outbox/outbox_entry.ts";
import { OutboxFolder } from "../../gateway/outbox/outbox_folder.ts";
import { MattermostApi } from "../../mattermost/api.ts";
import { parseServerUrl } from "../../mattermost/base_url.ts";
import { OwnEchoes } from "../../replies/own_echoes.ts";
import { systemClock } from "../../runtime/clock.ts";
import { silentLog } from "../../runtime/log.ts";
import { systemRandom } from "../../runtime/random.ts";
import type { Secret } from "../../runtime/secret.ts";
import { composeMattermostNetwork } from "../compose.ts";
import { openOutbox, outboxFolder } from "../compose_outbox.ts";
import { ServerUrlError } from "../gateway/start_gateway.ts";
import { outcomeOf, type SendOutcome } from "./send_outcome.ts";

export interface SendDirectlyDeps {
  readonly config: Config;
  readonly paths: HomePaths;
  readonly url: string;
  readonly token: Secret;
  readonly secrets: () => readonly string[];
  readonly waitMs: number;
}

/**
 * Posts the message without a gateway. It has an outbox of its own: what this process could not post
 * is not posted later, when whoever ran it has done something else.
 */
export async function sendDirectly(
  message: Outgoing,
  deps: SendDirectlyDeps,
  signal: AbortSignal,
): Promise<SendOutcome> {
  const { config, paths, secrets, token, waitMs } = deps;
  const foundations = { clock: systemClock, random: systemRandom, log: silentLog };
  const serverUrl = parseServerUrl(deps.url);
  if ("problem" in serverUrl) throw new ServerUrlError(serverUrl.problem);
  const { fetch } = composeMattermostNetwork(config);
  const api = new MattermostApi({ ...foundations, serverUrl, token, fetch });
  const me = await api.getMe(signal);
  const folder = await mkdtemp(join(tmpdir(), "hermes-send-"));
  try {
    await using outbox = openOutbox({
      ...foundations,
      api,
      botUserId: me.id,
      pendingSecret: token,
      echoes: new OwnEchoes(),
      clientConfig: api.getClientConfig(signal),
      config,
      paths,
      secrets,
      folder,
    });
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
    let reason = "the server does not answer in time";
    const onWaiting = (why: string) => reason = why;
    await outbox.courier.deliver(message, { onWaiting }, inTime).catch((error) => {
      signal.throwIfAborted();
      if (!inTime.aborted) throw error;
    });
    const own = new OutboxFolder(folder, silentLog);
    const entry = await own.read(message.id);
    const outcome = entry && outcomeOf(entry);
    if (entry === undefined || outcome === undefined) return { kind: "failed", reason };
    // So that the gateway can tell of it in the conversation.
    if (outcome.kind === "delivered") {
      await new OutboxFolder(outboxFolder(paths), silentLog).write(entry);
    }
    return outcome;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
