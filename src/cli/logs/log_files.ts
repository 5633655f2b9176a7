import type { FileHandle } from "node:fs/promises";
import { stat } from "node:fs/promises";
import type { Clock } from "../../runtime/clock.ts";
import { GrowingLines, openToRead, readLinesBackwards } from "../../runtime/line_reader.ts";
import { isAtLeast, type LogLevel } from "../../runtime/log.ts";
import { type LogEntry, parseJsonLine } from "../../runtime/log_line.ts";

/** Which lines somebody wants to see. */
export interface LogFilter {
  readonly levelMin: LogLevel;
}

/** A line as it stands in the file, and what it says. */
export interface LogLine {
  readonly text: string;
  readonly entry: LogEntry;
}

/** How often a growing log is looked at. */
const FOLLOW_INTERVAL_MS = 250;

/** The log of a gateway: the file that grows, and those that were put aside. */
export class LogFiles {
  readonly #path: string;
  readonly #filter: LogFilter;
  #current: FileHandle | undefined;
  /** Up to here `newest` has read the current file, and `follow` goes on. */
  #readTo = 0;

  /** @throws FileError */
  static async open(path: string, filter: LogFilter): Promise<LogFiles> {
    return new LogFiles(path, filter, await openToRead(path));
  }

  private constructor(path: string, filter: LogFilter, current: FileHandle | undefined) {
    this.#path = path;
    this.#filter = filter;
    this.#current = current;
  }

  get exists(): boolean {
    return this.#current !== undefined;
  }

  /** The newest `count` lines that fit, the oldest of them first. */
  async newest(count: number): Promise<LogLine[]> {
    const lines: LogLine[] = [];
    for await (const line of this.#backwards()) {
      if (lines.length >= count) break;
      lines.push(line);
    }
    return lines.reverse();
  }

  /** The lines that are added from now on, until `signal` aborts; also those of the next file. */
  async *follow(clock: Clock, signal: AbortSignal): AsyncGenerator<LogLine> {
    let growing = this.#current && new GrowingLines(this.#current, this.#readTo);
    while (!signal.aborted) {
      const isReplaced = await this.#isReplaced();
      // After the look: what was added before the file was put aside is read first.
      if (growing !== undefined) yield* this.#fitting(growing.read());
      if (isReplaced) {
        await this.close();
        this.#current = await openToRead(this.#path);
        growing = this.#current && new GrowingLines(this.#current, 0);
      } else {
        await clock.sleep(FOLLOW_INTERVAL_MS, signal);
      }
    }
  }

  async close(): Promise<void> {
    await this.#current?.close();
    this.#current = undefined;
  }

  async *#backwards(): AsyncGenerator<LogLine> {
    if (this.#current === undefined) return;
    const { ino, size } = await this.#current.stat();
    this.#readTo = size;
    yield* this.#fitting(readLinesBackwards(this.#current, size));
    for (let number = 1;; number++) {
      const older = await openToRead(`${this.#path}.${number}`);
      if (older === undefined) return;
      try {
        const found = await older.stat();
        if (found.ino === ino) continue; // The current one, which was put aside just now.
        yield* this.#fitting(readLinesBackwards(older, found.size));
      } finally {
        await older.close();
      }
    }
  }

  async *#fitting(lines: AsyncIterable<string>): AsyncGenerator<LogLine> {
    for await (const text of lines) {
      const entry = parseJsonLine(text);
      if (entry !== undefined && isAtLeast(entry.level, this.#filter.levelMin)) {
        yield { text, entry };
      }
    }
  }

  /** Whether another file has the name now, or there is one at last. */
  async #isReplaced(): Promise<boolean> {
    const named = await stat(this.#path).catch(() => undefined);
    if (named === undefined) return false; // Between two files, or none yet.
    return named.ino !== (await this.#current?.stat())?.ino;
  }
}
