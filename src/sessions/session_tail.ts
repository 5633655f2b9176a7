import { countChars } from "../transcript/count_chars.ts";
import type { Message } from "../transcript/message.ts";
import { newestMessages } from "../transcript/newest_messages.ts";

/** The newest messages of a session, as they were stored: at least as many as were asked for. */
export class SessionTail {
  #messages: Message[];
  #chars: number;
  /** Most characters that anybody asks for. */
  readonly #charsMax: number;
  /** The tail begins with the first message of the session. */
  #complete: boolean;

  constructor(
    messages: Message[],
    options: { readonly charsMax: number; readonly complete: boolean },
  ) {
    this.#messages = messages;
    this.#chars = countChars(messages);
    this.#charsMax = options.charsMax;
    this.#complete = options.complete;
  }

  get chars(): number {
    return this.#chars;
  }

  /** Whether it answers for the newest `charsMax` characters. */
  reaches(charsMax: number): boolean {
    return this.#complete || charsMax <= this.#charsMax;
  }

  newest(charsMax: number): Message[] {
    return newestMessages(this.#messages, charsMax);
  }

  /** Adds messages. Old ones are dropped at twice the size: so each is looked at once on average. */
  add(messages: readonly Message[]): void {
    this.#messages.push(...messages);
    this.#chars += countChars(messages);
    if (this.#chars <= 2 * this.#charsMax) return;
    this.#messages = newestMessages(this.#messages, this.#charsMax);
    this.#chars = countChars(this.#messages);
    this.#complete = false;
  }
}
