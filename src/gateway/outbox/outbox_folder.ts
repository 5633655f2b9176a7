import { constants } from "node:fs";
import { copyFile, mkdir, readdir, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { HermesError } from "../../errors.ts";
import { parseJson } from "../../mattermost/decode.ts";
import { readTextFile, writeFileAtomic } from "../../runtime/atomic_file.ts";
import { FileError, systemCodeOf } from "../../runtime/file_error.ts";
import type { Log } from "../../runtime/log.ts";
import { decodeEntry, type OutboxEntry, type Outgoing, TEXT_CHARS_MAX } from "./outbox_entry.ts";

/** Most files of one message. */
const FILES_MAX = 50;
/** Most bytes of the files of one message together. */
const FILE_BYTES_MAX = 512 * 1_048_576;
/** What an id may be made of: it becomes a part of a file's name. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,149}$/;
const ENTRY_SUFFIX = ".json";
const FILES_SUFFIX = ".files";
const OWNER_ONLY = 0o600;

/** The outbox does not take a message. */
export class OutboxError extends HermesError {
  override readonly name = "OutboxError";
  override readonly code = "outbox.refused";

  constructor(reason: string, hint: string) {
    super(`Cannot take the message: ${reason}`, { hint });
  }
}

/**
 * A folder with a file for each message that Hermes sends by itself. Whoever writes a file there has
 * the message sent by the gateway, and reads in it what became of it; the files that belong to a
 * message are copied beside it, since who made them may remove them.
 */
export class OutboxFolder {
  readonly #folder: string;
  readonly #log: Log;
  /** Files that are none of ours, told once. */
  readonly #strange = new Set<string>();

  constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.#log = log;
  }

  /** The ids of all messages, also of those that are done. */
  async ids(): Promise<readonly string[]> {
    const names = await readdir(this.#folder).catch((error) => {
      if (systemCodeOf(error) === "ENOENT") return [];
      throw new FileError("read", this.#folder, error);
    });
    return names.flatMap((name) => idOf(name) ?? []);
  }

  /** `undefined` when there is no such message, or its file is damaged. */
  async read(id: string): Promise<OutboxEntry | undefined> {
    const path = this.#pathOf(id);
    const text = await readTextFile(path);
    if (text === undefined) return undefined;
    const entry = decodeEntry(parseJson(text));
    if (entry?.id === id) return entry;
    if (!this.#strange.has(id)) this.#log("warn", "outbox.bad_file", { path });
    this.#strange.add(id);
    return undefined;
  }

  /** Adds a message that waits. Gives the one that is there when it was added before. */
  async add(message: Outgoing, queuedAtMs: number): Promise<OutboxEntry> {
    checkSize(message);
    const known = await this.read(message.id);
    if (known !== undefined) return known;
    const files = await this.#keepFiles(message);
    const entry: OutboxEntry = { ...message, files, queuedAtMs, state: { kind: "waiting" } };
    await this.write(entry);
    return entry;
  }

  async write(entry: OutboxEntry): Promise<void> {
    await writeFileAtomic(this.#pathOf(entry.id), JSON.stringify(entry), { mode: OWNER_ONLY });
  }

  /** Removes the copies of files, which nobody needs when the message is done. */
  async dropFiles(id: string): Promise<void> {
    await rm(this.folderOf(id), { recursive: true, force: true });
  }

  async remove(id: string): Promise<void> {
    await this.dropFiles(id);
    await rm(this.#pathOf(id), { force: true });
  }

  /** For files of this message alone. */
  folderOf(id: string): string {
    return join(this.#folder, nameOf(id) + FILES_SUFFIX);
  }

  async #keepFiles({ id, files }: Outgoing): Promise<readonly string[]> {
    if (files.length > FILES_MAX) {
      throw new OutboxError(`it has ${files.length} files`, `Send at most ${FILES_MAX} at once.`);
    }
    let bytes = 0;
    const kept: string[] = [];
    for (const [index, path] of files.entries()) {
      const folder = join(this.folderOf(id), String(index));
      try {
        const facts = await stat(path);
        if (!facts.isFile()) throw new OutboxError(`"${path}" is no file`, "Name a file.");
        bytes += facts.size;
        if (bytes > FILE_BYTES_MAX) {
          throw new OutboxError("its files are larger than 512 MiB", "Send smaller files.");
        }
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const copy = join(folder, basename(path));
        await copyFile(path, copy, constants.COPYFILE_FICLONE);
        kept.push(copy);
      } catch (error) {
        await this.dropFiles(id);
        throw error instanceof HermesError ? error : new FileError("read", path, error);
      }
    }
    return kept;
  }

  #pathOf(id: string): string {
    return join(this.#folder, nameOf(id) + ENTRY_SUFFIX);
  }
}

function checkSize({ id, text, files }: Outgoing): void {
  if (!ID.test(id)) {
    throw new OutboxError(`"${id}" cannot be its id`, "Choose letters, digits, and -._: for it.");
  }
  if (text.length > TEXT_CHARS_MAX) {
    throw new OutboxError(
      `its text has more than ${TEXT_CHARS_MAX.toLocaleString("en")} characters`,
      "Send it as a file.",
    );
  }
  if (text.trim() === "" && files.length === 0) {
    throw new OutboxError("it has no text and no file", "Write something.");
  }
}

function nameOf(id: string): string {
  return id.replaceAll(":", "%3A");
}

function idOf(name: string): string | undefined {
  const id = name.slice(0, -ENTRY_SUFFIX.length).replaceAll("%3A", ":");
  return name.endsWith(ENTRY_SUFFIX) && ID.test(id) ? id : undefined;
}
