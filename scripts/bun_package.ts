import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";

const REGISTRY_URL = process.env["NPM_CONFIG_REGISTRY"] ?? "";
const FETCH_LIMIT_MS = 300_000;

/**
 * Gives the path of the npm package (a .tgz) that holds Bun for another platform. What is fetched is
 * kept in `cacheDir`; kept or fetched, only the bytes that `deno.lock` pins are used.
 */
export async function fetchBunPackage(
  name: string,
  version: string,
  cacheDir: string,
): Promise<string> {
  const lock = JSON.parse(await readFile("deno.lock", "utf8"));
  const integrity = lock.npm[`@oven/${name}@${version}`]?.integrity;
  const path = join(cacheDir, `${name}-${version}.tgz`);
  const kept = await readFile(path).catch(() => undefined);
  if (kept !== undefined && integrityOf(kept) === integrity) return path;

  const url = `${REGISTRY_URL.replace(/\/$/, "")}/@oven/${name}/-/${name}-${version}.tgz`;
  const fetched = await fetchBytes(url);
  if (integrityOf(fetched) !== integrity) {
    throw new Error(
      `Cannot use ${url}: deno.lock pins ${integrity}, this is ${integrityOf(fetched)}`,
    );
  }
  await mkdir(cacheDir, { recursive: true });
  await writeFile(`${path}.part`, fetched);
  await rename(`${path}.part`, path);
  return path;
}

async function fetchBytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_LIMIT_MS) });
  if (!response.ok) throw new Error(`Cannot fetch ${url}: HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function integrityOf(bytes: Uint8Array): string {
  return `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
}
