import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "./run_command.ts";

const FETCH_LIMIT_MS = 300_000;

/**
 * Gives the path of the npm package (a .tgz) that holds Bun for another platform. What npm fetches is
 * kept in `cacheDir`; kept or fetched, only the bytes that `deno.lock` pins are used.
 */
export async function fetchBunPackage(
  name: string,
  version: string,
  cacheDir: string,
): Promise<string> {
  const lock = JSON.parse(await readFile("deno.lock", "utf8"));
  const pinned = lock.npm[`@oven/${name}@${version}`]?.integrity;
  const path = join(cacheDir, `oven-${name}-${version}.tgz`);
  if (pinned !== undefined && await integrityOf(path) === pinned) return path;

  await mkdir(cacheDir, { recursive: true });
  const pack = [
    "npm",
    "pack",
    `@oven/${name}@${version}`,
    `--pack-destination=${cacheDir}`,
    "--loglevel=error",
  ] as const;
  if (!await runCommand(pack, FETCH_LIMIT_MS, "ignore")) {
    throw new Error(`Cannot fetch @oven/${name}@${version}: see above`);
  }
  const fetched = await integrityOf(path);
  if (fetched === pinned) return path;
  throw new Error(`Cannot use @oven/${name}@${version}: deno.lock pins ${pinned}, not ${fetched}`);
}

/** `undefined` when there is no such file. */
async function integrityOf(path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) return undefined;
  return `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
}
