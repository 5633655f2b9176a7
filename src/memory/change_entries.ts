import { countChars, countRunes } from "./entries.ts";

/** What is to be done to a list of entries; `oldText` is a part of the entry that is meant. */
export type MemoryChange =
  | { readonly action: "add"; readonly content: string }
  | { readonly action: "replace"; readonly oldText: string; readonly content: string }
  | { readonly action: "remove"; readonly oldText: string };

export type ChangeOutcome =
  | { readonly kind: "changed"; readonly entries: readonly string[]; readonly note: string }
  /** There was nothing to do. */
  | { readonly kind: "unchanged"; readonly note: string }
  /** `reason` is for the model: why not, and what to do instead. */
  | { readonly kind: "refused"; readonly reason: string };

/** Share of the limit from which the model is told to make room. */
const FULL_SHARE = 0.9;
/** Most characters of an entry that a message repeats. */
const PREVIEW_CHARS_MAX = 80;

/** Makes one change, or says why not. Entries are told apart by their text alone. */
export function changeEntries(
  entries: readonly string[],
  change: MemoryChange,
  charsMax: number,
): ChangeOutcome {
  switch (change.action) {
    case "add":
      return add(entries, change.content.trim(), charsMax);
    case "replace":
      return replace(entries, change.oldText.trim(), change.content.trim(), charsMax);
    case "remove":
      return remove(entries, change.oldText.trim(), charsMax);
  }
}

function add(entries: readonly string[], content: string, charsMax: number): ChangeOutcome {
  const refusal = refusalOf(content);
  if (refusal !== undefined) return refused(refusal);
  if (entries.includes(content)) return { kind: "unchanged", note: "This is remembered already." };
  return within(entries, [...entries, content], "Remembered.", charsMax);
}

function replace(
  entries: readonly string[],
  oldText: string,
  content: string,
  charsMax: number,
): ChangeOutcome {
  const refusal = refusalOf(content);
  if (refusal !== undefined) return refused(refusal);
  const found = findEntry(entries, oldText);
  if (typeof found === "string") return refused(found);
  if (entries[found] === content) {
    return { kind: "unchanged", note: "The entry says that already." };
  }
  const changed = entries.with(found, content).filter((entry, index) =>
    index === found || entry !== content
  );
  return within(entries, changed, "Replaced.", charsMax);
}

function remove(entries: readonly string[], oldText: string, charsMax: number): ChangeOutcome {
  const found = findEntry(entries, oldText);
  if (typeof found === "string") return refused(found);
  return within(entries, entries.toSpliced(found, 1), "Removed.", charsMax);
}

/** Why a text is no entry; `undefined` when it is one. */
function refusalOf(content: string): string | undefined {
  if (content === "") return "The content is empty: say what to remember.";
  if (/^[^\S\n]*§[^\S\n]*$/m.test(content)) {
    return "A line that is only § parts entries: leave it out.";
  }
  return undefined;
}

/** The only entry that holds `text`, or what is wrong. Entries that are equal count as one. */
function findEntry(entries: readonly string[], text: string): number | string {
  if (text === "") return "old_text is empty: give a part of the entry that only this one has.";
  const matches = entries.filter((entry) => entry.includes(text));
  if (matches.length === 0) {
    return `No entry holds ${JSON.stringify(preview(text))}. The entries are:\n${list(entries)}`;
  }
  if (new Set(matches).size > 1) {
    return `Several entries hold ${JSON.stringify(preview(text))}: give a longer part of the one ` +
      `that you mean.\n${list(matches)}`;
  }
  return entries.findIndex((entry) => entry === matches[0]);
}

/** A change is taken when it fits, and also when it makes what is too long shorter. */
function within(
  before: readonly string[],
  after: readonly string[],
  note: string,
  charsMax: number,
): ChangeOutcome {
  const chars = countChars(after);
  if (chars > charsMax && chars >= countChars(before)) {
    return refused(
      `There is no room: this would make ${chars} of ${charsMax} characters, ` +
        `${chars - charsMax} too many. Remove or shorten at least that much in one go, then try ` +
        `again. The entries with their lengths are:\n${list(before)}`,
    );
  }
  if (chars < charsMax * FULL_SHARE) return { kind: "changed", entries: after, note };
  const full = `${note} It is nearly full: join entries or remove what is no longer true.`;
  return { kind: "changed", entries: after, note: full };
}

function list(entries: readonly string[]): string {
  if (entries.length === 0) return "(none)";
  return entries.map((entry) => `- (${countRunes(entry)}) ${preview(entry)}`).join("\n");
}

function preview(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length <= PREVIEW_CHARS_MAX ? line : `${line.slice(0, PREVIEW_CHARS_MAX)}…`;
}

function refused(reason: string): ChangeOutcome {
  return { kind: "refused", reason };
}
