import { HookBook } from "../../gateway/hooks/hook_book.ts";
import type { OutboxEntry } from "../../gateway/outbox/outbox_entry.ts";
import { OutboxFolder } from "../../gateway/outbox/outbox_folder.ts";
import { targetText } from "../../gateway/outbox/target.ts";
import { silentLog } from "../../runtime/log.ts";
import { outboxFolder } from "../compose_outbox.ts";
import { plural } from "../plural.ts";
import { durationText } from "../time_text.ts";
import { type Check, failureOf, ok, warning } from "./check.ts";
import type { DoctorInput } from "./doctor_input.ts";

/** So long a message may wait before somebody should look. */
const WAIT_MS_MAX = 600_000;
const DAY_MS = 86_400_000;

/** What is posted unasked: that it gets out, and that the ways in for other programs can be used. */
export async function checkOutbox(input: DoctorInput): Promise<readonly Check[]> {
  return [...await checkMessages(input), ...await checkHooks(input)];
}

async function checkMessages({ clock, paths }: DoctorInput): Promise<readonly Check[]> {
  const name = "outbox";
  const remedy = "See why: hermes logs --level warn";
  try {
    const folder = new OutboxFolder(outboxFolder(paths), silentLog);
    const found = await Promise.all((await folder.ids()).map((id) => folder.read(id)));
    const entries = found.flatMap((entry) => entry ?? []);
    const nowMs = clock.nowMs();
    const [failed] = entries.flatMap((entry) => failureSince(entry, nowMs - DAY_MS) ?? []);
    if (failed !== undefined) return [warning(name, failed, remedy)];
    const waiting = entries.filter(({ state }) => state.kind === "waiting");
    if (waiting.length === 0) return [];
    const oldestMs = nowMs - Math.min(...waiting.map(({ queuedAtMs }) => queuedAtMs));
    const message = `${plural(waiting.length, "message")} in the outbox, for ${
      durationText(oldestMs)
    } by now`;
    return [oldestMs > WAIT_MS_MAX ? warning(name, message, remedy) : ok(name, message)];
  } catch (error) {
    return [failureOf(name, error)];
  }
}

function failureSince({ state, target }: OutboxEntry, sinceMs: number): string | undefined {
  if (state.kind !== "failed" || state.atMs < sinceMs) return undefined;
  return `A message to ${targetText(target)} could not be posted: ${state.reason}`;
}

async function checkHooks({ paths }: DoctorInput): Promise<readonly Check[]> {
  const name = "hooks";
  try {
    const hooks = await new HookBook(paths.hooksFile).all();
    return hooks.length === 0
      ? []
      : [ok(name, `${plural(hooks.length, "hook")} for other programs`)];
  } catch (error) {
    return [failureOf(name, error)];
  }
}
