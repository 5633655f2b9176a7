/** Scripts that put no blanks between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]+/gu;

/**
 * The terms of a text: words in lower case without accents, and of scripts without blanks each pair
 * of neighbouring characters, so that a part of a sentence finds the whole.
 */
export function searchTerms(text: string): string[] {
  const plain = text.normalize("NFKD").replaceAll(/\p{Mn}/gu, "").normalize("NFKC").toLowerCase();
  const terms: string[] = [];
  const spaced = plain.replaceAll(UNSPACED, (run) => {
    terms.push(...pairsOf(run));
    return " ";
  });
  terms.push(...spaced.split(/[^\p{L}\p{N}_]+/u).filter((word) => word !== ""));
  return terms;
}

function pairsOf(run: string): string[] {
  const characters = [...run];
  if (characters.length < 2) return characters;
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}
