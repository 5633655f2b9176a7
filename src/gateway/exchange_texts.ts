export const INTERRUPTED_NOTE =
  "_(Interrupted: Hermes is shutting down. The answer follows when it is back.)_";

/** For the model, in the place of what it would have said. */
export const STOPPED_TEXT = "(The person stopped me here.)";

/** Below an answer, in the order of reading; empty ones fall away. */
export function joinNotes(notes: readonly string[]): string {
  return notes.filter((line) => line !== "").join("\n");
}

/** What went wrong with something that belongs to a message or an answer. */
export function problemNote(problem: string): string {
  return `_(${problem})_`;
}
