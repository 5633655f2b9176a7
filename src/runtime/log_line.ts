import picocolors from "picocolors";
import { LOG_LEVELS, type LogFields, type LogLevel } from "./log.ts";

/** What one line of the log says. */
export interface LogEntry {
  readonly atMs: number;
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: LogFields;
}

/** One flat object. */
export function formatJsonLine({ atMs, level, event, fields }: LogEntry): string {
  const fixed = { time: new Date(atMs).toISOString(), level, event };
  return JSON.stringify({ ...fixed, ...fields, ...fixed }); // Twice: they come first, and they win.
}

/** The other way round; `undefined` for a line that is torn, or that somebody else wrote. */
export function parseJsonLine(line: string): LogEntry | undefined {
  try {
    const { time, level, event, ...rest } = JSON.parse(line);
    const atMs = Date.parse(time);
    if (!LOG_LEVELS.includes(level) || typeof event !== "string" || Number.isNaN(atMs)) {
      return undefined;
    }
    const fields = Object.entries(rest).filter(([, value]) => typeof value !== "object");
    return { atMs, level, event, fields: Object.fromEntries(fields) as LogFields };
  } catch {
    return undefined; // Not JSON, or no object.
  }
}

export interface TextLineOptions {
  readonly color: boolean;
  /** For lines of more than one day. */
  readonly showsDate: boolean;
}

/** `12:31:05 info  gateway.connected  bot=hermes url=https://chat.example.com`, in local time. */
export function textLineFormatter(options: TextLineOptions): (entry: LogEntry) => string {
  const colors = picocolors.createColors(options.color);
  const levelColors = {
    debug: colors.dim,
    info: colors.green,
    warn: colors.yellow,
    error: colors.red,
  };
  return ({ atMs, level, event, fields }) => {
    const at = new Date(atMs);
    const time = at.toTimeString().slice(0, 8);
    const shownTime = colors.dim(options.showsDate ? `${localDate(at)} ${time}` : time);
    const pairs = Object.entries(fields).map(([key, value]) =>
      `${colors.dim(`${printable(key)}=`)}${printable(String(value))}`
    );
    const head = `${shownTime} ${levelColors[level](level.padEnd(5))} ${printable(event)}`;
    return pairs.length === 0 ? head : `${head}  ${pairs.join(" ")}`;
  };
}

function localDate(at: Date): string {
  const [month, day] = [at.getMonth() + 1, at.getDate()].map((part) => `${part}`.padStart(2, "0"));
  return `${at.getFullYear()}-${month}-${day}`;
}

/** Quotes what is not one plain word, so that no text can end a line or steer the terminal. */
function printable(text: string): string {
  if (/^[^\s"=\p{C}]+$/u.test(text)) return text;
  return JSON.stringify(text).replaceAll(
    /\p{C}/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
