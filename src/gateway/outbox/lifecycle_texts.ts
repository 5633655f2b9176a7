import type { GatewayStatus } from "../gateway_status.ts";

export const STOPPING_TEXT =
  "⏹️ Hermes is stopping. What you write meanwhile is answered after the next start.";

/** What is said at a start, by how the process before it ended. */
export function startedText(earlier: GatewayStatus | undefined, nowMs: number): string {
  if (earlier === undefined) return "▶️ Hermes has started.";
  const { ended } = earlier;
  if (ended === undefined) {
    return "⚠️ Hermes is back. The last time it ended without a word: it was killed, or the machine " +
      "went down. What was left unanswered is answered now.";
  }
  const away = `after ${awayText(nowMs - ended.atMs)}`;
  if (ended.problem === undefined) return `▶️ Hermes is back, ${away}.`;
  return `⚠️ Hermes is back, ${away}. It had ended with a problem: ${ended.problem.message}`;
}

function awayText(awayMs: number): string {
  const minutes = Math.round(awayMs / 60_000);
  if (minutes < 1) return "a moment";
  if (minutes < 120) return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
