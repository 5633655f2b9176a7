import { readlink, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { systemCodeOf } from "../runtime/file_error.ts";

/** Links that lead nowhere, one after the other; the system itself follows no more. */
const DEAD_LINKS_MAX = 40;

/**
 * `path` without links, also of what does not exist (yet): the folders that exist are followed, and
 * a link that leads nowhere counts as what it would make. Throws what the system throws for loops.
 */
export async function realPathOf(path: string): Promise<string> {
  const missing: string[] = [];
  let current = resolve(path);
  for (let links = 0; links <= DEAD_LINKS_MAX;) {
    const real = await unlessMissing(realpath(current));
    if (real !== undefined) return join(real, ...missing);
    const target = await unlessMissing(readlink(current));
    if (target === undefined) {
      missing.unshift(basename(current));
      current = dirname(current);
    } else {
      links++;
      current = resolve(await realpath(dirname(current)), target);
    }
  }
  throw new Error(`Too many links at ${path}`);
}

/** `undefined` for what is not there, and for what is no link. */
async function unlessMissing(work: Promise<string>): Promise<string | undefined> {
  try {
    return await work;
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EINVAL"].includes(systemCodeOf(error) ?? "")) return undefined;
    throw error;
  }
}
