import { appendFile, chmod, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { writeFileAtomic } from "../../runtime/atomic_file.ts";
import { FileError } from "../../runtime/file_error.ts";
import { readJsonLines } from "../../runtime/json_lines.ts";
import type { Redact } from "../../safety/redact.ts";
import { HISTORY_LINES_MAX } from "../terminal/typed_line.ts";

/** With more lines than this the file is made shorter. */
const FILE_LINES_MAX = 2 * HISTORY_LINES_MAX;
/** Longer entries are not kept. */
const ENTRY_CHARS_MAX = 5_000;
const OWNER_ONLY = 0o600;

/**
 * What was entered at the prompt, for the next chat: a file of JSON strings that only its owner can
 * read. What holds a secret is not kept, nor what begins with a blank, as in a shell. Several terminals
 * may add to it.
 */
export class ChatHistory {
  readonly #path: string;
  readonly #redact: Redact;
  /** Lines are added in the order of the calls. */
  #adding: Promise<void> = Promise.resolve();

  constructor(path: string, redact: Redact) {
    this.#path = path;
    this.#redact = redact;
  }

  /** The newest entries, oldest first. @throws FileError */
  async load(): Promise<readonly string[]> {
    const { values } = await readJsonLines(this.#path);
    const entries = values.filter((value) => typeof value === "string");
    const newest = entries.slice(-HISTORY_LINES_MAX);
    if (values.length > FILE_LINES_MAX) {
      await writeFileAtomic(this.#path, newest.map(encode).join(""), { mode: OWNER_ONLY });
    }
    return newest;
  }

  /** Adds an entry that may be kept. @throws FileError */
  add(entry: string): Promise<void> {
    const isKept = entry.trim() !== "" && !entry.startsWith(" ") &&
      entry.length <= ENTRY_CHARS_MAX && this.#redact(entry) === entry;
    if (isKept) this.#adding = this.flush().then(() => this.#append(encode(entry)));
    return this.#adding;
  }

  /** Resolves when all that was added is in the file. */
  async flush(): Promise<void> {
    await this.#adding.catch(() => {}); // Whoever added it was told.
  }

  async #append(line: string): Promise<void> {
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
      await appendFile(this.#path, line, { mode: OWNER_ONLY });
      await chmod(this.#path, OWNER_ONLY);
    } catch (error) {
      throw new FileError("write", this.#path, error);
    }
  }
}

function encode(entry: string): string {
  return `${JSON.stringify(entry)}\n`;
}
