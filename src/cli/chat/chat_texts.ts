import { printableText } from "../../sandbox/chat_text.ts";
import { lastAtMs } from "../../sessions/search/session_search.ts";
import type { SaidPost } from "../../sessions/session_store.ts";
import { cutText } from "../../transcript/cut_text.ts";
import { plural } from "../plural.ts";
import type { KeptSession } from "../sessions/kept_sessions.ts";
import { shortTime } from "../sessions/session_times.ts";

/** What the terminal says of its own. */

const SAID_CHARS_MAX = 60;

export function welcomeText(name: string | undefined, modelId: string): string {
  const gone = name === undefined ? [] : [resumedLine(name)];
  return [
    "Talk to the agent. /help lists the commands, Ctrl-C stops an answer and leaves.",
    `Model: ${modelId}`,
    ...gone,
  ].join("\n");
}

export function resumedLine(name: string | undefined): string {
  return name === undefined
    ? "This goes on with an earlier conversation."
    : `This goes on with "${printableText(name)}".`;
}

export function sessionLines(sessions: readonly KeptSession[]): string {
  if (sessions.length === 0) return "There are no earlier conversations.";
  const lines = sessions.map(({ history, name }, index) => {
    const number = String(index + 1).padStart(2);
    return `${number}. ${shortTime(lastAtMs(history))}  ${printableText(name)}`;
  });
  return [...lines, "/resume and a number, a title or an id goes on with one."].join("\n");
}

export function undoneLine(taken: readonly SaidPost[]): string {
  const [first] = taken;
  if (first === undefined) return "There is nothing left to take back here.";
  const said = cutText(printableText(first.text).replaceAll(/\s+/g, " "), SAID_CHARS_MAX);
  return `Took back ${plural(taken.length, "message")}, from "${said}" on.`;
}
