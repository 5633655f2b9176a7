/** Longest wait that we grant a provider within one call. */
export const RETRY_AFTER_MS_MAX = 120_000;

/**
 * How long a provider asks to wait: from `retry-after-ms`, from `Retry-After` (seconds or a date), or
 * from words such as `Please retry in 22.5s`. `undefined` when it does not say.
 */
export function parseRetryAfterMs(
  headers: Readonly<Record<string, string>>,
  text: string,
  nowMs: number,
): number | undefined {
  const milliseconds = Number.parseFloat(headers["retry-after-ms"] ?? "");
  if (milliseconds >= 0) return Math.ceil(milliseconds);

  const header = headers["retry-after"]?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(header)) return Math.ceil(Number(header) * 1_000);
  const atMs = Date.parse(header);
  if (!Number.isNaN(atMs)) return Math.max(0, atMs - nowMs);

  const words = /(?:retry|try again) (?:in|after) (\d+(?:\.\d+)?) ?(ms|s|m)/i.exec(text);
  if (words === null) return undefined;
  return Math.ceil(Number(words[1]) * (UNIT_MS[words[2]?.toLowerCase() ?? ""] ?? 1_000));
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
