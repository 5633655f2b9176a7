/** NUL makes the server fail, and half a surrogate pair is no text. */
const UNSENDABLE = /[\0\p{Surrogate}]/gu;
/** Blanks, and characters that show nothing. */
const INVISIBLE = /^[\s\u00ad\u200b-\u200f\u2060\ufeff]*$/;

/** `text` without what a post cannot hold. */
export function cleanText(text: string): string {
  return text.replace(UNSENDABLE, "");
}

/** Whether a post of `text` would show nothing. The server takes such posts; nobody wants one. */
export function isInvisible(text: string): boolean {
  return INVISIBLE.test(text);
}
