import {
  readToolProgressMode,
  TOOL_PROGRESS_MODES,
  type ToolProgressMode,
} from "../../replies/tool_progress.ts";
import type { SessionStore } from "../../sessions/session_store.ts";
import type { ChatCommand } from "./chat_command.ts";
import { verboseSetText, verboseUsageText } from "./display_texts.ts";

export interface DisplayCommandsDeps {
  readonly sessions: SessionStore;
  /** What holds where nobody has chosen. */
  readonly toolProgress: ToolProgressMode;
}

/** Commands that choose what is shown besides the answer. */
export function createDisplayCommands(
  { sessions, toolProgress }: DisplayCommandsDeps,
): readonly ChatCommand[] {
  return [{
    name: "verbose",
    args: `[${TOOL_PROGRESS_MODES.join("|")}|default]`,
    summary: "Show more or less of what tools do.",
    timing: "beside",
    async run({ args, sessionKey, takenUpAgain }) {
      const choices = (await sessions.describe(sessionKey))?.choices ?? {};
      const current = readToolProgressMode(choices.toolProgress) ?? toolProgress;
      const wanted = args.toLowerCase();
      // Begun before a restart it may have been done already: it must not go a step further.
      const mode = wanted === ""
        ? takenUpAgain ? current : after(current)
        : wanted === "default"
        ? toolProgress
        : readToolProgressMode(wanted);
      if (mode === undefined) return { kind: "reply", text: verboseUsageText(TOOL_PROGRESS_MODES) };
      const { toolProgress: _, ...others } = choices;
      const chosen = wanted === "default" ? others : { ...others, toolProgress: mode };
      await sessions.choose(sessionKey, chosen);
      return { kind: "reply", text: verboseSetText(mode) };
    },
  }];
}

function after(mode: ToolProgressMode): ToolProgressMode {
  const next = (TOOL_PROGRESS_MODES.indexOf(mode) + 1) % TOOL_PROGRESS_MODES.length;
  return TOOL_PROGRESS_MODES[next] ?? mode;
}
