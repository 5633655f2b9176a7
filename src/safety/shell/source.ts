import { ShellSyntaxError } from "./syntax.ts";

/** The text of a script, and how far it has been read. */
export class Source {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The character `offset` places ahead; `""` after the end. */
  peek(offset = 0): string {
    return this.text.charAt(this.at + offset);
  }

  startsWith(part: string): boolean {
    return this.text.startsWith(part, this.at);
  }

  /** Reads `part` if it stands here. */
  take(part: string): boolean {
    if (!this.startsWith(part)) return false;
    this.at += part.length;
    return true;
  }

  /** Reads what `form`, which must be sticky, finds here; `""` when that is nothing. */
  takeMatch(form: RegExp): string {
    form.lastIndex = this.at;
    const found = form.exec(this.text)?.[0] ?? "";
    this.at += found.length;
    return found;
  }

  /** Reads up to `end` and past it. @throws ShellSyntaxError when it does not come. */
  takeUntil(end: string): string {
    const found = this.text.indexOf(end, this.at);
    if (found === -1) throw new ShellSyntaxError(`it lacks a closing ${end}`);
    const taken = this.text.slice(this.at, found);
    this.at = found + end.length;
    return taken;
  }

  /** As `takeUntil`, for text in which a backslash guards the character after it; as it is written. */
  takeEscapedUntil(end: string): string {
    const start = this.at;
    for (; !this.isAtEnd; this.at++) {
      if (this.peek() === "\\") this.at++;
      else if (this.peek() === end) return this.text.slice(start, this.at++);
    }
    throw new ShellSyntaxError(`it lacks a closing ${end}`);
  }
}
