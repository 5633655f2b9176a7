import type { HomePaths } from "../../config/paths.ts";
import { OutboxFolder } from "../../gateway/outbox/outbox_folder.ts";
import type { Outgoing } from "../../gateway/outbox/outbox_entry.ts";
import { systemClock } from "../../runtime/clock.ts";
import { readLockHolder } from "../../runtime/lock_file.ts";
import { silentLog } from "../../runtime/log.ts";
import { outboxFolder } from "../compose_outbox.ts";
import { outcomeOf, type SendOutcome } from "./send_outcome.ts";

/** How often the outbox is asked what became of the message. */
const ASK_INTERVAL_MS = 100;

/**
 * Has the gateway that runs post the message: puts it into its outbox and waits for what becomes of
 * it. `undefined` when no gateway runs.
 */
export async function sendByGateway(
  message: Outgoing,
  { paths, waitMs }: { readonly paths: HomePaths; readonly waitMs: number },
  signal: AbortSignal,
): Promise<SendOutcome | undefined> {
  if (await readLockHolder(paths.gatewayLockFile) === undefined) return undefined;
  const folder = new OutboxFolder(outboxFolder(paths), silentLog);
  const startedAtMs = systemClock.nowMs();
  await folder.add(message, startedAtMs);
  while (systemClock.nowMs() - startedAtMs < waitMs) {
    await systemClock.sleep(ASK_INTERVAL_MS, signal);
    signal.throwIfAborted();
    const runs = await readLockHolder(paths.gatewayLockFile) !== undefined;
    const entry = await folder.read(message.id);
    const outcome = entry && outcomeOf(entry);
    if (outcome !== undefined) return outcome;
    if (!runs) return { kind: "waiting", reason: kept("the gateway has stopped") };
  }
  return { kind: "waiting", reason: kept("the gateway could not post it in time") };
}

function kept(why: string): string {
  return `Not posted yet: ${why}. It is kept, and posted within a day if that is possible`;
}
