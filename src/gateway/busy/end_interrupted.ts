import { isInvisible } from "../../mattermost/clean_text.ts";
import type { SessionKey, SessionStore } from "../../sessions/session_store.ts";
import type { Clock } from "../../runtime/clock.ts";
import { STOPPED_TEXT } from "../exchange_texts.ts";
import { OVERTAKEN_NOTE, OVERTAKEN_TEXT, stoppedNote } from "./busy_texts.ts";
import type { TurnControl } from "./turn_control.ts";

/**
 * What is said below the answer of a turn that people ended; `undefined`: it stays as it is. The
 * session has what was said and done until then, and is told that it ended there.
 */
export async function endInterrupted(
  control: TurnControl,
  reply: { readonly text: string; readonly isShown: boolean },
  key: SessionKey,
  { sessions, clock }: { readonly sessions: SessionStore; readonly clock: Clock },
): Promise<string | undefined> {
  const { interruption, stage } = control;
  const keep = async (text: string) => {
    const message = { role: "assistant", text, toolCalls: [] } as const;
    await sessions.append(key, [{ atMs: clock.nowMs(), message }]);
  };
  switch (interruption?.kind) {
    case "stopped":
      await keep(STOPPED_TEXT);
      return stoppedNote(interruption);
    case "overtaken":
      if (stage !== "fresh") await keep(OVERTAKEN_TEXT);
      return isInvisible(reply.text) && !reply.isShown ? undefined : OVERTAKEN_NOTE;
    case "restarted":
    case undefined:
      return undefined;
  }
}
