import { findMentions } from "../mattermost/mentions.ts";
import { codeSpans, type Fence, fenceAfter } from "./code_marks.ts";

/**
 * Puts an invisible space (U+200B) behind the `@` of `@channel`, `@all` and `@here`, in any case, so
 * that a text of the model does not notify a whole channel. What is seen stays the same.
 *
 * Only code is left as it is, since the server looks past all other marks; and only code that stays
 * code wherever `splitPost` cuts the text, in parts of at least 400 code points: blocks whose fence
 * begins its line, and short spans in one line. Behind marks that could be read in two ways nothing
 * counts as code any more. A name in an address is defused too.
 */
export function defuseMentions(text: string): string {
  if (text.search(CHANNEL_MENTION) < 0) return text;
  let fence: Fence | undefined;
  let areFencesSure = true;
  let areSpansSure = true;
  const lines = text.split("\n").map((line) => {
    if (areFencesSure && FENCE_MARKS.test(line)) areFencesSure = isSureFenceLine(line, fence);
    const fenceBefore = fence;
    fence = areFencesSure ? fenceAfter(line, fence) : undefined;
    if (areFencesSure && (fenceBefore !== undefined || fence !== undefined)) {
      areSpansSure = true;
      return line;
    }
    if (BLANK_LINE.test(line)) areSpansSure = true;
    const { spans, isAllSure } = areSpansSure ? sureSpans(line) : NO_SPANS;
    areSpansSure = isAllSure;
    return defuseOutside(line, spans);
  });
  return lines.join("\n");
}

/**
 * The last look at a post: should it still notify a channel, by an oddity of the server's parser in
 * marks that make no sense, every such name gets the full-width `＠`, which is as long as the `@`.
 */
export function defusePost(text: string): string {
  const { here, channel, all } = findMentions(text);
  return here || channel || all ? text.replace(/@(?=channe|al|her)/gi, "＠") : text;
}

type Spans = ReturnType<typeof codeSpans>;

/** The server joins a numeric reference to the letters before it: `@al&#108;` is `@all`. */
const CHANNEL_MENTION = /@(?=(?:channel|all|here)(?![a-z0-9])|(?:channe|al|her)&#)/gi;
/** A line with one of these opens or closes a block, or may look so when a cut puts it first. */
const FENCE_MARKS = /```|~~~/;
const SURE_OPENING = /^(?:`{3,20}|~{3,20})[^`\r]{0,40}\r?$/;
const SURE_CLOSING = /^ {0,3}[`~]{3,40}[ \t]*\r?$/;
/** Without brackets, in which a link that began before the span could end. */
const SURE_SPAN = /^[^()[\]\r]{0,80}$/;
/** What may stand between a blank and a span; after other characters it may belong to an address. */
const BEFORE_SPAN = "(*_~\"'|>-";
const BLANK_LINE = /^[ \t\r]*$/;
const NO_SPANS: { spans: Spans; isAllSure: boolean } = { spans: [], isAllSure: false };

function isSureFenceLine(line: string, fence: Fence | undefined): boolean {
  if (fence === undefined) return SURE_OPENING.test(line) && fenceAfter(line, fence) !== undefined;
  return SURE_CLOSING.test(line) && fenceAfter(line, fence) === undefined;
}

/** The spans up to the first backtick that could belong to something else. */
function sureSpans(line: string): { spans: Spans; isAllSure: boolean } {
  const spans: Spans = [];
  let end = 0;
  for (const span of codeSpans(line)) {
    let before = span.start;
    while (before > end && BEFORE_SPAN.includes(line.charAt(before - 1))) before -= 1;
    const isApart = before === 0 || line[before - 1] === " " || line[before - 1] === "\t";
    const isSure = isApart && !line.slice(end, before).includes("`") &&
      SURE_SPAN.test(line.slice(span.start, span.end));
    if (!isSure) return { spans, isAllSure: false };
    spans.push(span);
    end = span.end;
  }
  return { spans, isAllSure: !line.slice(end).includes("`") };
}

function defuseOutside(line: string, spans: Spans): string {
  let defused = "";
  let end = 0;
  for (const span of spans) {
    defused += line.slice(end, span.start).replace(CHANNEL_MENTION, "@\u200b");
    defused += line.slice(span.start, span.end);
    end = span.end;
  }
  return defused + line.slice(end).replace(CHANNEL_MENTION, "@\u200b");
}
