import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";
import { withinTime } from "../../runtime/within_time.ts";
import type { GatewayStatus } from "../gateway_status.ts";
import type { Courier } from "./courier.ts";
import type { HomeChannel } from "./home_channel.ts";
import { startedText, STOPPING_TEXT } from "./lifecycle_texts.ts";

export interface LifecycleDeps {
  readonly courier: Courier;
  readonly home: HomeChannel;
  /** What the process before this one told last; `undefined` when there was none. */
  readonly earlier: GatewayStatus | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** There is one notice of a kind in such a time, however often the process starts. */
const SAME_MS = 600_000;
/** How long the end waits for its notice; after that it would be wrong. */
const STOP_MS_MAX = 2_000;
const HOME = { kind: "home" } as const;

/**
 * Tells the home channel that Hermes has started, and when `stop` aborts that it stops. Disposing of
 * it waits for what it has to say.
 */
export function announceLifecycle(deps: LifecycleDeps, stop: AbortSignal): AsyncDisposable {
  const starting = deps.home.place === undefined ? Promise.resolve() : announceStart(deps);
  let stopping = Promise.resolve();
  const announce = () => stopping = announceStop(deps);
  if (!stop.aborted) stop.addEventListener("abort", announce, { once: true });
  return {
    [Symbol.asyncDispose]: async () => {
      stop.removeEventListener("abort", announce);
      await Promise.all([starting, stopping]);
    },
  };
}

/** Never rejects. */
async function announceStart(deps: LifecycleDeps): Promise<void> {
  const { clock, courier, earlier, log } = deps;
  const id = await freshId("started", deps);
  if (id === undefined) return;
  const text = startedText(earlier, clock.nowMs());
  await courier.post({ id, target: HOME, text, files: [], urgency: "may_wait" })
    .catch((error) => log("warn", "home.not_told", { error: String(error) }));
}

/** Never rejects. */
async function announceStop(deps: LifecycleDeps): Promise<void> {
  const { clock, courier, home, log } = deps;
  if (home.place === undefined) return;
  const tell = async (late: AbortSignal) => {
    const id = await freshId("stopping", deps);
    if (id === undefined) return;
    const message = { id, target: HOME, text: STOPPING_TEXT, files: [], validForMs: STOP_MS_MAX };
    await courier.deliver({ ...message, urgency: "may_wait" }, {}, late);
  };
  const never = new AbortController().signal;
  await withinTime(tell, { msMax: STOP_MS_MAX, clock }, never)
    .catch((error) => log("debug", "home.not_told", { error: String(error) }));
}

/** `undefined` when there was a notice of the kind a moment ago. */
async function freshId(
  kind: string,
  { clock, courier }: LifecycleDeps,
): Promise<string | undefined> {
  await courier.loaded();
  const nowMs = clock.nowMs();
  const last = courier.newest(`${kind}.`);
  const isRepeated = last !== undefined && nowMs - last.queuedAtMs < SAME_MS;
  return isRepeated ? undefined : `${kind}.${nowMs}`;
}
