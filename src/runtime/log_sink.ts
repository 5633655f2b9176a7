import picocolors from "picocolors";
import type { Clock } from "./clock.ts";
import type { Log, LogFields, LogLevel } from "./log.ts";

export interface LogOptions {
  /** `text`: for eyes. `json`: one flat object a line, for a log collector. */
  readonly format: "text" | "json";
  readonly levelMin: LogLevel;
  /** Takes one line, without its end. It must not throw. */
  readonly write: (line: string) => void;
  readonly clock: Clock;
  readonly color: boolean;
  /** Takes the secrets out of a text. */
  readonly redact: (text: string) => string;
}

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** A log that writes lines, whose events and values are redacted. */
export function createLog(options: LogOptions): Log {
  const format = options.format === "json" ? formatJson : textFormatter(options.color);
  return (level, event, fields = {}) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(options.levelMin)) return;
    const { redact } = options;
    const shown = Object.entries(fields).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, redactValue(value, redact)] as const]
    );
    options.write(format(options.clock.nowMs(), level, redact(event), Object.fromEntries(shown)));
  };
}

function redactValue(
  value: string | number | boolean,
  redact: (text: string) => string,
): string | number | boolean {
  const text = String(value);
  const redacted = redact(text);
  return redacted === text ? value : redacted;
}

function formatJson(atMs: number, level: LogLevel, event: string, fields: LogFields): string {
  const fixed = { time: new Date(atMs).toISOString(), level, event };
  return JSON.stringify({ ...fixed, ...fields, ...fixed }); // Twice: they come first, and they win.
}

/** `12:31:05 info  gateway.connected  bot=hermes url=https://chat.example.com`, in local time. */
function textFormatter(color: boolean): typeof formatJson {
  const colors = picocolors.createColors(color);
  const levelColors = {
    debug: colors.dim,
    info: colors.green,
    warn: colors.yellow,
    error: colors.red,
  };
  return (atMs, level, event, fields) => {
    const time = colors.dim(new Date(atMs).toTimeString().slice(0, 8));
    const pairs = Object.entries(fields).map(([key, value]) =>
      `${colors.dim(`${key}=`)}${printable(String(value))}`
    );
    const head = `${time} ${levelColors[level](level.padEnd(5))} ${event}`;
    return pairs.length === 0 ? head : `${head}  ${pairs.join(" ")}`;
  };
}

/** Quotes what is not one plain word, so that no text can end a line or steer the terminal. */
function printable(text: string): string {
  if (/^[^\s"=\p{C}]+$/u.test(text)) return text;
  return JSON.stringify(text).replaceAll(
    /\p{C}/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
