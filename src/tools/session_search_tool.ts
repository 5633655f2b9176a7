import { z } from "zod";
import type { SaidLine, SessionHistory } from "../sessions/search/session_history.ts";
import { searchTerms } from "../sessions/search/search_terms.ts";
import { isSessionOf, lastAtMs, type SessionSearch } from "../sessions/search/session_search.ts";
import { cutText } from "../transcript/cut_text.ts";
import { ToolError } from "./errors.ts";
import type { Tool, ToolContext } from "./tool.ts";

const HITS_MAX = 10;
const HITS_DEFAULT = 3;
const WINDOW_MAX = 20;
const WINDOW_DEFAULT = 5;
/** Of a session that is read whole, the first and the last lines are shown. */
const READ_FIRST = 20;
const READ_LAST = 10;
const LINE_CHARS_MAX = 1_000;
const SNIPPET_CHARS_MAX = 300;

interface SearchInput {
  query?: string | undefined;
  limit: number;
  sort: "best" | "newest" | "oldest";
  session_id?: string | undefined;
  around?: number | undefined;
  window: number;
}

export interface SessionSearchToolDeps {
  readonly search: SessionSearch;
  /** IANA name of the time zone in which dates are told. */
  readonly timeZone: string;
  /** Whether whoever asks may read every session: at a terminal, with the files at hand anyway. */
  readonly readsAll: boolean;
}

/** Looks into earlier conversations of the person who asks. */
export function createSessionSearchTool(deps: SessionSearchToolDeps): Tool<SearchInput> {
  return {
    name: "session_search",
    description: "Looks into earlier conversations with this person. With query it finds the " +
      "sessions that hold the words; with session_id it reads one, with around the lines near a " +
      "number; without arguments it lists the newest.",
    input: z.object({
      query: z.string().optional(),
      limit: z.int().min(1).max(HITS_MAX).default(HITS_DEFAULT),
      sort: z.enum(["best", "newest", "oldest"]).default("best"),
      session_id: z.string().optional(),
      around: z.int().min(0).optional().describe("Number of a line in that session"),
      window: z.int().min(1).max(WINDOW_MAX).default(WINDOW_DEFAULT),
    }),
    readOnly: true,
    run: async (input, context) => {
      const mayRead = (session: SessionHistory) => deps.readsAll || isReadable(session, context);
      const { session_id: id, query } = input;
      if (id !== undefined && id !== "") {
        const found = (await deps.search.sessions(mayRead)).find(({ summary }) =>
          summary.id === id
        );
        if (found === undefined) {
          throw new ToolError(`There is no session "${id}"`, "Search first.");
        }
        return readSession(found, input, deps);
      }
      const others = (session: SessionHistory) =>
        mayRead(session) && session.summary.key !== context.sessionKey;
      if (query === undefined || query.trim() === "") return await browse(others, input, deps);
      return await discover(query, others, input, deps);
    },
  };
}

/** In a session that others read, only what was said in such sessions; never from a direct message. */
function isReadable(session: SessionHistory, { person, hasSeveralPeople }: ToolContext): boolean {
  if (person === undefined || !isSessionOf(person.id, session)) return false;
  return !hasSeveralPeople || session.people.size > 1;
}

async function browse(
  mayRead: (session: SessionHistory) => boolean,
  { limit }: SearchInput,
  deps: SessionSearchToolDeps,
): Promise<string> {
  const sessions = (await deps.search.sessions(mayRead)).slice(0, limit);
  if (sessions.length === 0) return "There are no earlier conversations.";
  return sessions.map((session) => {
    const first = session.lines.find(({ role }) => role === "user")?.text ?? "";
    return `${titleOf(session, deps)}: ${oneLine(first, SNIPPET_CHARS_MAX)}`;
  }).join("\n");
}

async function discover(
  query: string,
  mayRead: (session: SessionHistory) => boolean,
  { limit, sort }: SearchInput,
  deps: SessionSearchToolDeps,
): Promise<string> {
  const hits = [...await deps.search.find(query, mayRead)];
  if (sort !== "best") {
    const sign = sort === "newest" ? 1 : -1;
    hits.sort((a, b) => sign * (lastAtMs(b.session) - lastAtMs(a.session)));
  }
  if (hits.length === 0) return "Nothing was found. Try other words, or fewer.";
  const terms = new Set(searchTerms(query));
  const shown = hits.slice(0, limit).map(({ session, lineIndex }) => {
    const line = session.lines[lineIndex];
    const text = line === undefined ? "" : `${lineIndex}. ${line.role}: ${mark(line.text, terms)}`;
    return `${titleOf(session, deps)}\n${text}`;
  });
  const left = hits.length - shown.length;
  return [...shown, ...(left > 0 ? [`(${left} more sessions: raise limit)`] : [])].join("\n\n");
}

function readSession(
  session: SessionHistory,
  { around, window }: SearchInput,
  deps: SessionSearchToolDeps,
): string {
  const { lines } = session;
  const show = (index: number) => {
    const line = lines[index];
    return line === undefined ? "" : formatLine(line, index);
  };
  const indices = lines.map((_, index) => index);
  const title = titleOf(session, deps);
  if (around !== undefined) {
    const near = indices.filter((index) => Math.abs(index - around) <= window);
    if (near.length === 0) {
      throw new ToolError(`The session has no line ${around}`, `It has ${lines.length} lines.`);
    }
    return [title, ...near.map(show)].join("\n");
  }
  if (lines.length <= READ_FIRST + READ_LAST) return [title, ...indices.map(show)].join("\n");
  const left = lines.length - READ_FIRST - READ_LAST;
  return [
    title,
    ...indices.slice(0, READ_FIRST).map(show),
    `(${left} lines are left out: read them with around)`,
    ...indices.slice(-READ_LAST).map(show),
  ].join("\n");
}

function titleOf(session: SessionHistory, { timeZone }: SessionSearchToolDeps): string {
  const when = new Intl.DateTimeFormat("en-US", {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone,
  })
    .format(lastAtMs(session));
  return `[${session.summary.id}] ${when}, ${session.lines.length} lines`;
}

function formatLine({ role, text }: SaidLine, index: number): string {
  return `${index}. ${role}: ${cutText(text, LINE_CHARS_MAX)}${
    text.length > LINE_CHARS_MAX ? "…" : ""
  }`;
}

/** The part of a text around the first word that was looked for, with these words marked. */
function mark(text: string, terms: ReadonlySet<string>): string {
  const isHit = (word: string) => searchTerms(word).some((term) => terms.has(term));
  const words = text.replaceAll(/\s+/g, " ").split(" ");
  const first = Math.max(0, words.findIndex(isHit));
  const before = words.slice(0, first).join(" ");
  const start = Math.max(0, before.length - SNIPPET_CHARS_MAX / 3);
  const lead = before.slice(start);
  const rest = words.slice(first).map((word) => isHit(word) ? `>>>${word}<<<` : word).join(" ");
  return `${start > 0 ? "…" : ""}${oneLine(`${lead} ${rest}`, SNIPPET_CHARS_MAX)}`;
}

function oneLine(text: string, charsMax: number): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= charsMax ? line : `${cutText(line, charsMax)}…`;
}
