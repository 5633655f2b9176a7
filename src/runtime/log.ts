/** The least important first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = typeof LOG_LEVELS[number];
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * One line per event: a fixed `event` name to search for (`folder.what_happened`), and fields. Ids,
 * counts, lengths and reasons; never the text of a message, never a token.
 */
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void;

/** Whether something of this level is as important as `least`, or more. */
export function isAtLeast(level: LogLevel, least: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least);
}

export const silentLog: Log = () => {};
