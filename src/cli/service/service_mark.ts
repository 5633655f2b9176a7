import { createHash } from "node:crypto";

/** What we can say of a service file that we wrote. */
export interface ServiceMark {
  /** The program that it runs. */
  readonly binary: string;
  /** The folder of the Hermes that it runs. */
  readonly home: string;
}

export type ReadMark =
  | ServiceMark & {
    readonly kind: "ours";
    /** Somebody has changed the file since. */
    readonly isEdited: boolean;
  }
  /** Somebody else's file. */
  | { readonly kind: "foreign" };

/** Stands in for the mark while the text is put together, and while its digest is taken. */
export const MARK_PLACE = "hermes-service: {}";
const MARK = /hermes-service: (\{.*\})/;

/** Puts the mark into a text that has a place for it. */
export function markService(text: string, { binary, home }: ServiceMark): string {
  const mark = JSON.stringify({ binary, home, digest: digestOf(text) });
  // In a comment of XML no two hyphens may follow each other.
  const harmless = mark.replaceAll("--", "\\u002d\\u002d");
  return text.replace(MARK_PLACE, () => `hermes-service: ${harmless}`);
}

export function readServiceMark(text: string): ReadMark {
  try {
    const { binary, home, digest } = JSON.parse(text.match(MARK)?.[1] ?? "{}");
    if (typeof binary !== "string" || typeof home !== "string") return { kind: "foreign" };
    const isEdited = digest !== digestOf(text.replace(MARK, () => MARK_PLACE));
    return { kind: "ours", binary, home, isEdited };
  } catch {
    return { kind: "foreign" }; // Somebody has put something else into the place of the mark.
  }
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
