export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * One line per event: a fixed `event` name to search for (`folder.what_happened`), and fields. Ids,
 * counts, lengths and reasons; never the text of a message, never a token.
 */
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void;

export const silentLog: Log = () => {};
