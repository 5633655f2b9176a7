import { countChars } from "../transcript/count_chars.ts";
import { CHARS_PER_TOKEN } from "../transcript/estimate_tokens.ts";
import type { Message, UserMessage } from "../transcript/message.ts";
import { isParting } from "./summary_message.ts";

/** A window that has room for it is not compacted below so many tokens: each compaction loses something. */
const TRIGGER_TOKENS_MIN = 64_000;
/** Of a smaller window, so much is for the messages. */
const WINDOW_SHARE_MAX = 0.85;
/** What stays as it was said, as a share of the trigger. */
const TAIL_SHARE = 0.2;
/** The tail may be so much larger, rather than part what belongs together. */
const TAIL_TOLERANCE = 1.5;

/** From how many tokens on a transcript is compacted. `share` is that of the window. */
export function compactionTrigger(windowTokens: number, share: number): number {
  const least = Math.min(TRIGGER_TOKENS_MIN, windowTokens * WINDOW_SHARE_MAX);
  return Math.max(windowTokens * share, least);
}

/** A transcript, parted for a compaction. */
export interface Parts {
  /** A summary of what was before `older`, from the last compaction. */
  readonly summary: string | undefined;
  /** What a summary is to stand for. */
  readonly older: readonly Message[];
  /** What is being answered, where it does not stand in `tail`. */
  readonly newest: UserMessage | undefined;
  /** The end, which stays: whole pairs of calls and results, the last answer, the newest message. */
  readonly tail: readonly Message[];
}

/**
 * Parts a valid transcript. The tail holds about a fifth of `triggerTokens`; where that is less than
 * the turn under way, the message that began the turn stays too, and what was done for it since is
 * `older`. What the system prompt says is not in the transcript and stays in any case.
 */
export function partTranscript(messages: readonly Message[], triggerTokens: number): Parts {
  const [first] = messages;
  const summary = first?.role === "user" && first.isSummary === true ? first.text : undefined;
  const begin = summary === undefined ? 0 : isParting(messages[1]) ? 2 : 1;
  const tailStart = Math.max(begin, findTailStart(messages, triggerTokens));
  const newestAt = messages.findLastIndex(isPersons);
  const newest = newestAt >= begin && newestAt < tailStart ? messages[newestAt] : undefined;
  return {
    summary,
    older: messages.slice(begin, tailStart).filter((message) => message !== newest),
    newest: newest?.role === "user" ? newest : undefined,
    tail: messages.slice(tailStart),
  };
}

/** The tail begins with what a person said, or with an answer and all of its results. */
function findTailStart(messages: readonly Message[], triggerTokens: number): number {
  const charsMax = triggerTokens * TAIL_SHARE * CHARS_PER_TOKEN;
  const lastAnswer = messages.findLastIndex(({ role }) => role === "assistant");
  let chars = 0;
  let start = messages.length;
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index];
    if (message === undefined) break;
    chars += countChars([message]);
    if (message.role === "tool") continue; // It belongs to the answer before it.
    const isFull = chars > charsMax && start < messages.length &&
      (start <= lastAnswer || lastAnswer < 0);
    if (isFull && chars > charsMax * TAIL_TOLERANCE) break;
    start = index;
    if (isFull) break;
  }
  return start;
}

function isPersons(message: Message): boolean {
  return message.role === "user" && message.isSummary !== true;
}
