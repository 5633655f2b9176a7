import type { OutboxEntry } from "./outbox_entry.ts";

/** Goes on after a colon. */
export const LATE_REASON = "it could not be delivered within a day";

/** Stands in the place of a message that came too late. */
export function lateNote({ queuedAtMs, about }: Pick<OutboxEntry, "queuedAtMs" | "about">): string {
  const from = about === undefined ? "" : ` from ${about}`;
  const time = new Date(queuedAtMs).toISOString().slice(0, 16).replace("T", " ");
  return `_(A message${from} of ${time} UTC could not be delivered within a day and was dropped.)_`;
}

/** For the model: why it says what follows. */
export function deliveredNote(about: string | undefined): string {
  const from = about === undefined ? "" : `, from ${about}`;
  return `(Nobody wrote this: the following was posted here without being asked${from}.)`;
}

/** Several messages in one, for whoever slept meanwhile. */
export function digestText(messages: readonly Pick<OutboxEntry, "about" | "text">[]): string {
  const parts = messages.map(({ about, text }) =>
    about === undefined ? text : `_From ${about}:_\n\n${text}`
  );
  return `🌙 **While it was quiet:**\n\n${parts.join("\n\n---\n\n")}`;
}
