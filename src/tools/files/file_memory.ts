import { NewestEntries } from "../../runtime/newest_entries.ts";
import type { SessionKey } from "../../sessions/session_store.ts";
import { type FileVersion, isSameVersion } from "./file_access.ts";

/** Sessions of which it is known what they have seen; of more, the longest unused are forgotten. */
const SESSIONS_MAX = 500;
const FILES_MAX = 500;

interface SeenFile {
  version: FileVersion;
  /** How often each part was read since the file last changed, by a name of the part. */
  readonly reads: Map<string, number>;
  /** Changes in a row that did not fit the file. */
  failures: number;
}

/** What each session has seen of which file, so that it need not see the same again. */
export class FileMemory {
  readonly #sessions = new NewestEntries<SessionKey, NewestEntries<string, SeenFile>>(SESSIONS_MAX);

  /** Notes that a part of a file is read; gives how often it has been, unchanged, including now. */
  noteRead(key: SessionKey, realPath: string, version: FileVersion, part: string): number {
    const known = this.#sessions.get(key)?.get(realPath);
    const isSame = known !== undefined && isSameVersion(known.version, version);
    const seen = isSame ? known : { version, reads: new Map<string, number>(), failures: 0 };
    const reads = (seen.reads.get(part) ?? 0) + 1;
    seen.reads.set(part, reads);
    this.#keep(key, realPath, seen);
    return reads;
  }

  /** Notes what the session itself has made of a file. */
  noteWrite(key: SessionKey, realPath: string, version: FileVersion): void {
    this.#keep(key, realPath, { version, reads: new Map(), failures: 0 });
  }

  /** Notes a change that did not fit the file; gives how many there were in a row. */
  noteFailure(key: SessionKey, realPath: string, version: FileVersion): number {
    const known = this.#sessions.get(key)?.get(realPath);
    const seen = known ?? { version, reads: new Map(), failures: 0 };
    seen.failures++;
    this.#keep(key, realPath, seen);
    return seen.failures;
  }

  /** Whether somebody else has changed a file since the session saw or wrote it. */
  hasChanged(key: SessionKey, realPath: string, version: FileVersion): boolean {
    const seen = this.#sessions.get(key)?.get(realPath);
    return seen !== undefined && !isSameVersion(seen.version, version);
  }

  /** For a session that begins anew, or whose earlier messages the model is not shown any more. */
  forget(key: SessionKey): void {
    this.#sessions.delete(key);
  }

  #keep(key: SessionKey, realPath: string, seen: SeenFile): void {
    const files = this.#sessions.get(key) ?? new NewestEntries<string, SeenFile>(FILES_MAX);
    files.put(realPath, seen);
    this.#sessions.put(key, files);
  }
}
