import { constants } from "node:fs";
import { open, rm, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type { Child } from "../../runtime/child_process.ts";
import { NewestEntries } from "../../runtime/newest_entries.ts";
import type { Random } from "../../runtime/random.ts";
import type { SessionKey } from "../../sessions/session_store.ts";
import type { Place, WorkPlace } from "../work_place.ts";
import { shellArguments } from "./shell_script.ts";
import type { ShellStart, TerminalBackend } from "./terminal_backend.ts";

/** Sessions whose folder and variables are kept; of more, the longest unused are forgotten. */
const SESSIONS_MAX = 1_000;
const PATH_BYTES_MAX = 4_096;

export interface CommandStart extends Pick<ShellStart, "input" | "onOutput"> {
  readonly sessionKey: SessionKey;
  readonly command: string;
  /** As the commands name it. */
  readonly folder: string;
  /** Whether the session goes on in the folder, and with the variables, in which this one ends. */
  readonly isKept: boolean;
}

interface Session {
  /** Name of the file of its variables. */
  readonly fileName: string;
  folder: string;
}

/**
 * Runs commands such that each session is as one shell to the model: the folder and the exported
 * variables carry over from command to command. Each command has a shell of its own, so that none can
 * break the next one.
 */
export class Shells implements WorkPlace {
  readonly #backend: TerminalBackend;
  readonly #random: Random;
  readonly #sessions = new NewestEntries<SessionKey, Session>(SESSIONS_MAX);

  constructor(backend: TerminalBackend, random: Random) {
    this.#backend = backend;
    this.#random = random;
  }

  get isContainer(): boolean {
    return this.#backend.kind === "container";
  }

  /** Where sessions begin. */
  get startFolder(): string {
    return this.#backend.startFolder;
  }

  folderOf(sessionKey: SessionKey): string {
    return this.#sessions.get(sessionKey)?.folder ?? this.#backend.startFolder;
  }

  /** Lets a session begin in another folder. */
  async beginIn(sessionKey: SessionKey, folder: string): Promise<void> {
    (await this.#use(sessionKey)).folder = folder;
  }

  locate(path: string): Place | undefined {
    return this.#backend.locate(path);
  }

  /** False when this machine knows that there is no such folder. */
  async hasFolder(path: string): Promise<boolean> {
    if (path === this.#backend.startFolder) return true; // It is made when it is needed.
    const place = this.locate(path);
    if (place === undefined) return true;
    return await stat(place.hostPath).then((found) => found.isDirectory(), () => false);
  }

  /** Forgets where a session was, which begins anew. */
  async forget(sessionKey: SessionKey): Promise<void> {
    const session = this.#sessions.get(sessionKey);
    this.#sessions.delete(sessionKey);
    if (session !== undefined) await this.#removeFiles(session);
  }

  /** The session's folder is up to date when `ended` of the child resolves. */
  async start(start: CommandStart): Promise<Child> {
    const session = await this.#use(start.sessionKey);
    const { hostPath, shellPath } = await this.#backend.sharedFolder();
    const memory = { path: `${shellPath}/${session.fileName}`, isKept: start.isKept };
    const { input, onOutput } = start;
    const child = await this.#backend.start({
      arguments: shellArguments(start.command, start.folder, memory),
      input,
      onOutput,
    });
    if (!start.isKept) return child;
    const ended = child.ended.then(async (end) => {
      session.folder = await readPath(join(hostPath, `${session.fileName}.cwd`)) ?? session.folder;
      return end;
    });
    return { ...child, ended };
  }

  prepare(): Promise<void> {
    return this.#backend.prepare();
  }

  close(): Promise<void> {
    return this.#backend.close();
  }

  async #use(sessionKey: SessionKey): Promise<Session> {
    const session = this.#sessions.get(sessionKey) ??
      { fileName: this.#random.id(), folder: this.#backend.startFolder };
    const forgotten = this.#sessions.put(sessionKey, session);
    if (forgotten !== undefined) await this.#removeFiles(forgotten);
    return session;
  }

  async #removeFiles({ fileName }: Session): Promise<void> {
    const { hostPath } = await this.#backend.sharedFolder();
    for (const name of [fileName, `${fileName}.cwd`]) {
      await rm(join(hostPath, name), { force: true });
    }
  }
}

/** A path that a shell wrote. It may be a container's, which could put anything there, also a link. */
async function readPath(path: string): Promise<string | undefined> {
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    await using file = await open(path, flags);
    if (!(await file.stat()).isFile()) return undefined;
    const { bytesRead, buffer } = await file.read(new Uint8Array(PATH_BYTES_MAX));
    const text = new TextDecoder().decode(buffer.subarray(0, bytesRead));
    return isAbsolute(text) && !text.includes("\0") ? text : undefined;
  } catch {
    return undefined; // It left none: it replaced the shell, or was killed. The session stays put.
  }
}
