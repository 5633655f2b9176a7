import { HermesError } from "../../errors.ts";

/** One thing looked at. */
export interface Check {
  /** What was looked at; scripts may rely on it. */
  readonly name: string;
  /** `skipped`: it builds on something that failed. */
  readonly status: "ok" | "warning" | "failure" | "skipped";
  /** One sentence, without a full stop. */
  readonly message: string;
  /** What to do about it; `""` when there is nothing to do. */
  readonly remedy: string;
  /** Lines to paste, e.g. into the configuration of a proxy. */
  readonly paste?: string;
  /** Keys of the settings that it is about. */
  readonly settings?: readonly string[];
  /** Mends it, for `--fix`, and says what it did. */
  readonly repair?: () => Promise<string>;
}

/** Checks, and what those that follow build on; `undefined` when they cannot. */
export interface Look<T> {
  readonly checks: readonly Check[];
  readonly found: T | undefined;
}

type Extras = Pick<Check, "paste" | "settings" | "repair">;

export function ok(name: string, message: string, extras: Extras = {}): Check {
  return { name, status: "ok", message, remedy: "", ...extras };
}

export function warning(
  name: string,
  message: string,
  remedy: string,
  extras: Extras = {},
): Check {
  return { name, status: "warning", message, remedy, ...extras };
}

export function failure(
  name: string,
  message: string,
  remedy: string,
  extras: Extras = {},
): Check {
  return { name, status: "failure", message, remedy, ...extras };
}

/** Not looked at, for want of what it builds on. */
export function skipped(names: readonly string[], because: string): readonly Check[] {
  return names.map((name) => ({ name, status: "skipped", message: because, remedy: "" }));
}

/** The failure that an error tells of. @throws what is a bug */
export function failureOf(name: string, error: unknown, extras: Extras = {}): Check {
  if (!(error instanceof HermesError)) throw error;
  return failure(name, error.message, error.hint, extras);
}
