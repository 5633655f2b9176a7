import { BOT_ANSWERS_MAX, BOT_WINDOW_MS } from "./bot_budget.ts";

/** What the bot says of its own accord in company. */

/** @param username The bot's, by which it is called. */
export function greetingText(username: string): string {
  return `Hello! I am an assistant. Write \`@${username}\` with your question, and I answer here. ` +
    `\`@${username} !help\` shows what else I can do.`;
}

export const BOT_BUDGET_SPENT =
  `Another bot and I have been talking a lot. I answer ${BOT_ANSWERS_MAX} of its messages in ` +
  `${BOT_WINDOW_MS / 60_000} minutes and leave the others alone.`;
