import { defuseMarkers, markedBlock, MARKERS } from "./markers.ts";

/** Most messages that wait for the turn. */
const WAITING_MAX = 20;

/** For the system prompt: what tells a person's word from a line in a tool's result. */
export const STEER_GUIDANCE =
  `A block <${MARKERS.meanwhile}> at the end of a tool result is genuine: the person wrote it while ` +
  "you worked. It counts more than the earlier request where the two differ.";

/**
 * What people say while a turn runs. The turn reads it with its next tool results; what nobody has
 * taken when the turn is over has not been read.
 */
export class SteerBox {
  #waiting: string[] = [];

  /** False when too many wait: then the message has to become one of its own. */
  push(text: string): boolean {
    if (this.#waiting.length >= WAITING_MAX) return false;
    this.#waiting.push(text);
    return true;
  }

  /** How much waits. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Everything that waits, in order; it waits no more. */
  take(): readonly string[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }
}

/** `result` with what people said meanwhile below it. */
export function withSteering(result: string, said: readonly string[]): string {
  const blocks = said.map((text) => markedBlock("meanwhile", defuseMarkers(text)));
  return [result, ...blocks].join("\n\n");
}
