/** Stands where a secret was. */
export const MASK = "***";

/** Shorter secrets would be given away by what is kept of longer ones. */
const PARTLY_SHOWN_LENGTH_MIN = 18;
const MASKED = /^\S{6}\.{3}\S{4}$|\*\*\*/;

/** A secret as people may see it: enough of it to tell which one it is, too little to use it. */
export function maskSecret(secret: string): string {
  if (MASKED.test(secret)) return secret;
  if (secret.length < PARTLY_SHOWN_LENGTH_MIN) return MASK;
  return `${secret.slice(0, 6)}...${secret.slice(-4)}`;
}

/** What a generator made, and no word of a language: with digits, or with capitals in many places. */
export function looksRandom(text: string): boolean {
  return /\d/.test(text) || text.endsWith("=") || (text.match(/[a-z][A-Z]/g)?.length ?? 0) >= 3;
}
