import { readJsonLines } from "../../runtime/json_lines.ts";
import { decodeHeader } from "../session_lines.ts";
import type { SessionSummary } from "../session_store.ts";

/** Something that was said in a session, in words: tool results and calls are left out. */
export interface SaidLine {
  readonly role: "user" | "assistant";
  readonly text: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly atMs: number;
}

/** A session as a person would read it again. */
export interface SessionHistory {
  readonly summary: SessionSummary;
  /** Ids of those who spoke in it. */
  readonly people: ReadonlySet<string>;
  /** In order; what was taken back is not in it. */
  readonly lines: readonly SaidLine[];
}

interface StoredLine extends SaidLine {
  readonly postId: string | undefined;
  readonly personId: string | undefined;
}

/** Reads a whole session; `undefined` for a file that is none of ours. Throws a `FileError`. */
export async function readSessionHistory(path: string): Promise<SessionHistory | undefined> {
  const { values } = await readJsonLines(path);
  const header = values.map(decodeHeader).find((found) => found !== undefined);
  if (header?.kind !== "ours") return undefined;
  let stored: StoredLine[] = [];
  for (const value of values) {
    const { rewindTo } = asObject(value) ?? {};
    if (typeof rewindTo === "string") {
      stored = stored.slice(
        0,
        Math.max(0, stored.findLastIndex((line) => line.postId === rewindTo)),
      );
    } else stored.push(...decodeLine(value));
  }
  const people = stored.flatMap(({ personId }) => personId === undefined ? [] : [personId]);
  const lines = stored.filter(({ text }) => text.trim() !== "")
    .map(({ role, text, atMs }) => ({ role, text, atMs }));
  return { summary: header.summary, people: new Set(people), lines };
}

function decodeLine(value: unknown): StoredLine[] {
  const line = asObject(value);
  const message = asObject(line?.message);
  if (typeof message?.text !== "string") return [];
  const { role, text } = message;
  if (role !== "user" && role !== "assistant") return [];
  const atMs = typeof line?.atMs === "number" ? line.atMs : 0;
  return [{ role, text, atMs, postId: textOf(line?.postId), personId: textOf(line?.personId) }];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : undefined;
}
