import type { CompressionOutcome } from "../../agent/compress_session.ts";
import { findSession } from "../../sessions/find_session.ts";
import type { KnownSession, SessionKey, SessionStore } from "../../sessions/session_store.ts";
import { cleanTitle, uniqueTitle } from "../../sessions/session_titles.ts";
import type { SessionLife } from "../session_life/session_life.ts";
import { visibleSessions } from "../session_life/visible_sessions.ts";
import type { ChatCommand, CommandCall, CommandResult } from "./chat_command.ts";
import {
  branchedText,
  compressedText,
  newSessionText,
  NO_SESSION,
  notResumedText,
  resumedText,
  sessionListText,
  severalSessionsText,
  titledText,
  titleText,
} from "./session_texts.ts";

export interface SessionCommandsDeps {
  readonly sessions: SessionStore;
  readonly life: SessionLife;
  readonly compress: (
    key: SessionKey,
    topic: string | undefined,
    signal: AbortSignal,
  ) => Promise<CompressionOutcome>;
  /** A day as people write it, e.g. `3 Jun 2026, 14:05`. */
  readonly day: (atMs: number) => string;
}

/** Commands that begin, name, list and shorten conversations. */
export function createSessionCommands(deps: SessionCommandsDeps): readonly ChatCommand[] {
  const { sessions, compress } = deps;
  return [
    {
      name: "new",
      aliases: ["reset"],
      args: "[title]",
      summary: "Begin a new conversation here.",
      timing: "ends_turn",
      run: ({ args, sessionKey, takenUpAgain }) => begin(args, sessionKey, takenUpAgain, deps),
    },
    {
      name: "title",
      args: "[title]",
      summary: "Show or set what this conversation is called.",
      timing: "beside",
      run: async ({ args, sessionKey }) => {
        const title = cleanTitle(args);
        if (title === "") return reply(titleText((await sessions.describe(sessionKey))?.title));
        return reply(titledText(await setTitle(title, sessionKey, sessions)));
      },
    },
    {
      name: "sessions",
      summary: "List your conversations.",
      timing: "beside",
      run: async (call) => {
        return reply(sessionListText(await otherSessions(call, sessions), deps.day));
      },
    },
    {
      name: "resume",
      args: "<number|title|id>",
      summary: "Go back to an earlier conversation.",
      timing: (args) => args === "" ? "beside" : "ends_turn", // Without one it is a list.
      run: (call) => resume(call, deps),
    },
    {
      name: "branch",
      aliases: ["fork"],
      args: "[title]",
      summary: "Go on in a copy of this conversation.",
      timing: "ends_turn",
      run: async ({ args, sessionKey }) => {
        const before = (await sessions.describe(sessionKey))?.title;
        if (!await sessions.fork(sessionKey)) return reply(NO_SESSION);
        const wanted = cleanTitle(args) || before;
        if (wanted === undefined) return reply(branchedText(undefined));
        return reply(branchedText(await setTitle(wanted, sessionKey, sessions)));
      },
    },
    {
      name: "compress",
      aliases: ["compact"],
      args: "[topic]",
      summary: "Sum up what was said, to make room.",
      timing: "in_order",
      run: async ({ args, sessionKey }, signal) => {
        const topic = args === "" ? undefined : args;
        return reply(compressedText(await compress(sessionKey, topic, signal)));
      },
    },
  ];
}

async function begin(
  args: string,
  key: SessionKey,
  takenUpAgain: boolean,
  { sessions, life }: SessionCommandsDeps,
): Promise<CommandResult> {
  const title = cleanTitle(args);
  // Before the process died this may have been done: what was begun then is not ended again.
  const isDone = takenUpAgain && (await sessions.saidPosts(key)).length === 0;
  if (!isDone) await life.reset(key);
  const given = title === "" ? undefined : await setTitle(title, key, sessions);
  return reply(newSessionText(given, life.jobsOf(key)));
}

/** @returns the title as it is now: another session may have the same. */
async function setTitle(title: string, key: SessionKey, sessions: SessionStore): Promise<string> {
  const current = await sessions.describe(key);
  const others = (await sessions.known()).filter(({ id }) => id !== current?.id);
  const taken = new Set(others.flatMap((other) => other.title ?? []));
  const unique = uniqueTitle(title, taken);
  await sessions.setTitle(key, unique);
  return unique;
}

/** All that the person may see here but the present one; those of this conversation first. */
async function otherSessions(
  { message, sessionKey }: CommandCall,
  sessions: SessionStore,
): Promise<readonly KnownSession[]> {
  const current = await sessions.describe(sessionKey);
  const all = visibleSessions(await sessions.known(), message, sessionKey)
    .filter(({ id }) => id !== current?.id);
  const isOwn = ({ key }: KnownSession) => key === sessionKey;
  return [...all.filter(isOwn), ...all.filter((session) => !isOwn(session))];
}

async function resume(
  call: CommandCall,
  { sessions, life, day }: SessionCommandsDeps,
): Promise<CommandResult> {
  const { args, sessionKey } = call;
  const all = await otherSessions(call, sessions);
  if (args === "") return reply(sessionListText(all, day));
  const found = findSession(args, all);
  if (found.kind === "none") return reply(notResumedText(args));
  if (found.kind === "several") return reply(severalSessionsText(args, found.sessions.length));
  const { session } = found;
  if (!await life.resume(sessionKey, session.id)) return reply(notResumedText(args));
  const messages = await sessions.load(sessionKey, { charsMax: 1_000_000 });
  return reply(resumedText(session, messages.filter(({ role }) => role !== "tool").length));
}

function reply(text: string): CommandResult {
  return { kind: "reply", text };
}
