import type { SessionKey, SessionStore } from "../../sessions/session_store.ts";
import type { Ledger } from "../ledger.ts";
import type { MessageReader } from "../read_message.ts";
import type { ChatCommand, CommandCall, CommandResult } from "./chat_command.ts";
import { parseCommand } from "./parse_command.ts";
import {
  NOTHING_TO_RETRY,
  NOTHING_TO_UNDO,
  POST_GONE,
  UNDO_USAGE,
  undoneText,
} from "./session_texts.ts";

export interface ExchangeCommandsDeps {
  readonly sessions: SessionStore;
  readonly ledger: Ledger;
  readonly readMessage: MessageReader;
}

/** Most messages that are taken back at once. */
const UNDO_MAX = 50;
/** How often one message may have been asked again. */
const RETRIES_MAX = 20;

/** Commands about what was said last, and one that says something apart. */
export function createExchangeCommands(deps: ExchangeCommandsDeps): readonly ChatCommand[] {
  return [
    {
      name: "undo",
      args: "[count]",
      summary: "Forget your last message and its answer.",
      timing: "ends_turn",
      run: (call) => undo(call, deps),
    },
    {
      name: "retry",
      summary: "Ask your last message again.",
      timing: "ends_turn",
      answeredByModel: true,
      run: (call, signal) => retry(call, deps, signal),
    },
    {
      name: "background",
      aliases: ["bg", "btw"],
      args: "<message>",
      summary: "Ask something apart from this conversation, beside what runs.",
      timing: "beside",
      answeredByModel: true,
      run: ({ args, message, sessionKey }) => {
        if (args === "") {
          const text = "Write what to do, e.g. `!background list the open pull requests`.";
          return Promise.resolve({ kind: "reply", text });
        }
        const apart = `${sessionKey}:background:${message.postId}` as SessionKey;
        const said = { ...message, text: args };
        return Promise.resolve({ kind: "exchange", message: said, sessionKey: apart });
      },
    },
  ];
}

async function undo(
  { args, message, sessionKey }: CommandCall,
  { sessions, ledger }: ExchangeCommandsDeps,
): Promise<CommandResult> {
  if (!/^[1-9]\d*$|^$/.test(args)) return { kind: "reply", text: UNDO_USAGE };
  const count = Math.min(Number(args || 1), UNDO_MAX);
  const said = await sessions.saidPosts(sessionKey);
  const about = ledger.entryOf(message.postId)?.about;
  const target = said.at(-Math.min(count, said.length));
  const postId = about ?? target?.postId;
  if (postId === undefined) return { kind: "reply", text: NOTHING_TO_UNDO };
  if (about === undefined) await ledger.noteAbout(message.postId, postId);
  const taken = said.slice(said.findLastIndex((each) => each.postId === postId));
  await sessions.rewind(sessionKey, postId);
  const [first] = taken.filter((each) => each.postId === postId);
  const undone = first === undefined ? count : taken.length;
  return { kind: "reply", text: undoneText(undone, first?.text) };
}

async function retry(
  { message, sessionKey }: CommandCall,
  { sessions, ledger, readMessage }: ExchangeCommandsDeps,
  signal: AbortSignal,
): Promise<CommandResult> {
  const noted = ledger.entryOf(message.postId)?.about;
  const last = noted ?? (await sessions.saidPosts(sessionKey)).at(-1)?.postId;
  if (last === undefined) return { kind: "reply", text: NOTHING_TO_RETRY };
  const first = firstAsked(last, ledger);
  const postIds = new Set([first, ...ledger.together(first)]);
  const read = await Promise.all(
    [...postIds].map((postId) => readMessage(postId, message.channelId, signal)),
  );
  const asked = read.filter((each) => each !== undefined)
    .sort((a, b) => a.createdAtMs - b.createdAtMs);
  if (asked.length === 0) return { kind: "reply", text: POST_GONE };
  if (noted === undefined) await ledger.noteAbout(message.postId, last);
  await sessions.rewind(sessionKey, last);
  const text = asked.map((each) => withoutQueue(each.text)).join("\n\n").trim();
  const again = { ...message, text, files: asked.flatMap(({ files }) => files) };
  return { kind: "exchange", message: again, sessionKey };
}

/** What was asked again may itself have been a retry. */
function firstAsked(postId: string, ledger: Ledger): string {
  let first = postId;
  for (let round = 0; round < RETRIES_MAX; round++) {
    const about = ledger.entryOf(first)?.about;
    if (about === undefined) return first;
    first = about;
  }
  return first;
}

/** `!queue` and `!steer` say when something is answered, which is now. */
function withoutQueue(text: string): string {
  const typed = parseCommand(text);
  return typed !== undefined && ["queue", "q", "steer"].includes(typed.name) ? typed.args : text;
}
