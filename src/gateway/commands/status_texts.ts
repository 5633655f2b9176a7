import type { SessionSummary, SessionUsage } from "../../sessions/session_store.ts";
import type { Cost } from "../../transcript/message.ts";
import type { LiveConversation } from "./chat_command.ts";

/** What the bot says about where a conversation stands. */

/** What is asked how: for `!status` and `!model`. */
export interface ModelFacts {
  readonly modelId: string;
  readonly contextTokensMax: number;
  readonly reasoningEffort: string;
  /** Somebody chose it for this conversation. */
  readonly isChosen: boolean;
}

export interface StatusFacts {
  readonly session: SessionSummary | undefined;
  readonly day: (atMs: number) => string;
  readonly model: ModelFacts;
  readonly usage: SessionUsage;
  readonly live: LiveConversation;
  readonly jobs: number;
  /** Commands run without a question. */
  readonly isUnguarded: boolean;
}

export function statusText(facts: StatusFacts): string {
  const { session, model, usage, live, jobs } = facts;
  const name = session?.title === undefined ? "This conversation" : `\`${session.title}\``;
  const since = session === undefined
    ? " begins with your next message"
    : ` · since ${facts.day(session.createdAtMs)} · \`${session.id}\``;
  const lines = [
    `**${name}**${since}`,
    `- Model: ${modelText(model)}`,
    `- Context: ${contextText(usage.contextTokens, model.contextTokensMax)}`,
    `- Used: ${usedText(usage)}`,
    `- Now: ${nowText(live)}`,
    ...jobs > 0 ? [`- Background jobs: ${jobs}`] : [],
    ...facts.isUnguarded ? ["- ⚠️ Commands run without a question: `!yolo off` ends that."] : [],
  ];
  return lines.join("\n");
}

export function modelText({ modelId, reasoningEffort, isChosen }: ModelFacts): string {
  const own = isChosen ? ", chosen for this conversation" : "";
  return `\`${modelId}\` (reasoning ${reasoningEffort}${own})`;
}

function contextText(tokens: number, tokensMax: number): string {
  if (tokens === 0) return `empty, of ${count(tokensMax)} tokens`;
  const percent = Math.min(100, Math.round(100 * tokens / tokensMax));
  return `${count(tokens)} of ${count(tokensMax)} tokens (${percent} %)`;
}

function usedText({ calls, tokens, cost }: SessionUsage): string {
  if (calls === 0) return "nothing yet";
  const sum = tokens.inputTokens + tokens.outputTokens;
  return `${count(sum)} tokens in ${calls} ${calls === 1 ? "call" : "calls"}, ${costText(cost)}`;
}

export function usageText({ calls, tokens, cost, contextTokens }: SessionUsage): string {
  if (calls === 0) return "No model was called in this conversation yet.";
  const details: readonly (readonly [what: string, tokens: number])[] = [
    ["Input", tokens.inputTokens],
    ["of it from the cache", tokens.cachedInputTokens],
    ["of it into the cache", tokens.cacheWriteTokens],
    ["Output", tokens.outputTokens],
    ["of it reasoning", tokens.reasoningTokens],
    ["In the window now", contextTokens],
  ];
  const rows = details.filter(([, number]) => number > 0)
    .map(([what, number]) => `| ${what} | ${count(number)} |`);
  return [
    `**Usage** of this conversation: ${calls} ${calls === 1 ? "call" : "calls"}, ${costText(cost)}`,
    "",
    "| Tokens | |",
    "| :-- | --: |",
    ...rows,
  ].join("\n");
}

function costText({ usd, status }: Cost): string {
  if (status === "unknown") return usd === 0 ? "cost unknown" : `at least $${usd.toFixed(4)}`;
  return `${status === "estimated" ? "about " : ""}$${usd.toFixed(4)}`;
}

function nowText({ isRunning, tools, waiting }: LiveConversation): string {
  const names = tools.map((name) => `\`${name}\``).join(", ");
  const runs = isRunning ? `at work${names === "" ? "" : ` with ${names}`}` : "idle";
  return waiting === 0 ? runs : `${runs}, ${waiting} waiting`;
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}
