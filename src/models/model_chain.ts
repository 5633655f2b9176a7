import type { Clock } from "../runtime/clock.ts";
import type { ModelError } from "./errors.ts";
import type { ModelClient } from "./model_client.ts";

/** How long a model that takes no more requests is not the first to be asked. */
const REST_MS = 60_000;
/** How long a model that refused images gets none: it may have been the fault of one of them. */
const BLIND_MS = 3_600_000;

/** The model that answers, and those that stand in for it, in order. Shared by all turns. */
export class ModelChain {
  readonly #models: readonly [ModelClient, ...ModelClient[]];
  readonly #clock: Clock;
  readonly #restingUntilMs = new Map<ModelClient, number>();
  /** Those that have refused images, and until when they are not tried again. */
  readonly #blindUntilMs = new Map<ModelClient, number>();

  constructor(models: readonly [ModelClient, ...ModelClient[]], clock: Clock) {
    this.#models = models;
    this.#clock = clock;
  }

  /** The model that is chosen, whether or not it can be asked at the moment. */
  get primary(): ModelClient {
    return this.#models[0];
  }

  /** These models with another one as the one that is chosen. */
  startingWith(primary: ModelClient): ModelChain {
    const others = this.#models.slice(1).filter((model) => model !== primary);
    return new ModelChain([primary, ...others], this.#clock);
  }

  /** The model that a new turn begins with. */
  first(): ModelClient {
    return this.#awake(this.#models) ?? this.primary;
  }

  /** The model that stands in for `failed` in this turn; `undefined` when there is none left. */
  after(failed: ModelClient): ModelClient | undefined {
    const rest = this.#models.slice(this.#models.indexOf(failed) + 1);
    return this.#awake(rest) ?? rest[0];
  }

  /** Remembers a failure that later turns had better not run into. */
  note(failed: ModelClient, { kind }: ModelError): void {
    if (kind === "images_refused") this.#blindUntilMs.set(failed, this.#clock.nowMs() + BLIND_MS);
    if (kind === "rate_limit") this.#restingUntilMs.set(failed, this.#clock.nowMs() + REST_MS);
  }

  /** Whether the model has refused images lately, so that it need not be tried again. */
  isBlind(model: ModelClient): boolean {
    return (this.#blindUntilMs.get(model) ?? 0) > this.#clock.nowMs();
  }

  #awake(models: readonly ModelClient[]): ModelClient | undefined {
    const nowMs = this.#clock.nowMs();
    return models.find((model) => (this.#restingUntilMs.get(model) ?? 0) <= nowMs);
  }
}
