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
  return { end: autolinkEnd(raw, colon), schemeLength: colon - start };
}

/** Where an address without a scheme ends that begins with `www.` at `start`. */
export function wwwEnd(raw: string, start: number, lookahead: Lookahead): number | undefined {
  WWW.lastIndex = start;
  if (!WWW.test(raw)) return undefined;
  // The server looks at what stands before from its second byte on, the first one passes.
  const isFirstByte = start === 0 || (start === 1 && raw.charCodeAt(0) < 0x80);
  const before = raw[start - 1];
  if (!isFirstByte && !isMarkdownBlank(before) && !/[*_~)<(>]/.test(before ?? "")) return undefined;
  return readHost(raw, start, lookahead) === "dotted" ? autolinkEnd(raw, start) : undefined;
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

/**
 * The address goes on to a blank or angle bracket. The server leaves out punctuation at its end,
 * which makes no difference here: nothing that it leaves out is part of a name.
 */
function autolinkEnd(raw: string, from: number): number {
  ADDRESS_END.lastIndex = from;
  return ADDRESS_END.exec(raw)?.index ?? raw.length;
}
