/** A bounded line between one who produces at any speed and one who takes what is there. */
export class WaitingItems<T> {
  readonly #itemsMax: number;
  readonly #items: T[] = [];
  #isEnded = false;
  #wakeReader: () => void = () => {};

  constructor(itemsMax: number) {
    this.#itemsMax = itemsMax;
  }

  /** False when the line is full: the item is not taken. */
  push(item: T): boolean {
    if (this.#items.length >= this.#itemsMax) return false;
    this.#items.push(item);
    this.#wakeReader();
    return true;
  }

  /** Forgets what waits. */
  drop(): void {
    this.#items.length = 0;
  }

  /** Nothing comes any more; what waits can still be taken. */
  end(): void {
    this.#isEnded = true;
    this.#wakeReader();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) yield item;
      else if (this.#isEnded) return;
      else await new Promise<void>((resolve) => this.#wakeReader = resolve);
    }
  }
}
