import type { Secret } from "../runtime/secret.ts";
import { accepted, type Parsed, type Parser, type Remark, secret } from "./parsers.ts";
import type { RawMap, RawValue } from "./raw_value.ts";

/** Reads the fields of one entry and keeps what there is to say about them. */
export class FieldReader {
  readonly problems: Remark[] = [];
  readonly warnings: Remark[] = [];
  readonly #below: string;
  readonly #line: number | undefined;
  readonly #entries: RawMap["entries"];

  constructor(raw: RawValue, below: string) {
    this.#below = below;
    this.#line = raw.line;
    this.#entries = raw.kind === "map" ? raw.entries : new Map<string, RawValue>();
    if (raw.kind === "map" || raw.kind === "empty") return;
    const predicate = "is not a block of settings: indent its settings below it";
    this.problems.push({ predicate, line: raw.line, below });
  }

  required<T>(name: string, parse: Parser<T>): T | undefined {
    const value = this.optional(name, parse);
    if (value === undefined && this.problems.length === 0) {
      const predicate = `has no ${name}: add one`;
      this.problems.push({ predicate, line: this.#line, below: this.#below });
    }
    return value;
  }

  optional<T>(name: string, parse: Parser<T>): T | undefined {
    const raw = this.#entries.get(name);
    if (raw === undefined || raw.kind === "empty") return undefined;
    const parsed = parse(raw);
    const inPlace = (remark: Remark) => ({
      predicate: remark.predicate,
      line: remark.line ?? raw.line,
      below: `${this.#below}.${name}${remark.below ?? ""}`,
    });
    if (parsed.kind === "refused") {
      this.problems.push(...parsed.problems.map(inPlace));
      return undefined;
    }
    this.warnings.push(...parsed.warnings.map(inPlace));
    return parsed.value;
  }

  /** The key itself, which had better stand in `.env`. */
  apiKey(): Secret | undefined {
    const raw = this.#entries.get("api_key");
    if (raw?.kind === "text" && raw.fromVariable === undefined) {
      const predicate = "is a secret: move it to .env, and name its variable here with key_env";
      this.warnings.push({ predicate, line: raw.line, below: `${this.#below}.api_key` });
    }
    return this.optional("api_key", secret);
  }
}

/** The value, with the warnings of its fields; or their problems, if there are any. */
export function summary<T>(value: T, fields: readonly FieldReader[]): Parsed<T> {
  const problems = fields.flatMap((entry) => entry.problems);
  if (problems.length > 0) return { kind: "refused", problems };
  return accepted(value, fields.flatMap((entry) => entry.warnings));
}
