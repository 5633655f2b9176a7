import type { Progress } from "./download.ts";

/** As much of a terminal as a row that changes needs. */
export interface ProgressOutput {
  readonly isTty: boolean;
  readonly write: (text: string) => void;
  readonly nowMs: () => number;
}

const BYTES_PER_MB = 1_000_000;
const REDRAW_MS = 100;
const ERASE_ROW = "\r\x1b[K";

/** A row that says how much of a download has come. Only somebody who looks at it gets one. */
export function showProgress(title: string, { isTty, write, nowMs }: ProgressOutput) {
  let drawnAtMs = -Infinity;
  return {
    show: ({ bytes, bytesTotal }: Progress) => {
      if (!isTty || nowMs() - drawnAtMs < REDRAW_MS) return;
      drawnAtMs = nowMs();
      const total = bytesTotal === undefined ? "" : ` of ${megabytes(bytesTotal)}`;
      write(`${ERASE_ROW}${title}: ${megabytes(bytes)}${total} MB`);
    },
    /** Takes the row away. */
    end: () => {
      if (isTty) write(ERASE_ROW);
    },
  };
}

function megabytes(bytes: number): string {
  return (bytes / BYTES_PER_MB).toFixed(1);
}
