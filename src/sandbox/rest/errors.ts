// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import { wordsFor } from "../messages.ts";
import type { Refusal } from "../refusal.ts";
import type { ServerSettings } from "../settings.ts";

/** The text of an error body. An unknown route answers without a request id. */
export function errorJson(
  refusal: Refusal,
  locale: ServerSettings["locale"],
  requestId?: string,
): string {
  const isUnknownRoute = refusal.id === "api.context.404.app_error";
  return JSON.stringify({
    id: refusal.id,
    message: wordsFor(refusal.id, locale, refusal.subjects),
    detailed_error: isUnknownRoute
      ? `There doesn't appear to be an api call for the url='${refusal.subjects.join()}'.`
      : "",
    ...(requestId === undefined || isUnknownRoute ? {} : { request_id: requestId }),
    status_code: refusal.status,
  });
}
