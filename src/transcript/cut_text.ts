/** The first `charsMax` characters (UTF-16 units) of `text`; a pair of surrogates is not parted. */
export function cutText(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const head = text.slice(0, charsMax);
  return /[\uD800-\uDBFF]$/.test(head) ? head.slice(0, -1) : head;
}
