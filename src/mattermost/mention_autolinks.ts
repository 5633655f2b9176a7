import { isMarkdownBlank, type Lookahead } from "./mention_links.ts";

/** Where the address ends whose `://` is at `colon`, and how long the scheme before it is. */
export function urlEnd(
  raw: string,
  colon: number,
  lookahead: Lookahead,
): { readonly end: number; readonly schemeLength: number } | undefined {
  if (!raw.startsWith("://", colon)) return undefined;
  let start = colon;
  while (start > 0 && /[A-Za-z0-9]/.test(raw.charAt(start - 1))) start -= 1;
  if (!SCHEMES.has(raw.slice(start, colon).toLowerCase())) return undefined;
  const host = raw.codePointAt(colon + 3);
  if (host === undefined || NOT_IN_HOST.test(String.fromCodePoint(host))) return undefined;
  if (readHost(raw, colon + 3, lookahead) === "bad") return undefined;
  const end = autolinkEnd(raw, start, colon);
  return end === start ? undefined : { end, schemeLength: colon - start };
}

/** Where an address without a scheme ends that begins with `www.` at `start`. */
export function wwwEnd(raw: string, start: number, lookahead: Lookahead): number | undefined {
  WWW.lastIndex = start;
  if (!WWW.test(raw)) return undefined;
  // The server looks at what stands before from its second byte on, the first one passes.
  const isFirstByte = start === 0 || (start === 1 && raw.charCodeAt(0) < 0x80);
  const before = raw[start - 1];
  if (!isFirstByte && !isMarkdownBlank(before) && !/[*_~)<(>]/.test(before ?? "")) return undefined;
  if (readHost(raw, start, lookahead) !== "dotted") return undefined;
  const end = autolinkEnd(raw, start, start);
  return end === start ? undefined : end;
}

const SCHEMES: ReadonlySet<string> = new Set(["http", "https", "ftp", "mailto", "tel"]);
const WWW = /www\d{0,3}\./y;
const NOT_IN_HOST = /[\p{White_Space}\p{P}\ufffd]/u;
const ASCII_HOST_END = /[\s!-#%-*,/:;?@[-\]{}]/;
const ADDRESS_END = /[ \t\n\v\f\r<>]/g;

/** An underscore is not allowed in a host, not even in the first character of what follows it. */
function readHost(raw: string, start: number, lookahead: Lookahead): "bad" | "plain" | "dotted" {
  let isDotted = false;
  for (let at = start + 1; at < raw.length - 1; at += 1) {
    const character = raw.charAt(at);
    if (character === "_" || !lookahead.take(1)) return "bad";
    if (character === ".") isDotted = true;
    else if (character > "\x7f" || ASCII_HOST_END.test(character)) break;
  }
  return isDotted ? "dotted" : "plain";
}

/** The address goes on to a blank or angle bracket, less punctuation that ends the sentence. */
function autolinkEnd(raw: string, start: number, from: number): number {
  ADDRESS_END.lastIndex = from;
  let end = ADDRESS_END.exec(raw)?.index ?? raw.length;
  const address = raw.slice(start, end);
  let surplus = address.split(")").length - address.split("(").length;
  while (end > start) {
    const last = raw.charAt(end - 1);
    if (/[?!.,:*_~'"]/.test(last)) end -= 1;
    else if (last === ";") end = referenceStart(raw, start, end) ?? end - 1;
    else if (last === ")" && surplus > 0) [end, surplus] = [end - 1, surplus - 1];
    else break;
  }
  return end;
}

/** Where a reference such as `&amp;` begins that ends at `end`. */
function referenceStart(raw: string, start: number, end: number): number | undefined {
  let at = end - 2;
  while (at > start && /[A-Za-z]/.test(raw.charAt(at))) at -= 1;
  return at < end - 2 && raw[at] === "&" ? at : undefined;
}
