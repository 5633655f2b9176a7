import type { ChatCommand } from "../commands/chat_command.ts";
import type { FollowedThreads } from "./followed_threads.ts";
import { followText, HOW_TO_FOLLOW, NO_FOLLOWING_IN_DM } from "./thread_texts.ts";

/** `!follow off` and `!follow on`: whether follow-ups need a mention, here and in this thread. */
export function createFollowCommand(threads: FollowedThreads): ChatCommand {
  return {
    name: "follow",
    args: "[on|off]",
    summary: "Answer in this thread without a mention, or only with one.",
    timing: "beside",
    run: ({ args, message }) => {
      const reply = (text: string) => Promise.resolve({ kind: "reply", text } as const);
      if (message.channelKind === "dm") return reply(NO_FOLLOWING_IN_DM);
      const wish = args.toLowerCase();
      if (wish === "on" || wish === "off") threads.set(message, wish);
      else if (wish !== "") return reply(HOW_TO_FOLLOW);
      return reply(followText(message.rootId !== "", threads.isWanted(message)));
    },
  };
}
