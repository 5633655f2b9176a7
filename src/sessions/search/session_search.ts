import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type MiniSearch from "minisearch";
import { FileError, systemCodeOf } from "../../runtime/file_error.ts";
import type { Log } from "../../runtime/log.ts";
import { searchTerms } from "./search_terms.ts";
import { readSessionHistory, type SessionHistory } from "./session_history.ts";

/** One of several sessions in which something was found. */
export interface SearchHit {
  readonly session: SessionHistory;
  /** Which of its lines fits best. */
  readonly lineIndex: number;
  readonly score: number;
}

export interface SessionSearchDeps {
  /** Where the store keeps its files. They are only read, also while a gateway writes them. */
  readonly folder: string;
  readonly log: Log;
}

/** Lines that are kept for searching, the newest; more would fill the memory. */
const LINES_MAX = 50_000;
/** Of each line only so much is searched. */
const LINE_CHARS_MAX = 4_000;
/** Sessions read at a time. */
const READERS_MAX = 16;
const INDEX_FILE = "index.jsonl";
/** More than that no search needs; the rest of the matches are worse. */
const MATCHES_MAX = 500;

interface IndexedLine {
  readonly id: string;
  readonly text: string;
}

interface KnownSession {
  readonly version: string;
  /** `undefined` for a file that is no session. */
  readonly history: SessionHistory | undefined;
}

/**
 * Finds what was said in the sessions of a home. The index is made when it is first asked, and each
 * question reads only the files that have changed since.
 */
export class SessionSearch {
  readonly #deps: SessionSearchDeps;
  /** By the name of the file. */
  readonly #known = new Map<string, KnownSession>();
  #index: MiniSearch<IndexedLine> | undefined;
  /** Questions wait for each other: they change the index. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: SessionSearchDeps) {
    this.#deps = deps;
  }

  /** All sessions that `mayRead` lets through, the ones with the newest words first. */
  async sessions(
    mayRead: (session: SessionHistory) => boolean,
  ): Promise<readonly SessionHistory[]> {
    await this.#fresh();
    return this.#readable(mayRead).toSorted((a, b) => lastAtMs(b) - lastAtMs(a));
  }

  /** The best line of each session that holds words of the query, the best session first. */
  async find(
    query: string,
    mayRead: (session: SessionHistory) => boolean,
  ): Promise<readonly SearchHit[]> {
    const index = await this.#fresh();
    const readable = new Map(this.#readable(mayRead).map((each) => [each.summary.id, each]));
    const matches = index.search(query, {
      filter: ({ id }) => readable.has(sessionIdOf(id)),
    });
    const best = new Map<string, SearchHit>();
    for (const { id, score } of matches.slice(0, MATCHES_MAX)) {
      const session = readable.get(sessionIdOf(id));
      if (session === undefined || best.has(session.summary.id)) continue;
      best.set(session.summary.id, { session, lineIndex: Number(id.split("/")[1]), score });
    }
    return [...best.values()];
  }

  #readable(mayRead: (session: SessionHistory) => boolean): SessionHistory[] {
    return [...this.#known.values()].map(({ history }) => history)
      .filter((history) => history !== undefined)
      .filter((history) => history.lines.length > 0 && mayRead(history));
  }

  #fresh(): Promise<MiniSearch<IndexedLine>> {
    const fresh = this.#last.then(() => this.#refresh());
    this.#last = fresh.catch(() => {}); // Whoever asked is told.
    return fresh;
  }

  async #refresh(): Promise<MiniSearch<IndexedLine>> {
    const index = this.#index ??= await createIndex();
    const changed = await this.#changedFiles(index);
    for (let start = 0; start < changed.length; start += READERS_MAX) {
      await Promise.all(
        changed.slice(start, start + READERS_MAX)
          .map(async ({ name, version }) => {
            const history = await this.#read(name);
            this.#forget(name, index);
            this.#known.set(name, { version, history });
            if (history !== undefined) index.addAll(toIndexed(history));
          }),
      );
    }
    this.#makeRoom(index);
    return index;
  }

  /** Files that are new or longer, the newest last; what is gone is forgotten. */
  async #changedFiles(
    index: MiniSearch<IndexedLine>,
  ): Promise<{ readonly name: string; readonly version: string }[]> {
    const names = (await readFolder(this.#deps.folder))
      .filter((name) => name.endsWith(".jsonl") && name !== INDEX_FILE).toSorted();
    const there = new Set(names);
    for (const name of this.#known.keys()) if (!there.has(name)) this.#forget(name, index);
    const versions = await Promise.all(names.map(async (name) => {
      const facts = await stat(join(this.#deps.folder, name)).catch(() => undefined);
      return { name, version: facts === undefined ? "" : `${facts.size} ${facts.mtimeMs}` };
    }));
    return versions.filter(({ name, version }) =>
      version !== "" && this.#known.get(name)?.version !== version
    );
  }

  async #read(name: string): Promise<SessionHistory | undefined> {
    const path = join(this.#deps.folder, name);
    try {
      return await readSessionHistory(path);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.#deps.log("warn", "sessions.not_searched", { file: path, error: error.message });
      return undefined;
    }
  }

  #forget(name: string, index: MiniSearch<IndexedLine>): void {
    const history = this.#known.get(name)?.history;
    this.#known.delete(name);
    if (history === undefined) return;
    for (const { id } of toIndexed(history)) if (index.has(id)) index.discard(id);
  }

  /** The oldest sessions can still be read, but not searched. Names of files sort by time. */
  #makeRoom(index: MiniSearch<IndexedLine>): void {
    for (const name of [...this.#known.keys()].toSorted()) {
      if (index.documentCount <= LINES_MAX) return;
      const history = this.#known.get(name)?.history;
      for (const { id } of history === undefined ? [] : toIndexed(history)) {
        if (index.has(id)) index.discard(id);
      }
    }
  }
}

/** Whether a person spoke in a session, or it is theirs alone: what they may find again. */
export function isSessionOf(personId: string, { summary, people }: SessionHistory): boolean {
  return people.has(personId) || summary.key.endsWith(`:${personId}`);
}

/** What happened last in a session, in milliseconds since 1970-01-01 UTC. */
export function lastAtMs({ lines, summary }: SessionHistory): number {
  return lines.at(-1)?.atMs ?? summary.createdAtMs;
}

async function createIndex(): Promise<MiniSearch<IndexedLine>> {
  const { default: MiniSearch } = await import("minisearch");
  return new MiniSearch<IndexedLine>({
    fields: ["text"],
    tokenize: searchTerms,
    processTerm: (term) => term,
    searchOptions: {
      prefix: (term) => term.length > 3,
      fuzzy: (term) => term.length > 5 ? 0.2 : false,
    },
  });
}

function toIndexed({ summary, lines }: SessionHistory): IndexedLine[] {
  return lines.map(({ text }, index) => ({
    id: `${summary.id}/${index}`,
    text: text.slice(0, LINE_CHARS_MAX),
  }));
}

function sessionIdOf(lineId: string): string {
  return lineId.slice(0, lineId.indexOf("/"));
}

async function readFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return [];
    throw new FileError("read", folder, error);
  }
}
