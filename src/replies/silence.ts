/**
 * What a model says in the place of an answer when nobody needs one. It counts when it is all that
 * the model says; in a sentence it is a word like any other.
 */
const SILENCE_TOKENS: readonly string[] = ["[SILENT]", "NO_REPLY"];

/** Whether these words are nothing but the wish to say nothing. */
export function isSilence(text: string): boolean {
  return SILENCE_TOKENS.includes(text.trim().toUpperCase());
}
