/** The newest bytes of a stream, in memory that does not grow with it. */
export class ByteRing {
  readonly #bytesMax: number;
  /** Made when there is something to keep. */
  #ring: Uint8Array | undefined;
  #next = 0;
  #total = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** How many bytes ever came. */
  get totalBytes(): number {
    return this.#total;
  }

  add(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    const ring = this.#ring ??= new Uint8Array(this.#bytesMax);
    this.#total += chunk.length;
    const newest = chunk.subarray(Math.max(0, chunk.length - ring.length));
    const room = ring.length - this.#next;
    ring.set(newest.subarray(0, room), this.#next);
    ring.set(newest.subarray(room), 0);
    this.#next = (this.#next + newest.length) % ring.length;
  }

  /** A copy of what is kept, oldest byte first. */
  bytes(): Uint8Array {
    const ring = this.#ring;
    if (ring === undefined) return new Uint8Array();
    if (this.#total < ring.length) return ring.slice(0, this.#total);
    const bytes = new Uint8Array(ring.length);
    bytes.set(ring.subarray(this.#next));
    bytes.set(ring.subarray(0, this.#next), ring.length - this.#next);
    return bytes;
  }
}
