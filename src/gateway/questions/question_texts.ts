import type { ApprovalRequest } from "../../safety/approval_request.ts";
import type { Question } from "../../tools/tool.ts";
import type { Answer } from "./open_question.ts";

/** Reactions that the bot puts below an approval: allow once, always, not at all. */
export const APPROVAL_EMOJIS: readonly string[] = ["+1", "infinity", "-1"];
/** Those for the choices of a question. */
export const NUMBER_EMOJIS: readonly string[] = [
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
];
/** Buttons below an approval; the ids are what they say when they are pressed. */
export const APPROVAL_BUTTONS = [
  { id: "once", name: "Allow once", style: "good" },
  { id: "session", name: "For this conversation", style: "default" },
  { id: "always", name: "Always", style: "default" },
  { id: "deny", name: "Deny", style: "danger" },
] as const;
/** In place of buttons, where they cannot be shown. */
export const BUTTONS_FALLBACK = "Buttons to answer with";

export const HOW_TO_DECIDE = "Write `!approve`, `!approve session`, `!approve always` or `!deny`.";
export const NOTHING_WAITS = "Nothing waits for an answer here.";
export const QUESTION_GONE = "This question does not stand any more.";
export const NOT_LET_IN = "I may not answer you: ask who runs me to let you in.";
/** Who decided, where no name is known. */
export const AN_ADMIN = "an admin";

/** A question that waits begins so; what became of it begins otherwise. */
const OPEN_MARK = "⏳";
/** Longest command that is shown whole. */
const COMMAND_CHARS_MAX = 2_000;
const COMMAND_HEAD_CHARS = 1_500;
const COMMAND_TAIL_CHARS = 400;

export function onlyOthersNote(personName: string): string {
  return `Only ${personName} can decide this: it is their task.`;
}

export function waitsNote(personName: string): string {
  return `A command waits for the word of ${personName}, and your message comes after it. ` +
    `An answer in other words does not count. ${HOW_TO_DECIDE}`;
}

/** Whether a text is what people mean for an answer and what is none. */
export function isBareWord(text: string): boolean {
  return /^(?:y|yes|yep|yeah|ok|okay|sure|go|go ahead|do it|allow(?:ed)?|approved?|confirm(?:ed)?|n|no|nope|den(?:y|ied)|ja|nein|oui|non|si|sí|👍|👎|:\+1:|:-1:)[\s.!]*$/i
    .test(text.trim());
}

/** Whether the text of a post of ours is a question that nobody has answered. */
export function isOpenText(text: string): boolean {
  return text.startsWith(OPEN_MARK);
}

/** How long a question stands, for a person. */
export interface Deadline {
  readonly expiresInMs: number;
  readonly atMs: number;
  /** IANA name of the zone in which the time is told. */
  readonly timeZone: string;
}

export function approvalText(
  { command, reasons }: ApprovalRequest,
  person: string,
  deadline: Deadline,
): string {
  return [
    `${OPEN_MARK} **May I run this?** ${person}`.trimEnd(),
    fenced(command),
    `It ${listReasons(reasons)}.`,
    `${HOW_TO_DECIDE} Or react with 👍 (once), ♾️ (always) or 👎. ` +
    `Without an answer within ${timeLeft(deadline)} it is not run.`,
  ].join("\n\n");
}

export function clarificationText(
  { text, choices }: Question,
  person: string,
  deadline: Deadline,
  how: "anywhere" | "in_thread",
): string {
  const list = choices.map((choice, index) => `${index + 1}. ${oneLine(choice)}`).join("\n");
  const ways = choices.length > 0 ? "with a number or in your own words" : "in your own words";
  const place = how === "in_thread" ? ", in a reply to this or with a mention of me" : "";
  return [
    `${OPEN_MARK} **A question** ${person}`.trimEnd(),
    text,
    list,
    `Answer ${ways}${place}. I wait ${timeLeft(deadline)}.`,
  ].filter((part) => part !== "").join("\n\n");
}

/** What a question comes to: an answer, or the reason why there is none. */
export type Outcome = Answer | { readonly kind: "expired" } | { readonly kind: "dropped" };

export function approvalOutcomeText(command: string, outcome: Outcome, personName: string): string {
  return `${approvalOutcome(outcome, personName)}\n\n${fenced(command)}`;
}

function approvalOutcome(outcome: Outcome, personName: string): string {
  switch (outcome.kind) {
    case "allowed":
      return `✅ **Allowed** by ${outcome.by ?? personName}, ${SCOPE_WORDS[outcome.scope]}.`;
    case "denied":
    case "answered":
      return `⛔ **Not allowed** by ${outcome.by ?? personName}.`;
    case "expired":
      return "⌛ **Not run**: nobody answered in time.";
    case "dropped":
      return "⏹️ **Not run**: the question does not stand any more.";
  }
}

const SCOPE_WORDS = {
  once: "this once",
  session: "for this conversation",
  always: "from now on",
} as const;

export function clarificationOutcomeText(
  question: string,
  outcome: Outcome,
  personName: string,
): string {
  if (outcome.kind === "answered") {
    const { by = personName, text } = outcome;
    return `💬 **A question**\n\n${question}\n\n**Answer** of ${by}: ${text}`;
  }
  const reason = outcome.kind === "expired"
    ? "nobody answered in time"
    : "it does not stand any more";
  return `⌛ **A question**: ${reason}.\n\n${question}`;
}

/** What an open question becomes that was found after a restart. */
export function droppedText(openText: string): string {
  return openText.replace(OPEN_MARK, "⏹️ _(This does not stand any more.)_");
}

/** The command as it can be judged: nothing of it can end the block or stay unseen. */
function fenced(command: string): string {
  const shown = shorten(showHidden(command));
  const longest = Math.max(2, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}sh\n${shown}\n${fence}`;
}

function shorten(command: string): string {
  if (command.length <= COMMAND_CHARS_MAX) return command;
  const left = command.length - COMMAND_HEAD_CHARS - COMMAND_TAIL_CHARS;
  const head = command.slice(0, COMMAND_HEAD_CHARS);
  return `${head}\n… ${left} characters are left out here …\n${command.slice(-COMMAND_TAIL_CHARS)}`;
}

function showHidden(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) =>
      /[\n\t]/.test(character) ? character : `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`,
  );
}

function listReasons(reasons: readonly string[]): string {
  return [...new Set(reasons)].slice(0, REASONS_MAX).join("; it ");
}

/** More reasons than a person reads add nothing. */
const REASONS_MAX = 6;

function timeLeft({ expiresInMs, atMs, timeZone }: Deadline): string {
  const minutes = Math.round(expiresInMs / 60_000);
  const length = minutes >= 1
    ? `${minutes} ${minutes === 1 ? "minute" : "minutes"}`
    : `${Math.round(expiresInMs / 1_000)} seconds`;
  const time = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
    timeZone,
  }).format(atMs);
  return `${length} (until ${time})`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
