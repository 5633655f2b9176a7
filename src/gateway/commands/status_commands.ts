import type { SessionKey, SessionStore } from "../../sessions/session_store.ts";
import type { ChatCommand, CommandResult } from "./chat_command.ts";
import { type ModelFacts, statusText, usageText } from "./status_texts.ts";

export interface StatusCommandsDeps {
  readonly sessions: SessionStore;
  /** Which model answers in a session. */
  readonly modelOf: (key: SessionKey) => Promise<ModelFacts>;
  readonly day: (atMs: number) => string;
  /** What runs in the background for a session, each in a line. */
  readonly jobsOf: (key: SessionKey) => readonly string[];
  readonly isUnguarded: (key: SessionKey) => boolean;
}

/** Commands that tell where a conversation stands. */
export function createStatusCommands(deps: StatusCommandsDeps): readonly ChatCommand[] {
  const { sessions, modelOf, day, jobsOf, isUnguarded } = deps;
  return [
    {
      name: "status",
      summary: "Show model, context, cost and what runs.",
      timing: "beside",
      run: async ({ sessionKey, live }) => {
        const [session, usage, model] = await Promise.all([
          sessions.describe(sessionKey),
          sessions.usageOf(sessionKey),
          modelOf(sessionKey),
        ]);
        const jobs = jobsOf(sessionKey).length;
        const rest = { live, jobs, day, isUnguarded: isUnguarded(sessionKey) };
        return reply(statusText({ session, usage, model, ...rest }));
      },
    },
    {
      name: "usage",
      summary: "Show how many tokens this conversation took, and what they cost.",
      timing: "beside",
      run: async ({ sessionKey }) => reply(usageText(await sessions.usageOf(sessionKey))),
    },
    {
      name: "agents",
      aliases: ["tasks"],
      summary: "List what runs in the background.",
      timing: "beside",
      run: ({ sessionKey }) => {
        const jobs = jobsOf(sessionKey).map((line) => `- ${line}`);
        const text = jobs.length === 0 ? "Nothing runs in the background here." : jobs.join("\n");
        return Promise.resolve(reply(text));
      },
    },
  ];
}

function reply(text: string): CommandResult {
  return { kind: "reply", text };
}
