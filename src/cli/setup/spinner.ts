import type { ReadStream, WriteStream } from "node:tty";
import { styleText } from "node:util";
import type { Clock } from "../../runtime/clock.ts";
import { SetupCancelledError } from "./prompter.ts";

const FRAMES = ["◒", "◐", "◓", "◑"];
const FRAME_MS = 80;
/** Columns of the wheel, the blanks behind it, and the dots. */
const WHEEL_COLUMNS = 4;
const COLUMNS_DEFAULT = 80;
const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
const ERASE_ROW = "\r\x1b[K";
const CTRL_C = "\x03";
const ESCAPE = "\x1b";

/** Where somebody types and looks. */
export interface TerminalStreams {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly clock: Clock;
}

/**
 * Turns a wheel while `work` goes on, and takes the keys meanwhile: what is typed or pasted too early
 * must not show. Leaves no trace on the screen. Our own because the spinner of `@clack/prompts` ends
 * the process by itself at Ctrl-C, with code 0.
 *
 * @throws SetupCancelledError at Ctrl-C, at Esc, and when `signal` aborts.
 */
export async function withSpinner<Result>(
  doing: string,
  work: (signal: AbortSignal) => Promise<Result>,
  streams: TerminalStreams,
  signal: AbortSignal,
): Promise<Result> {
  const keys = new AbortController();
  const done = new AbortController();
  const left = AbortSignal.any([keys.signal, signal]);
  const release = takeKeys(streams.input, () => keys.abort());
  const turning = turn(doing, streams, AbortSignal.any([done.signal, left]));
  try {
    const result = await work(left);
    if (left.aborted) throw new SetupCancelledError();
    return result;
  } catch (error) {
    throw left.aborted ? new SetupCancelledError() : error;
  } finally {
    done.abort();
    await turning;
    release();
  }
}

function takeKeys(input: ReadStream, leave: () => void): () => void {
  const onKeys = (keys: unknown) => {
    const text = String(keys);
    if (text.includes(CTRL_C) || text === ESCAPE) leave();
  };
  input.setRawMode(true);
  input.on("data", onKeys).resume();
  return () => {
    input.off("data", onKeys).pause();
    input.setRawMode(false);
  };
}

async function turn(
  doing: string,
  { output, clock }: TerminalStreams,
  signal: AbortSignal,
): Promise<void> {
  output.write(HIDE_CURSOR);
  for (let frame = 0; !signal.aborted; frame++) {
    const wheel = styleText("magenta", FRAMES[frame % FRAMES.length] ?? "");
    const columnsMax = (output.columns || COLUMNS_DEFAULT) - WHEEL_COLUMNS;
    output.write(`${ERASE_ROW}${wheel}  ${doing.slice(0, Math.max(0, columnsMax))}…`);
    await clock.sleep(FRAME_MS, signal);
  }
  output.write(`${ERASE_ROW}${SHOW_CURSOR}`);
}
