import type { SandboxParts } from "../parts.ts";
import type { User } from "../records.ts";
import { invalidBodyRefusal, Refusal } from "../refusal.ts";

/** One REST request, after its route was found and its token checked. */
export interface Call {
  /** Who asks; on public routes, for want of a token, nobody. */
  readonly user: User | undefined;
  /** The named parts of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

export type Answer =
  | { kind: "json"; status: number; body: unknown }
  | {
    kind: "bytes";
    status: number;
    headers: Readonly<Record<string, string | readonly string[]>>;
    bytes: Uint8Array | string;
  }
  | { kind: "reset" };

export interface Route {
  readonly method: string;
  /** Path below `/api/v4`; `{name}` stands for an id or `me`, `{name:regex}` for anything else. */
  readonly path: string;
  /** Whether it answers without a token. */
  readonly isPublic?: true;
  readonly handle: (call: Call, parts: SandboxParts) => Answer | Promise<Answer>;
}

export function json(body: unknown, status = 200): Answer {
  return { kind: "json", status, body };
}

export const STATUS_OK = json({ status: "OK" });

/** The user who asks. Routes that are not public always have one. */
export function asker(call: Call): User {
  if (call.user === undefined) throw new Refusal(401, "api.context.session_expired.app_error");
  return call.user;
}

/** The user id named in the path, where `me` is the one who asks. */
export function userIdOf(call: Call): string {
  const named = call.params.user ?? "me";
  return named === "me" ? asker(call).id : named;
}

/** The body as an object. @throws Refusal when it is not one; `name` is what the server misses. */
export function objectBody(call: Call, name: string): Readonly<Record<string, unknown>> {
  const value = jsonBody(call, name);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalidBodyRefusal(name);
  }
  return value as Readonly<Record<string, unknown>>;
}

export function stringsBody(call: Call, name: string): string[] {
  const value = jsonBody(call, name);
  if (!Array.isArray(value)) throw invalidBodyRefusal(name);
  return value.filter((item) => typeof item === "string");
}

/** A field of the body as text; `""` when it is missing or something else. */
export function textField(body: Readonly<Record<string, unknown>>, key: string): string {
  const value = body[key];
  return typeof value === "string" ? value : "";
}

/** A number of the query within bounds. */
export function numberOf(call: Call, key: string, fallback: number, max: number): number {
  const value = Number(call.query.get(key) ?? fallback);
  return Number.isInteger(value) && value >= 0 ? Math.min(value, max) : fallback;
}

function jsonBody(call: Call, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(call.body));
  } catch {
    throw invalidBodyRefusal(name); // Not JSON: the server says which object it misses.
  }
}
