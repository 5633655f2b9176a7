import { z } from "zod";
import { ToolError } from "./errors.ts";
import type { Tool, ToolContext } from "./tool.ts";

/** What somebody wants to have posted. */
export interface MessageOrder {
  /** As the model wrote it. */
  readonly target: string;
  /** Markdown; lines `MEDIA:/absolute/path` attach files. */
  readonly text: string;
}

export type MessageOutcome =
  | {
    readonly kind: "sent";
    /** Where it stands, for people. */
    readonly to: string;
    readonly postIds: readonly string[];
    /** What is missing all the same, in a sentence each. */
    readonly problems: readonly string[];
  }
  /** It is kept, and sent when that is possible. `reason` follows a colon. */
  | { readonly kind: "waiting"; readonly to: string; readonly reason: string }
  /** `reason` is whole sentences. */
  | { readonly kind: "refused"; readonly reason: string };

/** Posts messages elsewhere than in the conversation, within what the person who asks may do. */
export interface MessageSender {
  send(order: MessageOrder, context: ToolContext, signal: AbortSignal): Promise<MessageOutcome>;
  /**
   * Why the person may not have messages sent there from now on, in whole sentences; `undefined` when
   * they may. Asks them first where others would read it.
   */
  permit(
    order: MessageOrder,
    context: ToolContext,
    signal: AbortSignal,
  ): Promise<string | undefined>;
  /** Places that the person may have messages sent to, as one would write them. */
  targets(context: ToolContext, signal: AbortSignal): Promise<readonly string[]>;
}

interface SendInput {
  action: "send" | "list";
  target?: string | undefined;
  message?: string | undefined;
}

/** Has the agent post elsewhere. */
export function createSendMessageTool(sender: MessageSender): Tool<SendInput> {
  return {
    name: "send_message",
    description: "Posts a message somewhere else. Your answer appears in this conversation by " +
      "itself: do not send it. Say that something was sent only when the result has a post id.",
    input: z.object({
      action: z.enum(["send", "list"]).default("send").describe("list: where you may send to"),
      target: z.string().optional()
        .describe("home, @user, ~channel, team/channel, or mattermost:<channel id>[:<thread id>]"),
      message: z.string().optional()
        .describe("Markdown. A line MEDIA:/absolute/path attaches a file"),
    }),
    run: async ({ action, target = "", message = "" }, context, signal) => {
      if (action === "list") return listText(await sender.targets(context, signal));
      if (target.trim() === "") throw new ToolError("No target is named", "Give target.");
      if (message.trim() === "") throw new ToolError("The message is empty", "Give message.");
      return outcomeText(await sender.send({ target, text: message }, context, signal));
    },
  };
}

function listText(targets: readonly string[]): string {
  if (targets.length === 0) {
    return "There is nowhere to send to: @user of people who may talk to me.";
  }
  return `You may send to:\n${targets.map((target) => `- ${target}`).join("\n")}\n` +
    "and to @user, if that person may talk to me.";
}

function outcomeText(outcome: MessageOutcome): string {
  switch (outcome.kind) {
    case "sent": {
      const { postIds, problems, to } = outcome;
      const ids = postIds.join(", ");
      return [`Sent to ${to} (post id ${ids}).`, ...problems].join("\n");
    }
    case "waiting":
      return `Not sent yet: ${outcome.reason}. It is kept, and sent to ${outcome.to} as soon as ` +
        "that is possible, within a day. Do not send it again.";
    case "refused":
      throw new ToolError(
        `Not sent: ${outcome.reason}`,
        "Tell the person instead of trying again.",
      );
  }
}
