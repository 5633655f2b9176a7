import type { SessionKey } from "../sessions/session_store.ts";

/** Where an agent works: what its paths mean. With a container they are those of the container. */
export interface WorkPlace {
  /** The folder in which a session's next command, and its relative paths, begin. */
  folderOf(sessionKey: SessionKey): string;
  /** Where an absolute path is on this machine; `undefined` for what only the container has. */
  locate(path: string): Place | undefined;
}

/** A file or folder of this machine that may not exist yet. */
export interface Place {
  readonly hostPath: string;
  /** The folder out of which no link may lead; `undefined` for no such limit. */
  readonly within: string | undefined;
  readonly isReadOnly: boolean;
}
