import { asObject, asText, parseJson } from "../../mattermost/decode.ts";
import { untilAnswered, type UntilAnsweredDeps } from "../../mattermost/until_answered.ts";
import { readTextFile, writeFileAtomic } from "../../runtime/atomic_file.ts";
import { type CommandAccess, isAdmin } from "../commands/command_access.ts";
import type { InboundMessage } from "../inbound.ts";
import type { Courier } from "./courier.ts";
import { ONCE } from "./done_messages.ts";
import { findPlace, type FindPlaceDeps } from "./find_place.ts";
import { homeLostText, NO_HOME_HINT } from "./home_texts.ts";
import type { OutboxEntry } from "./outbox_entry.ts";

export interface HomeKeeperDeps extends FindPlaceDeps, UntilAnsweredDeps {
  readonly courier: Courier;
  readonly access: CommandAccess;
  /** Remembers who is to be told. */
  readonly path: string;
}

const DAY_MS = 86_400_000;
/** The hint does not push itself between the first words and their answer. */
const HINT_AFTER_MS = 60_000;
const HINT_ID = `${ONCE}no-home`;

/** Sees to it that somebody knows when there is no home channel, or when it cannot be used. */
export class HomeKeeper {
  readonly #deps: HomeKeeperDeps;
  /** Who may set another one and was heard last; `undefined` while nobody was. */
  #adminId: string | undefined;
  #isHinting = false;
  /** What goes on beside; none of it rejects. */
  #work: Promise<void> = Promise.resolve();
  readonly #closed = new AbortController();

  static async open(deps: HomeKeeperDeps): Promise<HomeKeeper> {
    const saved = asObject(parseJson(await readTextFile(deps.path) ?? ""));
    return new HomeKeeper(deps, asText(saved?.adminId) || undefined);
  }

  private constructor(deps: HomeKeeperDeps, adminId: string | undefined) {
    this.#deps = deps;
    this.#adminId = adminId;
    deps.courier.whenDone((entry) => this.#seeDone(entry));
  }

  /** Somebody whom the bot answers has written. Returns at once. */
  heard(message: InboundMessage): void {
    const { access, courier, home, path } = this.#deps;
    if (isAdmin(message, access) && message.senderId !== this.#adminId) {
      this.#adminId = message.senderId;
      const text = JSON.stringify({ adminId: message.senderId });
      this.#do(() => writeFileAtomic(path, text, { mode: 0o600 }));
    }
    if (home.place !== undefined || courier.newest(HINT_ID) !== undefined) return;
    const isAside = message.channelKind !== "dm" || !isAdmin(message, access);
    if (!isAside && !this.#isHinting) this.#do(() => this.#hint(message.channelId));
  }

  /** Has somebody told when the home channel cannot be used. Returns at once. */
  check(): void {
    if (this.#deps.home.place === undefined) return;
    const { signal } = this.#closed;
    const find = () => findPlace({ kind: "home" }, this.#deps, signal);
    this.#do(async () => {
      const found = await untilAnswered(find, { msMax: Infinity }, this.#deps, signal);
      if (found.kind === "refused") this.#tellLost(found.reason);
    });
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#work;
  }

  async #hint(channelId: string): Promise<void> {
    this.#isHinting = true;
    const { signal } = this.#closed;
    await this.#deps.clock.sleep(HINT_AFTER_MS, signal);
    this.#isHinting = false;
    if (signal.aborted || this.#deps.home.place !== undefined) return;
    const target = { kind: "channel", channel: channelId, threadId: undefined } as const;
    await this.#post(HINT_ID, target, NO_HOME_HINT);
  }

  #seeDone({ target, state }: OutboxEntry): void {
    if (target.kind !== "home" || state.kind !== "failed") return;
    if (this.#deps.home.place === undefined) return;
    if (this.#deps.clock.nowMs() - state.atMs < DAY_MS) this.#tellLost(state.reason);
  }

  /** Once a day at most. */
  #tellLost(reason: string): void {
    const { clock, home, log } = this.#deps;
    log("warn", "home.unusable", { channelId: home.place?.channelId, reason });
    if (this.#adminId === undefined) return;
    const day = Math.floor(clock.nowMs() / DAY_MS);
    const target = { kind: "person", username: this.#adminId } as const;
    const id = `home-lost.${home.place?.channelId}.${day}`;
    this.#do(() => this.#post(id, target, homeLostText(reason)));
  }

  async #post(id: string, target: OutboxEntry["target"], text: string): Promise<void> {
    await this.#deps.courier.post({ id, target, text, files: [], urgency: "now" });
  }

  #do(work: () => Promise<void>): void {
    const done = work().catch((error) => {
      if (this.#closed.signal.aborted) return;
      this.#deps.log("warn", "home.not_told", { error: String(error) });
    });
    this.#work = Promise.all([this.#work, done]).then(() => {});
  }
}
