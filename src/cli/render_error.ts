import { HermesError } from "../errors.ts";

/** One sentence for what we expect to fail, with its remedy; the whole stack for a bug. */
export function renderError(error: unknown): string {
  if (error instanceof HermesError) return `${sentence(error.message)}\n  ${error.hint}`;
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  return `Hermes failed in a way that it should not. Please report this:\n${text}`;
}

/** Ends a message as a sentence: messages carry no full stop of their own, some end in a question. */
export function sentence(message: string): string {
  return /[.?!]$/.test(message) ? message : `${message}.`;
}
