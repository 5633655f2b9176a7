/** What the keys of the big providers begin with, and any long run of letters and digits. */
const KEY_LIKE =
  /\b(?:(?:sk|pk|rk|xai|nvapi)-|(?:gsk|hf|r8)_|AIza|ya29\.|eyJ)[\w*.\-]{6,}|\bBearer\s+[\w.~+/=\-]{8,}|\b(?=[a-z_]*\d)(?=[\d_]*[a-z])\w{32,}\b/gi;

/** `text` without anything that looks like a key. */
export function redactKeys(text: string): string {
  return text.replace(KEY_LIKE, "***");
}
