import { HermesError } from "../errors.ts";
import type { Log } from "../runtime/log.ts";

/**
 * Says in the log what failed while a post was answered, and gives what the person is told: they are
 * always told. What is no `HermesError` is a bug: the log has its stack.
 */
export function reportFailure(
  error: unknown,
  about: { readonly event: string; readonly postId: string },
  log: Log,
): string {
  const isKnown = error instanceof HermesError;
  log("error", about.event, {
    postId: about.postId,
    code: isKnown ? error.code : "bug",
    error: isKnown ? error.message : error instanceof Error ? error.stack : String(error),
  });
  if (isKnown) return `⚠️ ${error.message}. ${error.hint}`;
  return "⚠️ Something went wrong inside Hermes. The log of the gateway says what.";
}
