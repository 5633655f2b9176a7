import { NOTHING_RUNS } from "../commands/command_texts.ts";
import type { Interruption } from "./turn_control.ts";

/** Below an answer that ends because something newer was said. */
export const OVERTAKEN_NOTE = "_(Interrupted by the next message.)_";

/** For the model, in the place of what it would have said. */
export const OVERTAKEN_TEXT = "(The next message interrupted me here.)";

/** Where no turn runs, and messages waited for something else. */
export function droppedNote(count: number): string {
  return `${NOTHING_RUNS}${droppedText(count)}`;
}

/** What becomes of a message that does not end what runs. */
export const QUEUED_NOTE = "I am still at an earlier message. This one comes next.";
export const STEERED_NOTE = "I take this into account at my next step.";

/** Below an answer that somebody stopped. */
export function stoppedNote(
  { tools, dropped }: Extract<Interruption, { kind: "stopped" }>,
): string {
  const names = [...new Set(tools)].map((name) => `\`${name}\``).join(", ");
  const during = names === "" ? "" : ` while running ${names}`;
  return `_(Stopped${during}.${droppedText(dropped)})_`;
}

function droppedText(count: number): string {
  if (count === 0) return "";
  return count === 1
    ? " One message that waited is dropped."
    : ` ${count} messages that waited are dropped.`;
}
