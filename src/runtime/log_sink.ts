import type { Clock } from "./clock.ts";
import { isAtLeast, type Log, type LogLevel } from "./log.ts";
import { formatJsonLine, type LogEntry, textLineFormatter } from "./log_line.ts";

export interface LogOptions {
  readonly levelMin: LogLevel;
  readonly clock: Clock;
  /** Takes the secrets out of a text. */
  readonly redact: (text: string) => string;
  readonly outputs: readonly LogOutput[];
}

/** One place where the lines go. */
export interface LogOutput {
  /** `text`: for eyes. `json`: one flat object a line, for a log collector. */
  readonly format: "text" | "json";
  readonly color: boolean;
  /** Takes one line, without its end. It must not throw. */
  readonly write: (line: string) => void;
}

/** A log that writes lines, whose events and values are redacted. */
export function createLog({ levelMin, clock, redact, outputs }: LogOptions): Log {
  const writers = outputs.map(writerOf);
  return (level, event, fields = {}) => {
    if (!isAtLeast(level, levelMin)) return;
    const shown = Object.entries(fields).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, redactValue(value, redact)] as const]
    );
    const entry = {
      atMs: clock.nowMs(),
      level,
      event: redact(event),
      fields: Object.fromEntries(shown),
    };
    for (const write of writers) write(entry);
  };
}

function writerOf({ format, color, write }: LogOutput): (entry: LogEntry) => void {
  const toLine = format === "json"
    ? formatJsonLine
    : textLineFormatter({ color, showsDate: false });
  return (entry) => write(toLine(entry));
}

function redactValue(
  value: string | number | boolean,
  redact: (text: string) => string,
): string | number | boolean {
  const text = String(value);
  const redacted = redact(text);
  return redacted === text ? value : redacted;
}
