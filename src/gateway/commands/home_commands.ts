import type { HomeChannel, HomePlace } from "../outbox/home_channel.ts";
import { homeSetText, HOW_TO_SET_HOME, NO_THREAD_HERE } from "../outbox/home_texts.ts";
import type { ChatCommand, CommandResult } from "./chat_command.ts";

export interface HomeCommandDeps {
  readonly home: HomeChannel;
  /** Writes it into the settings. */
  readonly save: (place: HomePlace) => Promise<void>;
  /** A variable of the process that counts for more than what is saved. */
  readonly shadowedBy: string | undefined;
}

/** `!sethome`: where Hermes posts what nobody asked for just now. */
export function createHomeCommands(deps: HomeCommandDeps): readonly ChatCommand[] {
  return [{
    name: "sethome",
    aliases: ["set-home"],
    args: "[thread]",
    summary: "Make this channel the home of scheduled messages and notices.",
    timing: "beside",
    run: async ({ args, message }) => {
      const { channelId, channelKind, rootId } = message;
      const wish = args.toLowerCase();
      if (wish !== "" && wish !== "thread") return reply(HOW_TO_SET_HOME);
      if (wish === "thread" && rootId === "") return reply(NO_THREAD_HERE);
      const place = { channelId, threadId: wish === "thread" ? rootId : undefined };
      await deps.save(place);
      deps.home.move(place);
      const what = wish === "thread" ? "thread" : channelKind === "dm" ? "dm" : "channel";
      return reply(homeSetText(what, deps.shadowedBy));
    },
  }];
}

function reply(text: string): CommandResult {
  return { kind: "reply", text };
}
