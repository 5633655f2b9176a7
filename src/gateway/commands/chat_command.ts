import type { SessionKey } from "../../sessions/session_store.ts";
import type { InboundMessage } from "../inbound.ts";

/**
 * A command that people type in the chat. A table of them makes the help, and `CommandRunner` runs
 * them; each group stands in a file `*_commands.ts` of its own.
 */
export type ChatCommand = CommandWords & (ActingCommand | SayingCommand);

export interface CommandWords {
  /** In lower case, e.g. `new`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** What may follow, as the help shows it, e.g. `[name]`. */
  readonly args?: string;
  /** One line, e.g. `Begin a new conversation.` */
  readonly summary: string;
}

/** A command that does something of its own and is answered with one post. */
export interface ActingCommand {
  readonly timing: CommandTiming | ((args: string) => CommandTiming);
  /** Its answer is a turn's, which goes on after a restart as every turn does. */
  readonly answeredByModel?: boolean;
  /**
   * What is thrown becomes the answer when it is a `HermesError`. May run again for the same post when
   * the process died before the answer was out: see `CommandCall.takenUpAgain`.
   */
  run(call: CommandCall, signal: AbortSignal): Promise<CommandResult>;
}

/** A command that is another way to say something to the model. It must not wait for anything. */
export interface SayingCommand {
  readonly timing: "message";
  say(call: CommandCall): Said;
}

/**
 * `beside`: at once, whatever else runs. `in_order`: when its conversation comes to it. `ends_turn`:
 * likewise, and the turn that runs there is stopped first.
 */
export type CommandTiming = "beside" | "in_order" | "ends_turn";

/** `how`: what a message does to a turn that runs, whatever the settings say. */
export type Said =
  | { readonly kind: "message"; readonly text: string; readonly how: "queue" | "steer" }
  | { readonly kind: "reply"; readonly text: string };

export type CommandResult =
  /** Markdown, short; mentions in it do not notify. */
  | { readonly kind: "reply"; readonly text: string }
  /** What was done can be seen; the post is done with. */
  | { readonly kind: "done" }
  /** The model answers this in the place of the command, which is `message.postId`. */
  | {
    readonly kind: "exchange";
    readonly message: InboundMessage;
    readonly sessionKey: SessionKey;
  };

/** One command that somebody typed. */
export interface CommandCall {
  /** What follows the name, without spaces around it. */
  readonly args: string;
  /** The post in which it stands; the answer goes there. */
  readonly message: InboundMessage;
  /** The conversation in which it was typed. */
  readonly sessionKey: SessionKey;
  /** Whether the person may do what concerns everybody; true for all where no admins are listed. */
  readonly isAdmin: boolean;
  /** The process died before this was answered: what it does may have been done already. */
  readonly takenUpAgain: boolean;
  /** What goes on in the conversation as the command is taken on. */
  readonly live: LiveConversation;
}

export interface LiveConversation {
  readonly isRunning: boolean;
  /** Names of the tools that run. */
  readonly tools: readonly string[];
  /** How many messages wait. */
  readonly waiting: number;
}
