import { cutText } from "./cut_text.ts";

/** Of a long text the beginning and the end are kept: rules tend to stand at both. */
const HEAD_SHARE = 0.7;
const TAIL_SHARE = 0.2;

/** At most about `charsMax` characters of a text, with a note that names it where some are left out. */
export function cutMiddle(text: string, charsMax: number, name: string): string {
  if (text.length <= charsMax) return text;
  const [headChars, tailChars] = [
    Math.floor(charsMax * HEAD_SHARE),
    Math.floor(charsMax * TAIL_SHARE),
  ];
  const left = text.length - headChars - tailChars;
  const tail = text.slice(-tailChars).replace(/^[\uDC00-\uDFFF]/, "");
  return `${
    cutText(text, headChars)
  }\n\n[${left} characters of ${name} are left out here.]\n\n${tail}`;
}
