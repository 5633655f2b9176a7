import type { Dirent } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { openExact, readFolderExact } from "../../runtime/exact_file.ts";
import { IgnoreRules } from "./ignore_rules.ts";

/** A regular file below the folder that is walked. */
export interface WalkedFile {
  /** Relative to that folder. */
  readonly path: string;
  readonly realPath: string;
}

export interface WalkOptions {
  /** Whether tools may see the file or folder at this path, which has no links in it. */
  readonly maySee: (realPath: string) => boolean;
}

/** Hold what was, or what others made, and would drown everything else. */
const SKIPPED_FOLDERS = new Set([".git", ".hg", ".svn", "node_modules"]);
const IGNORE_FILE = ".gitignore";
const IGNORE_BYTES_MAX = 500_000;
/** How far up the folder of a repository is looked for. */
const PARENTS_MAX = 30;

/** The rules of a folder on the way. */
interface FolderRules {
  readonly folder: string;
  readonly rules: IgnoreRules;
}

/**
 * All files below a folder (a real path), folder by folder, in the order of their names. Links are not
 * followed; what a .gitignore leaves out is left out, and so is what cannot be read.
 */
export async function* walkFiles(
  root: string,
  options: WalkOptions,
  signal: AbortSignal,
): AsyncGenerator<WalkedFile> {
  const above = await rulesAbove(root);
  yield* walkFolder(root, root, above, options, signal);
}

async function* walkFolder(
  folder: string,
  root: string,
  above: readonly FolderRules[],
  options: WalkOptions,
  signal: AbortSignal,
): AsyncGenerator<WalkedFile> {
  if (signal.aborted) return;
  const entries = await readFolderExact(folder).catch(() => []); // Closed to us, or gone by now.
  const rules = [...above, ...await rulesIn(folder, entries)];
  const folders: string[] = [];
  for (const entry of entries) {
    const realPath = join(folder, entry.name);
    if (!isWalked(entry) || isIgnored(realPath, entry.isDirectory(), rules)) continue;
    if (!options.maySee(realPath)) continue;
    if (entry.isDirectory()) folders.push(realPath);
    else yield { path: relative(root, realPath), realPath };
  }
  for (const each of folders) yield* walkFolder(each, root, rules, options, signal);
}

function isWalked(entry: Dirent): boolean {
  return entry.isFile() || (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name));
}

/** The innermost folder that says something decides. */
function isIgnored(realPath: string, isFolder: boolean, rules: readonly FolderRules[]): boolean {
  for (const { folder, rules: own } of rules.toReversed()) {
    const path = relative(folder, realPath).replaceAll(sep, "/");
    const verdict = own.judge(path, isFolder);
    if (verdict !== undefined) return verdict === "ignored";
  }
  return false;
}

/** Those of the folders from that of the repository, if this is in one, down to the parent. */
async function rulesAbove(root: string): Promise<readonly FolderRules[]> {
  const rules: FolderRules[] = [];
  let folder = root;
  for (let level = 0; level < PARENTS_MAX; level++) {
    const entries = await readFolderExact(folder).catch(() => []); // Then nothing is known of it.
    if (folder !== root) rules.unshift(...await rulesIn(folder, entries));
    if (entries.some((entry) => entry.name === ".git")) return rules;
    if (folder === dirname(folder)) break;
    folder = dirname(folder);
  }
  return [];
}

async function rulesIn(
  folder: string,
  entries: readonly Dirent[],
): Promise<readonly FolderRules[]> {
  if (!entries.some((entry) => entry.name === IGNORE_FILE && entry.isFile())) return [];
  const bytes = await readSmallFile(join(folder, IGNORE_FILE), IGNORE_BYTES_MAX);
  if (bytes === undefined) return [];
  return [{ folder, rules: new IgnoreRules(new TextDecoder().decode(bytes)) }];
}

/** A regular file of at most `bytesMax` bytes; `undefined` for another one and one that cannot be read. */
export async function readSmallFile(
  realPath: string,
  bytesMax: number,
): Promise<Uint8Array | undefined> {
  try {
    await using file = await openExact(realPath);
    const facts = await file.stat();
    if (!facts.isFile() || facts.size > bytesMax) return undefined;
    const bytes = new Uint8Array(facts.size);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytes.subarray(0, bytesRead);
  } catch {
    return undefined; // Closed to us, or replaced at this moment: a search goes on without it.
  }
}
