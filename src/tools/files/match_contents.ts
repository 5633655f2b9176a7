import { type Child, startChild } from "../../runtime/child_process.ts";
import { ToolError } from "../errors.ts";
import type { LineMatcher } from "./line_matcher.ts";
import { readSmallFile, type WalkedFile } from "./walk_files.ts";

export interface MatchedLine {
  readonly file: WalkedFile;
  /** From 1. */
  readonly number: number;
  /** Its beginning, if it is long. */
  readonly text: string;
  /** It stands near a match and is none. */
  readonly isContext: boolean;
}

export interface MatchOutcome {
  /** Files that were not looked into: they are too large, or closed to us. */
  readonly leftOut: number;
}

/** Larger files are data more often than text. */
export const SEARCHED_FILE_BYTES_MAX = 10_000_000;
/** Bytes in which a NUL tells that a file is not text. */
const BINARY_CHECK_BYTES = 8_192;
const LINE_CHARS_MAX = 500;
const ERROR_CHARS_MAX = 500;
const KILL_GRACE_MS = 200;
const NEWLINE = 0x0a;

/**
 * Looks for a pattern in files and gives each line that matches, with those around it, until
 * `onLine` says that it is enough or `signal` aborts. The matcher reads all files as one stream from
 * us, so it opens nothing itself: a file that is swapped for a link at the last moment stays closed.
 * Throws a `ToolError` when the pattern is wrong.
 */
export async function matchContents(
  input: {
    readonly files: AsyncIterable<WalkedFile>;
    readonly pattern: string;
    readonly contextLines: number;
    readonly onLine: (line: MatchedLine) => "enough" | "more";
  },
  matcher: LineMatcher,
  signal: AbortSignal,
): Promise<MatchOutcome> {
  const enough = new AbortController();
  const stop = AbortSignal.any([signal, enough.signal]);
  const stream = new FileStream(input.files, stop);
  const printed = new PrintedLines((number, isContext, text) => {
    if (stop.aborted) return;
    const place = stream.locate(number);
    if (place === undefined) return;
    if (input.onLine({ ...place, text, isContext }) === "enough") enough.abort();
  });
  let errors = "";
  const child = startChild({
    argv: [matcher.program, ...matcher.arguments(input.pattern, input.contextLines)],
    cwd: "/",
    env: { LC_ALL: "C.UTF-8" },
    input: "open",
    onOutput: (chunk, from) => {
      if (from === "stdout") printed.add(chunk);
      else errors = (errors + Buffer.from(chunk).toString()).slice(0, ERROR_CHARS_MAX);
    },
  });
  const end = await endedOrStopped(child, stream, stop);
  if (end?.kind === "exited" && end.code <= 1) return { leftOut: stream.leftOut };
  if (stop.aborted) return { leftOut: stream.leftOut };
  throw new ToolError(
    `Cannot search for ${JSON.stringify(input.pattern)}: ${errors.trim() || "the search failed"}`,
    "Correct the regular expression: what has a meaning in it needs a \\ before it.",
  );
}

async function endedOrStopped(child: Child, stream: FileStream, stop: AbortSignal) {
  const kill = () => child.kill(KILL_GRACE_MS);
  stop.addEventListener("abort", kill, { once: true });
  if (stop.aborted) await kill();
  const [end] = await Promise.all([child.ended, child.feed(stream.bytes())]);
  stop.removeEventListener("abort", kill);
  return end;
}

/** All files one after the other, and where in them a line of the stream is. */
class FileStream {
  leftOut = 0;
  readonly #files: AsyncIterable<WalkedFile>;
  readonly #stop: AbortSignal;
  readonly #begun: { readonly file: WalkedFile; readonly firstLine: number }[] = [];
  #nextLine = 1;

  constructor(files: AsyncIterable<WalkedFile>, stop: AbortSignal) {
    this.#files = files;
    this.#stop = stop;
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    for await (const file of this.#files) {
      if (this.#stop.aborted) return;
      const bytes = await readSmallFile(file.realPath, SEARCHED_FILE_BYTES_MAX);
      if (bytes === undefined) this.leftOut++;
      if (bytes === undefined || bytes.length === 0) continue;
      if (bytes.subarray(0, BINARY_CHECK_BYTES).includes(0)) continue;
      this.#begun.push({ file, firstLine: this.#nextLine });
      this.#nextLine += countNewlines(bytes);
      yield bytes;
      if (bytes.at(-1) === NEWLINE) continue;
      this.#nextLine++;
      yield Uint8Array.of(NEWLINE);
    }
  }

  locate(line: number): { readonly file: WalkedFile; readonly number: number } | undefined {
    let [low, high] = [0, this.#begun.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#begun[middle]?.firstLine ?? 0) <= line) low = middle;
      else high = middle - 1;
    }
    const found = this.#begun[low];
    return found && { file: found.file, number: line - found.firstLine + 1 };
  }
}

function countNewlines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

/** Reads `12:text` and `13-text`, of long lines no more than the beginning. */
class PrintedLines {
  readonly #onLine: (number: number, isContext: boolean, text: string) => void;
  readonly #decoder = new TextDecoder();
  #line = "";

  constructor(onLine: (number: number, isContext: boolean, text: string) => void) {
    this.#onLine = onLine;
  }

  add(chunk: Uint8Array): void {
    const pieces = this.#decoder.decode(chunk, { stream: true }).split("\n");
    for (const [at, piece] of pieces.entries()) {
      if (at > 0) this.#end();
      if (this.#line.length <= LINE_CHARS_MAX) this.#line += piece.slice(0, 2 * LINE_CHARS_MAX);
    }
  }

  #end(): void {
    const [, number, sign, text = ""] = this.#line.match(/^(\d+)([:-])([^]*)$/) ?? [];
    this.#line = "";
    if (number === undefined) return; // `--` between groups.
    const shown = text.length <= LINE_CHARS_MAX ? text : `${text.slice(0, LINE_CHARS_MAX)}…`;
    this.#onLine(Number(number), sign === "-", shown.replace(/\r$/, ""));
  }
}
