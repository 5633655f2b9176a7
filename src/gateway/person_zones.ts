import { HermesError } from "../errors.ts";
import type { MattermostApi } from "../mattermost/api.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { NewestEntries } from "../runtime/newest_entries.ts";
import { withinTime } from "../runtime/within_time.ts";

const PEOPLE_MAX = 1_000;
/** How long what the server said is believed. */
const KNOWN_MS_MAX = 3_600_000;
/** How long an answer waits for it. */
const ASK_MS_MAX = 2_000;

export interface PersonZonesDeps {
  readonly api: Pick<MattermostApi, "getUsersByIds">;
  /** Zone of those who have told the server none. IANA name, as are all of them. */
  readonly ownZone: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** In which time zones people are told times. */
export class PersonZones {
  readonly #deps: PersonZonesDeps;
  readonly #known = new NewestEntries<string, { readonly zone: string; readonly atMs: number }>(
    PEOPLE_MAX,
  );

  constructor(deps: PersonZonesDeps) {
    this.#deps = deps;
  }

  /** The zone of a person's settings; our own where they have none, or the server does not say. */
  async zoneOf(userId: string, signal: AbortSignal): Promise<string> {
    const { clock, ownZone } = this.#deps;
    const known = this.#known.get(userId);
    if (known !== undefined && clock.nowMs() - known.atMs < KNOWN_MS_MAX) return known.zone;
    const told = await this.#ask(userId, signal);
    const zone = isZone(told) ? told : ownZone;
    this.#known.put(userId, { zone, atMs: clock.nowMs() });
    return zone;
  }

  async #ask(userId: string, signal: AbortSignal): Promise<string> {
    const { api, clock, log } = this.#deps;
    const ask = (ended: AbortSignal) => api.getUsersByIds([userId], ended);
    try {
      const asked = await withinTime(ask, { msMax: ASK_MS_MAX, clock }, signal);
      if (asked.kind === "done") return asked.value[0]?.timezone ?? "";
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof HermesError)) throw error;
      log("debug", "gateway.no_zone", { userId, error: error.message });
    }
    return "";
  }
}

/** Names of a newer server may be unknown here. */
function isZone(name: string): boolean {
  if (name === "") return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false; // The only thing it can say.
  }
}
