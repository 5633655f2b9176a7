import type { SessionSummary } from "./session_store.ts";

/** What somebody may mean by a number, an id or a title. */
export type FoundSession<T> =
  | { readonly kind: "found"; readonly session: T }
  | { readonly kind: "none" }
  | { readonly kind: "several"; readonly sessions: readonly T[] };

/**
 * Which of these sessions is meant: by its number in the list, beginning with 1, by its title, by its
 * id or the beginning of it, or by a part of its title.
 */
export function findSession<T extends Pick<SessionSummary, "id" | "title">>(
  wanted: string,
  sessions: readonly T[],
): FoundSession<T> {
  const text = wanted.trim().toLowerCase();
  const numbered = /^\d{1,4}$/.test(text) ? sessions[Number(text) - 1] : undefined;
  if (numbered !== undefined) return { kind: "found", session: numbered };
  const titled = (test: (title: string) => boolean) =>
    sessions.filter(({ title }) => title !== undefined && test(title.toLowerCase()));
  const ways = [
    titled((title) => title === text),
    sessions.filter(({ id }) => id === text),
    text.length < 4 ? [] : sessions.filter(({ id }) => id.startsWith(text)),
    titled((title) => title.includes(text)),
  ];
  const found = ways.find((each) => each.length > 0) ?? [];
  const [session] = found;
  if (session === undefined) return { kind: "none" };
  return found.length === 1 ? { kind: "found", session } : { kind: "several", sessions: found };
}
