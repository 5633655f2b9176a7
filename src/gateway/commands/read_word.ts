import type { ApprovalScope } from "../../safety/approval_request.ts";
import type { SessionKey } from "../../sessions/session_store.ts";
import type { InboundMessage } from "../inbound.ts";
import {
  type Answer,
  isBelow,
  isSaidAt,
  mayDecide,
  type OpenQuestion,
  saidBy,
} from "../questions/open_question.ts";
import { HOW_TO_DECIDE, NOTHING_WAITS, onlyOthersNote } from "../questions/question_texts.ts";
import type { ChatCommand } from "./chat_command.ts";
import type { CommandRegistry } from "./command_registry.ts";
import { parseCommand, type TypedCommand } from "./parse_command.ts";

/** What somebody's word means for what the gateway does at the moment. */
export type Word =
  /** A message for the model. `waitsFor`: it waits behind this question, which is no answer to it. */
  | { readonly kind: "message"; readonly waitsFor?: OpenQuestion }
  /** The answer to a question. */
  | { readonly kind: "answer"; readonly question: OpenQuestion; readonly answer: Answer }
  /** A command that does something of its own. */
  | { readonly kind: "command"; readonly command: ChatCommand; readonly args: string }
  /** It looks like a command, and there is none of that name. It may be a skill's. */
  | { readonly kind: "unknown_command"; readonly name: string }
  /** There is one line to say, and nothing to do. */
  | { readonly kind: "note"; readonly note: string }
  /** The turn of this conversation shall end. */
  | { readonly kind: "stop" }
  /** Not meant for us. */
  | { readonly kind: "aside" };

export interface WordContext {
  readonly sessionKey: SessionKey;
  /** Whether the message is for the bot by itself: mentioned, or where no mention is needed. */
  readonly isAddressed: boolean;
  /** All questions that are open, the oldest first. */
  readonly questions: readonly OpenQuestion[];
  /** Whether a turn runs that the message may stop. */
  readonly runsTurn: boolean;
  readonly commands: Pick<CommandRegistry, "find" | "nearest">;
}

/**
 * Decides what a message of somebody whom we listen to means. Commands and replies below a question
 * count without a mention, everything else only when the bot is addressed. Pure.
 */
export function readWord(message: InboundMessage, context: WordContext): Word {
  const { isAddressed, questions } = context;
  const here = questions.filter((question) => isSaidAt(message, question));
  const typed = parseCommand(message.text);
  const command = typed && readCommand(typed, message, here, context);
  if (command !== undefined && command.kind !== "unknown_command") return command;
  const clarification = here.find((question) =>
    question.kind === "clarification" && question.personId === message.senderId &&
    (isAddressed || isBelow(message, question))
  );
  if (clarification !== undefined && message.text !== "") {
    const text = chosen(message.text, clarification.choices);
    return { kind: "answer", question: clarification, answer: { kind: "answered", text } };
  }
  if (command !== undefined) return command; // "/tmp" answers a question for a folder, if one is open.
  if (!isAddressed) return { kind: "aside" };
  const waitsFor = questions.find((question) =>
    question.kind === "approval" && question.sessionKey === context.sessionKey
  );
  return waitsFor === undefined ? { kind: "message" } : { kind: "message", waitsFor };
}

/** `undefined` when the text is for the model, whatever it begins with. */
function readCommand(
  typed: TypedCommand,
  message: InboundMessage,
  here: readonly OpenQuestion[],
  { isAddressed, runsTurn, commands }: WordContext,
): Word | undefined {
  const command = commands.find(typed.name);
  switch (command?.name) {
    case "approve":
    case "deny":
      return readDecision({ ...typed, name: command.name }, message, here, isAddressed);
    case "stop":
      return runsTurn || isAddressed ? { kind: "stop" } : { kind: "aside" };
  }
  if (!isAddressed) return command === undefined ? undefined : { kind: "aside" };
  if (command !== undefined) return { kind: "command", command, args: typed.args };
  const { name, args } = typed;
  // "!important read this" is no try at a command, or names a skill; "!statsu all" is one.
  const isProse = args !== "" && commands.nearest(name) === undefined;
  return isProse ? undefined : { kind: "unknown_command", name };
}

function readDecision(
  { name, args }: TypedCommand,
  message: InboundMessage,
  here: readonly OpenQuestion[],
  isAddressed: boolean,
): Word {
  const approvals = here.filter(({ kind }) => kind === "approval");
  const { senderId: id, senderName } = message;
  const open = approvals.filter((each) => mayDecide(id, each));
  const question = open.find((each) => isBelow(message, each)) ??
    open.find(({ personId }) => personId === id) ?? open[0];
  if (question === undefined) {
    const [other] = approvals;
    if (other !== undefined) return { kind: "note", note: onlyOthersNote(other.personName) };
    return isAddressed ? { kind: "note", note: NOTHING_WAITS } : { kind: "aside" };
  }
  const scope = SCOPES[args.toLowerCase()];
  if (name === "approve" && scope === undefined) return { kind: "note", note: HOW_TO_DECIDE };
  const answer: Answer = name === "approve" && scope !== undefined
    ? { kind: "allowed", scope }
    : { kind: "denied" };
  return { kind: "answer", question, answer: saidBy({ id, name: senderName }, answer, question) };
}

const SCOPES: Readonly<Record<string, ApprovalScope | undefined>> = {
  "": "once",
  once: "once",
  session: "session",
  always: "always",
};

/** The choice of a number, or what was written. */
function chosen(text: string, choices: readonly string[]): string {
  const [, number] = text.trim().match(/^(\d{1,2})[.)]?$/) ?? [];
  return choices[Number(number) - 1] ?? text;
}
