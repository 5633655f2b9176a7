import type { Parser } from "./parsers.ts";

/** One row of the table of settings. */
export interface Setting<T> {
  /** Where it stands in config.yaml; also its name in `sources` and `flags`. */
  readonly key: string;
  /** Other places in config.yaml that mean the same. */
  readonly otherKeys?: readonly string[];
  /** Names in the environment and in `.env`, the one to recommend first. */
  readonly env?: readonly string[];
  /** Where further names may stand below `key`; `*` stands for any name and any list entry. */
  readonly keysBelow?: readonly string[];
  readonly parse: Parser<T>;
  /** As one would write it; "" for an empty list or map; `undefined` leaves the setting unset. */
  readonly initial: string | undefined;
  /** One sentence for `.env.example`, config.example.yaml and the README. */
  readonly doc: string;
  /** Whether the value is never shown and belongs in `.env`. */
  readonly isSecret?: true;
}

/** A row that has a default. */
export function setting<T>(row: Setting<T> & { readonly initial: string }): Setting<T> {
  return row;
}

/** A row that is unset unless somebody sets it. */
export function optional<T>(row: Omit<Setting<T>, "initial">): Setting<T | undefined> {
  return { ...row, initial: undefined };
}
