import type { SetupContext } from "./setup_context.ts";

/** Asks where the bot answers. Leaves the answer in the draft. */
export async function askReplyMode({ draft, given, prompter }: SetupContext): Promise<void> {
  if (given.replyMode === undefined && !prompter.isInteractive) return;
  const chosen = given.replyMode ?? await prompter.choose<"off" | "thread">({
    message: "Where does the bot answer in a channel?",
    options: [
      { value: "off", label: "In the channel" },
      { value: "thread", label: "In a thread under the message" },
    ],
    initial: (await draft.config()).mattermost.replyMode,
  });
  draft.set("mattermost.reply_mode", chosen);
}
