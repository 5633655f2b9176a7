/** Characters of no width, of changed direction, and copies of ASCII that nobody sees. */
const HIDDEN =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/u;
/** What has its place: marks in scripts and emoji that are made with them, and one at the start. */
const LEGITIMATE: readonly RegExp[] = [
  /^\ufeff/u,
  /\p{Emoji}[\ufe0f\u{1f3fb}-\u{1f3ff}]?(?:\u200d\p{Emoji}[\ufe0f\u{1f3fb}-\u{1f3ff}]?)+/gu,
  /\u{1f3f4}[\u{e0061}-\u{e007a}\u{e0030}-\u{e0039}]{1,8}\u{e007f}/gu,
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}][\u200c-\u200f\u061c]+/gu,
  /[\p{M}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Sinhala}\p{Script=Malayalam}\p{Script=Khmer}\p{Script=Mongolian}][\u200b-\u200d\u17b4\u17b5\u180b-\u180e]+/gu,
];

/** The first character of `text` that nobody sees, such as `U+200B`; `undefined` without one. */
export function findInvisible(text: string): string | undefined {
  if (!HIDDEN.test(text)) return undefined;
  const rest = LEGITIMATE.reduce((left, form) => left.replace(form, ""), text);
  const hidden = rest.match(HIDDEN)?.[0].codePointAt(0);
  return hidden === undefined
    ? undefined
    : `U+${hidden.toString(16).toUpperCase().padStart(4, "0")}`;
}
