import type { CompressionOutcome } from "../../agent/compress_session.ts";
import type { KnownSession } from "../../sessions/session_store.ts";
import { cleanTitle } from "../../sessions/session_titles.ts";

/** What the bot says about conversations. Titles are shown as code: nothing in them is Markdown. */

export const NO_SESSION = "Nothing has been said here yet.";
export const NOTHING_TO_UNDO = "There is nothing left to take back here.";
export const UNDO_USAGE = "Write how many messages to take back, e.g. `!undo 2`.";
export const NOTHING_TO_RETRY = "There is nothing here to ask again.";
export const POST_GONE = "I cannot read that message any more. Please write it again.";

/** How many sessions one list shows. */
export const LISTED_MAX = 10;

export function newSessionText(title: string | undefined, jobs: number): string {
  const name = title === undefined ? "" : `: ${quoted(title)}`;
  return `🆕 A new conversation${name}. \`!resume 1\` goes back to the one before.${
    jobsText(jobs)
  }`;
}

export function branchedText(title: string | undefined): string {
  const name = title === undefined ? "" : `: ${quoted(title)}`;
  return `🌿 A copy of this conversation${name}. \`!resume 1\` goes back to the one before.`;
}

function jobsText(jobs: number): string {
  if (jobs === 0) return "";
  return jobs === 1 ? " One background job goes on." : ` ${jobs} background jobs go on.`;
}

export function titleText(title: string | undefined): string {
  return title === undefined
    ? "This conversation has no title. `!title My title` gives it one."
    : `This conversation is ${quoted(title)}.`;
}

export function titledText(title: string): string {
  return `This conversation is ${quoted(title)} now.`;
}

/** A numbered list, for `!resume`. */
export function sessionListText(
  sessions: readonly KnownSession[],
  day: (atMs: number) => string,
): string {
  if (sessions.length === 0) return "There are no earlier conversations that you can see here.";
  const lines = sessions.slice(0, LISTED_MAX).map((session, index) => {
    const name = session.title === undefined ? "" : `${quoted(session.title)} · `;
    return `${index + 1}. ${name}${day(session.createdAtMs)} · \`${session.id}\``;
  });
  const left = sessions.length - lines.length;
  const more = left > 0 ? `\n${left} older ones: \`!resume\` takes a title or an id as well.` : "";
  return `**Earlier conversations.** \`!resume 1\` goes back to the first.\n\n${
    lines.join("\n")
  }${more}`;
}

export function resumedText(session: KnownSession, messages: number): string {
  const name = session.title === undefined ? `\`${session.id}\`` : quoted(session.title);
  return `⏪ Back in ${name}, with ${messages} ${messages === 1 ? "message" : "messages"}.`;
}

export function notResumedText(wanted: string): string {
  return `I know no conversation ${quoted(wanted)} that you can go back to here. ` +
    "`!sessions` lists them.";
}

export function severalSessionsText(wanted: string, count: number): string {
  return `${count} conversations match ${
    quoted(wanted)
  }. Give the number that \`!sessions\` shows.`;
}

/** @param from How what is taken back begins; `undefined` where nobody can say any more. */
export function undoneText(count: number, from: string | undefined): string {
  const what = count === 1 ? "the last message" : `the last ${count} messages`;
  const which = from === undefined ? "" : `, from ${quoted(cleanTitle(from).slice(0, 60))} on`;
  return `↩️ I have forgotten ${what} and what I answered${which}. The posts stay, and so does what ` +
    "was done.";
}

export function compressedText(outcome: CompressionOutcome): string {
  if (outcome.kind === "nothing_to_gain") return "There is not enough here yet to sum up.";
  const { tokensBefore, tokensAfter } = outcome;
  return `🗜️ Summed up: about ${count(tokensBefore)} tokens became ${count(tokensAfter)}.`;
}

function count(tokens: number): string {
  return tokens.toLocaleString("en-US");
}

function quoted(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}
