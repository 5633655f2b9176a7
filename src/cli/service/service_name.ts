import { createHash } from "node:crypto";

/**
 * What tells the services of several homes apart: nothing for the usual one, else a digest of the
 * path, which stays the same for ever.
 */
export function serviceSuffix(home: string, usualHome: string): string {
  if (home === usualHome) return "";
  return `-${createHash("sha256").update(home).digest("hex").slice(0, 8)}`;
}
