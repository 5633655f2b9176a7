import { join } from "node:path";
import { type HomePaths, homePaths, resolveHome } from "../../config/paths.ts";
import { HermesError } from "../../errors.ts";
import { silentLog } from "../../runtime/log.ts";
import type { SessionHistory } from "../../sessions/search/session_history.ts";
import { lastAtMs, SessionSearch } from "../../sessions/search/session_search.ts";
import type { CliIo } from "../io.ts";

/** Where a conversation was held. */
export type Source = "mattermost" | "cli";

export interface KeptSession {
  readonly history: SessionHistory;
  readonly source: Source;
  readonly path: string;
}

/** No conversation, or more than one, is meant by an id. */
export class SessionIdError extends HermesError {
  override readonly name = "SessionIdError";
  override readonly code = "sessions.id";

  constructor(id: string, count: number) {
    const reason = count === 0 ? "there is none" : `${count} begin with that`;
    super(`Cannot find the conversation "${id}": ${reason}`, {
      hint: "Give more of its id: hermes sessions list shows them.",
    });
  }
}

/** The conversations of a home, read and never written: a gateway may run meanwhile. */
export class KeptSessions {
  readonly paths: HomePaths;
  readonly #folders: readonly (readonly [source: Source, folder: string])[];

  constructor({ environment }: Pick<CliIo, "environment">) {
    this.paths = homePaths(resolveHome(environment));
    const { sessionsFolder, terminalSessionsFolder } = this.paths;
    this.#folders = [["mattermost", sessionsFolder], ["cli", terminalSessionsFolder]];
  }

  /** Those with the words of the query, the best first; without one all, the newest first. */
  async find(query: string | undefined, source: string | undefined): Promise<KeptSession[]> {
    const folders = this.#folders.filter(([name]) => source === undefined || name === source);
    const found = await Promise.all(folders.map(async ([name, folder]) => {
      const search = new SessionSearch({ folder, log: silentLog });
      const hits = query === undefined
        ? (await search.sessions(() => true)).map((session) => ({
          session,
          score: lastAtMs(session),
        }))
        : await search.find(query, () => true);
      return hits.map(({ session, score }) => {
        const path = join(folder, `${session.summary.id}.jsonl`);
        return { score, kept: { history: session, source: name, path } };
      });
    }));
    return found.flat().toSorted((a, b) => b.score - a.score).map(({ kept }) => kept);
  }

  /** The one whose id begins with `id`. @throws SessionIdError */
  async get(id: string): Promise<KeptSession> {
    const all = await this.find(undefined, undefined);
    const found = all.filter(({ history }) => history.summary.id.startsWith(id));
    const [first] = found;
    if (first === undefined || found.length > 1) throw new SessionIdError(id, found.length);
    return first;
  }
}
