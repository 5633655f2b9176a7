import { systemCodeOf } from "./file_error.ts";

/** A stream of lines to whoever started the process. */
export interface LineOutput {
  /** Takes one line, without its end. */
  readonly write: (line: string) => void;
  /** Ends the stream. Resolves when the reader has it all: a process that exits before loses some. */
  readonly end: () => Promise<void>;
}

/** `onClosed` is told, once, that nobody reads any more: what is written from then on is lost. */
export function lineOutput(stream: NodeJS.WriteStream, onClosed: () => void): LineOutput {
  let isClosed = false;
  stream.on("error", (error) => {
    if (isClosed) return;
    if (systemCodeOf(error) !== "EPIPE") throw error;
    isClosed = true;
    onClosed();
  });
  return {
    write: (line) => void (isClosed || stream.write(`${line}\n`)),
    end: () =>
      new Promise((resolve) => {
        if (isClosed) resolve();
        else stream.end(() => resolve()); // Also called when it fails.
      }),
  };
}
