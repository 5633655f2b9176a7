/** A piece of what a model wrote: for the reader, or its own thinking. */
export interface Said {
  readonly kind: "text" | "reasoning";
  readonly text: string;
}

const OPENING = /<(think|thinking|reasoning)>/i;
/** Longest tag, `</reasoning>`: what might be the start of one is held back until it is decided. */
const TAG_LENGTH_MAX = "</reasoning>".length;

/**
 * Parts `<think>…</think>`, which some open models write into their answer, from what is meant for
 * the reader. Text may arrive in pieces of any size; a tag that is quoted as code stays text.
 */
export class ThinkTagSplitter {
  #held = "";
  /** The tag that ends the thinking we are in; empty outside of it. */
  #closing = "";
  /** Set after a block until the answer goes on: the blank lines between are nobody's. */
  #skipsSpace = false;
  #endsInWord = false;
  readonly #code = new CodeTracker();

  /** What is certain after this piece. */
  push(piece: string): Said[] {
    this.#held += piece;
    return this.#drain(false);
  }

  /** What was held back, once nothing more comes. */
  end(): Said[] {
    return this.#drain(true);
  }

  #drain(isLast: boolean): Said[] {
    const said: Said[] = [];
    while (this.#held !== "") {
      const before = this.#held.length;
      const piece = this.#closing === "" ? this.#takeText(isLast) : this.#takeReasoning(isLast);
      if (piece.text !== "") said.push(piece);
      if (this.#held.length === before) break;
    }
    return said;
  }

  #takeText(isLast: boolean): Said {
    if (this.#skipsSpace) {
      this.#held = this.#held.trimStart();
      if (this.#held === "") return { kind: "text", text: "" };
      this.#skipsSpace = false;
    }
    const opening = OPENING.exec(this.#held);
    if (opening === null) return this.#take("text", isLast ? this.#held.length : this.#certain());
    const said = this.#take("text", opening.index);
    if (this.#code.endsInside()) {
      return { kind: "text", text: said.text + this.#take("text", opening[0].length).text };
    }
    this.#held = this.#held.slice(opening[0].length);
    this.#closing = `</${opening[1]}>`;
    return said;
  }

  #takeReasoning(isLast: boolean): Said {
    const end = this.#held.toLowerCase().indexOf(this.#closing.toLowerCase());
    if (end < 0) return this.#take("reasoning", isLast ? this.#held.length : this.#certain());
    const said = this.#take("reasoning", end);
    this.#held = this.#held.slice(this.#closing.length);
    this.#closing = "";
    this.#skipsSpace = !this.#endsInWord;
    return said;
  }

  /** How much of what is held cannot be the start of a tag. */
  #certain(): number {
    const start = this.#held.lastIndexOf("<");
    const mayBeTag = start >= 0 && this.#held.length - start < TAG_LENGTH_MAX &&
      /^<\/?[a-z]*$/i.test(this.#held.slice(start));
    return mayBeTag ? start : this.#held.length;
  }

  #take(kind: Said["kind"], length: number): Said {
    const text = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    if (kind === "text" && text !== "") {
      this.#code.read(text);
      this.#endsInWord = !/\s$/.test(text);
    }
    return { kind, text };
  }
}

/** Follows Markdown's backticks: are we inside of inline code or of a fence? */
class CodeTracker {
  /** Backticks that opened the code we are in; 0 outside. */
  #opened = 0;
  #run = 0;

  read(text: string): void {
    for (const character of text) {
      if (character === "`") this.#run++;
      else {
        this.#endRun();
        // A line ends inline code that was never closed; a fence goes on.
        if (character === "\n" && this.#opened < 3) this.#opened = 0;
      }
    }
  }

  /** Only right before a character that is no backtick. */
  endsInside(): boolean {
    this.#endRun();
    return this.#opened > 0;
  }

  #endRun(): void {
    if (this.#run === 0) return;
    if (this.#opened === 0) this.#opened = this.#run;
    else if (this.#opened === this.#run) this.#opened = 0;
    this.#run = 0;
  }
}
