import type { ProgressLine } from "./tool_progress.ts";

/** Signs of the tools that people meet most; the others share one. */
const SIGNS: Readonly<Record<string, string>> = {
  terminal: "💻",
  process: "💻",
  read_file: "📖",
  write_file: "✏️",
  patch: "✏️",
  search_files: "🔎",
  session_search: "🔎",
  web_search: "🌐",
  web_extract: "🌐",
  vision_analyze: "🖼️",
  memory: "🧠",
  skill_view: "📚",
  skill_manage: "📚",
  todo: "📋",
  clarify: "❓",
  cronjob: "⏰",
  send_message: "✉️",
  delegate_task: "👥",
};
const OTHER_SIGN = "🔧";
const STATES: Readonly<Record<ProgressLine["state"], string>> = {
  running: " …",
  done: "",
  failed: " ✗",
};
/** Tools that a summary names. */
const NAMES_SHOWN_MAX = 5;

/** What tools do while they run, a line each. */
export function progressText(lines: readonly ProgressLine[], leftOut: number): string {
  const earlier = leftOut > 0 ? [`_${leftOut} more before_`] : [];
  return [...earlier, ...lines.map(lineText)].join("\n");
}

function lineText({ name, preview, count, state }: ProgressLine): string {
  const shown = preview === "" ? "" : ` \`${preview}\``;
  const times = count > 1 ? ` ×${count}` : "";
  return `${SIGNS[name] ?? OTHER_SIGN} ${name}${times}${shown}${STATES[state]}`;
}

/** What tools did, in one line. */
export function progressSummary(counts: ReadonlyMap<string, number>, tookMs: number): string {
  const names = [...counts].map(([name, count]) => count > 1 ? `${name} ×${count}` : name);
  const more = names.length - NAMES_SHOWN_MAX;
  const shown = names.slice(0, NAMES_SHOWN_MAX).join(", ");
  const rest = more > 0 ? ` and ${more} more` : "";
  return `*${OTHER_SIGN} ${shown}${rest} · ${durationText(tookMs)}*`;
}

/** Below what there is of an answer that takes its time. */
export function slowText(sinceMs: number): string {
  return `*⏳ Still working, for ${durationText(sinceMs)} now.*`;
}

/** The same when something is there. */
export function slowSummary(tookMs: number): string {
  return `*⏳ This took more than ${durationText(tookMs)}.*`;
}

function durationText(durationMs: number): string {
  const seconds = Math.round(durationMs / 1_000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
