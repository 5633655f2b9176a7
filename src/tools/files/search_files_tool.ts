import { stat } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { z } from "zod";
import type { Clock } from "../../runtime/clock.ts";
import { judgeRead, type PathPlaces } from "../../safety/path_rules.ts";
import { realPathOf } from "../../safety/real_path.ts";
import { ToolError } from "../errors.ts";
import type { Tool, ToolContext } from "../tool.ts";
import type { FileAccess, FoundPath } from "./file_access.ts";
import { compileGlob } from "./glob.ts";
import { findLineMatcher, type LineMatcher } from "./line_matcher.ts";
import { FoundLinesReport } from "./found_lines_report.ts";
import { matchContents } from "./match_contents.ts";
import { type WalkedFile, walkFiles } from "./walk_files.ts";

const RESULTS_DEFAULT = 50;
const RESULTS_MAX = 500;
const CONTEXT_LINES_MAX = 20;
/** Files that one search looks at. */
const FILES_MAX = 50_000;
const SEARCH_MS_MAX = 30_000;

export interface SearchDeps {
  readonly access: FileAccess;
  readonly places: PathPlaces;
  /** Where programs are looked for. */
  readonly programPath: string;
  readonly clock: Clock;
}

export interface SearchInput {
  readonly pattern: string;
  readonly target: "content" | "files";
  readonly path: string;
  readonly file_glob?: string | undefined;
  readonly limit: number;
  readonly offset: number;
  readonly output_mode: "content" | "files_only" | "count";
  readonly context: number;
}

/** Finds files by their names, and lines in them. What may not be read is not found. */
export function createSearchFilesTool(deps: SearchDeps): Tool<SearchInput> {
  let matcher: Promise<LineMatcher | undefined> | undefined;
  const findMatcher = () =>
    matcher ??= findLineMatcher(deps.programPath, new AbortController().signal);
  return {
    name: "search_files",
    description:
      "Finds lines in text files (target=content, pattern is a regular expression), or " +
      "files by name (target=files, pattern is a glob such as *.ts; the newest come first). What " +
      ".gitignore leaves out is left out.",
    input: z.object({
      pattern: z.string().min(1).max(10_000),
      target: z.enum(["content", "files"]).default("content"),
      path: z.string().min(1).default(".").describe("Folder or file to look in"),
      file_glob: z.string().optional().describe("Only files of this name, e.g. *.{ts,tsx}"),
      limit: z.int().min(1).max(RESULTS_MAX).default(RESULTS_DEFAULT),
      offset: z.int().min(0).default(0).describe("Results to skip"),
      output_mode: z.enum(["content", "files_only", "count"]).default("content"),
      context: z.int().min(0).max(CONTEXT_LINES_MAX).default(0).describe("Lines around each match"),
    }),
    readOnly: true,
    run: async (input, context, signal) => {
      const root = await deps.access.find(input.path, "read", context);
      const search = await openSearch(input, root, deps, signal);
      try {
        if (input.target === "files") return await findFiles(input, root, search, context, deps);
        const program = await findMatcher();
        if (program !== undefined) {
          return await findContents(input, root, search, program, context, deps);
        }
        throw new ToolError("Cannot search: there is neither rg nor grep", "Install ripgrep.");
      } finally {
        await search.end();
        signal.throwIfAborted();
      }
    },
  };
}

/** One search under way. */
interface Search {
  readonly files: AsyncIterable<WalkedFile>;
  readonly signal: AbortSignal;
  /** Why it may not have found all; `""` when it has. */
  shortfall(): string;
  /** Releases its clock. */
  end(): Promise<void>;
}

async function openSearch(
  input: SearchInput,
  root: FoundPath,
  { places, clock }: SearchDeps,
  signal: AbortSignal,
): Promise<Search> {
  const facts = await stat(root.realPath).catch(() => {
    const reason = `Cannot search in "${input.path}": there is no such folder`;
    throw new ToolError(reason, "Check path.");
  });
  const ended = new AbortController();
  const timeUp = new AbortController();
  const limit = clock.sleep(SEARCH_MS_MAX, AbortSignal.any([signal, ended.signal]))
    .then(() => timeUp.abort());
  const stop = AbortSignal.any([signal, timeUp.signal]);
  const realPlaces = {
    userHome: await realPathOf(places.userHome),
    hermesHome: await realPathOf(places.hermesHome),
  };
  const maySee = (realPath: string) => judgeRead(realPath, realPlaces).kind === "allowed";
  let seen = 0;
  async function* files(): AsyncGenerator<WalkedFile> {
    if (facts.isFile()) {
      return yield { path: basename(root.realPath), realPath: root.realPath };
    }
    const fits = input.file_glob === undefined ? () => true : compileGlob(input.file_glob);
    for await (const file of walkFiles(root.realPath, { maySee }, stop)) {
      if (++seen > FILES_MAX) return;
      if (fits(file.path.replaceAll(sep, "/"))) yield file;
    }
  }
  return {
    files: files(),
    signal: stop,
    shortfall: () => {
      if (seen > FILES_MAX) return `There are more than ${FILES_MAX} files: give a narrower path.`;
      if (!timeUp.signal.aborted) return "";
      return `Stopped after ${SEARCH_MS_MAX / 1_000} seconds: give a narrower path or file_glob.`;
    },
    end: async () => {
      ended.abort();
      await limit;
    },
  };
}

async function findContents(
  input: SearchInput,
  root: FoundPath,
  { files, signal, shortfall }: Search,
  program: LineMatcher,
  context: ToolContext,
  { access }: SearchDeps,
): Promise<string> {
  const report = new FoundLinesReport(input, (file) => nameOf(file, root, context, access));
  const onLine = report.add.bind(report);
  const { pattern, context: contextLines } = input;
  const search = { files, pattern, contextLines, onLine };
  const { leftOut } = await matchContents(search, program, signal);
  const notes = [shortfall()];
  if (leftOut > 0) notes.push(`${leftOut} files were too large or closed, and left out.`);
  return report.text(notes.filter((note) => note !== ""));
}

async function findFiles(
  input: SearchInput,
  root: FoundPath,
  { files, shortfall }: Search,
  context: ToolContext,
  { access }: SearchDeps,
): Promise<string> {
  const { pattern, offset, limit } = input;
  const fits = compileGlob(/[*?[{]/.test(pattern) ? pattern : `*${pattern}*`);
  const found: { readonly file: WalkedFile; readonly modifiedMs: number }[] = [];
  for await (const file of files) {
    if (!fits(file.path.replaceAll(sep, "/"))) continue;
    const facts = await stat(file.realPath).catch(() => undefined);
    if (facts !== undefined) found.push({ file, modifiedMs: facts.mtimeMs });
  }
  found.sort((a, b) => b.modifiedMs - a.modifiedMs);
  const shown = found.slice(offset, offset + limit)
    .map(({ file }) => nameOf(file, root, context, access));
  const left = found.length - offset - shown.length;
  const notes = [
    shown.length === 0 ? "No files found." : "",
    left > 0 ? `${left} more: go on with offset=${offset + limit}.` : "",
    shortfall(),
  ].filter((note) => note !== "");
  return [...shown, ...notes.map((note) => `[${note}]`)].join("\n");
}

/** As the model would name the file. */
function nameOf(
  file: WalkedFile,
  root: FoundPath,
  context: ToolContext,
  access: FileAccess,
): string {
  const folder = file.realPath === root.realPath ? dirname(root.path) : root.path;
  const name = access.shown(join(folder, file.path), context);
  return /\p{Cc}/u.test(name) ? JSON.stringify(name) : name;
}
