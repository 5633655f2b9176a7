import { createHash } from "node:crypto";

/** Longest name of a tool that every provider takes. */
const NAME_CHARS_MAX = 64;
const HASH_CHARS = 8;

/** What the model calls a server's tool. `isTaken` tells of the names before it. */
export function mcpToolName(
  server: string,
  tool: string,
  isTaken: (name: string) => boolean,
): string {
  const name = `mcp_${server}_${tool}`.replaceAll(/\W/g, "_");
  if (name.length <= NAME_CHARS_MAX && !isTaken(name)) return name;
  // By both names, so that a tool keeps its own whatever else there is.
  const hash = createHash("sha256").update(`${server}\n${tool}`).digest("hex");
  return `${name.slice(0, NAME_CHARS_MAX - HASH_CHARS - 1)}_${hash.slice(0, HASH_CHARS)}`;
}
