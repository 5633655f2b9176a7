import { open } from "node:fs/promises";
import { AppendFile } from "../runtime/append_file.ts";
import { FileError, systemCodeOf } from "../runtime/file_error.ts";
import { readJsonLinesTail } from "../runtime/json_lines.ts";
import type { Log } from "../runtime/log.ts";
import type { Message } from "../transcript/message.ts";
import { repairTranscript } from "../transcript/repair_transcript.ts";
import { SessionVersionError } from "./errors.ts";
import {
  decodeHeader,
  encodeCompaction,
  encodeHeader,
  encodePrompt,
  encodeRewind,
  encodeStoredMessage,
  encodeUsage,
  readMessages,
  readNotes,
  type SessionHeader,
} from "./session_lines.ts";
import type {
  SaidPost,
  SessionPrompt,
  SessionSummary,
  SessionUsage,
  StoredMessage,
} from "./session_store.ts";
import { SessionTail } from "./session_tail.ts";
import { addSessionUsage } from "./session_usage.ts";

/** Bytes of the file's beginning in which its header is looked for. */
const HEAD_BYTES_MAX = 4_096;
/** Bytes of the file for a character of text, at most: UTF-8, or an escaped newline and quote. */
const BYTES_PER_CHAR = 3;
/** Bytes read on top, for what stands around the text of a few messages. */
const TAIL_BYTES_MIN = 65_536;

/** How far back in the file, in bytes, the message of a post, the prompt and the usage are looked for. */
const LOOK_BACK_BYTES_MAX = 4_000_000;
/** With more than so many bytes behind it the prompt is written again, to be found from the end. */
const BYTES_AFTER_PROMPT_MAX = 1_000_000;

/** One session: its file, and its newest messages in memory. Its calls must not overlap. */
export class SessionFile {
  readonly #path: string;
  readonly #file: AppendFile;
  readonly #log: Log;
  #tail: SessionTail | undefined;
  /** `undefined` until somebody asks. */
  #notes: Notes | undefined;

  /** Opens the file, or begins it. Throws a `SessionVersionError` or a `FileError`. */
  static async open(path: string, summary: SessionSummary, log: Log): Promise<SessionFile> {
    const header = await readSessionHeader(path);
    if (header?.kind === "newer") throw new SessionVersionError(path, header.version);
    const file = await AppendFile.open(path);
    if (header === undefined) file.write(encodeHeader(summary));
    return new SessionFile(path, file, log);
  }

  private constructor(path: string, file: AppendFile, log: Log) {
    this.#path = path;
    this.#file = file;
    this.#log = log;
  }

  /** Characters of the messages and the prompt that are kept in memory. */
  get charsInMemory(): number {
    return (this.#tail?.chars ?? 0) + (this.#notes?.prompt?.text.length ?? 0);
  }

  /** As `SessionStore.load`. Reads the end of the file when memory does not reach back that far. */
  async load(charsMax: number): Promise<readonly Message[]> {
    if (this.#tail?.reaches(charsMax) !== true) this.#tail = await this.#readTail(charsMax);
    return repairTranscript(this.#tail.newest(charsMax));
  }

  /** Resolves when the messages are on the disk. After it threw, memory may not be what is there. */
  async append(messages: readonly StoredMessage[]): Promise<void> {
    const lines = messages.map(encodeStoredMessage).join("");
    this.#file.write(lines + this.#repeatPrompt(Buffer.byteLength(lines)));
    await this.#file.sync();
    this.#tail?.add(messages.map((stored) => stored.message));
    const lastUsedAtMs = messages.at(-1)?.atMs;
    if (this.#notes !== undefined) this.#notes = { ...this.#notes, lastUsedAtMs };
  }

  /** As `SessionStore.loadExchange`. Looks for the message in the end of the file alone. */
  async loadExchange(postId: string): Promise<readonly Message[]> {
    const { values } = await readJsonLinesTail(this.#path, { bytesMax: LOOK_BACK_BYTES_MAX });
    return repairTranscript(readMessages(values).exchange(postId));
  }

  /** As `SessionStore.rewind`. Looks for the message in the end of the file alone. */
  async rewind(postId: string): Promise<void> {
    const { values } = await readJsonLinesTail(this.#path, { bytesMax: LOOK_BACK_BYTES_MAX });
    if (readMessages(values).exchange(postId).length === 0) return;
    this.#file.write(encodeRewind(postId));
    await this.#file.sync();
    this.#tail = undefined; // Read anew by the next load.
  }

  /** As `SessionStore.compact`. */
  async compact(messages: readonly Message[], atMs: number): Promise<void> {
    const { usage } = await this.#readNotes();
    const unknown = { ...usage, contextTokens: 0 };
    this.#file.write(encodeCompaction(messages, atMs) + encodeUsage(unknown));
    await this.#file.sync();
    this.#notes = {
      prompt: undefined,
      usage: unknown,
      bytesAfterPrompt: 0,
      lastUsedAtMs: atMs,
    };
    this.#tail = undefined; // Read anew by the next load.
  }

  /** As `SessionStore.promptOf`. */
  async prompt(): Promise<SessionPrompt | undefined> {
    return (await this.#readNotes()).prompt;
  }

  /** As `SessionStore.keepPrompt`. */
  async keepPrompt(prompt: SessionPrompt): Promise<void> {
    const notes = await this.#readNotes();
    this.#file.write(encodePrompt(prompt));
    await this.#file.sync();
    this.#notes = { ...notes, prompt, bytesAfterPrompt: 0 };
  }

  /** As `SessionStore.usageOf`. */
  async usage(): Promise<SessionUsage> {
    return (await this.#readNotes()).usage;
  }

  /** As `SessionStore.lastUsedAtMs`. */
  async lastUsedAtMs(): Promise<number | undefined> {
    return (await this.#readNotes()).lastUsedAtMs;
  }

  /** As `SessionStore.saidPosts`. Looks in the end of the file alone. */
  async saidPosts(): Promise<readonly SaidPost[]> {
    const { values } = await readJsonLinesTail(this.#path, { bytesMax: LOOK_BACK_BYTES_MAX });
    return readMessages(values).saidPosts;
  }

  /** As `SessionStore.addUsage`. It need not survive a loss of power. */
  async addUsage(more: SessionUsage): Promise<void> {
    const notes = await this.#readNotes();
    const usage = addSessionUsage(notes.usage, more);
    this.#file.write(encodeUsage(usage));
    this.#notes = { ...notes, usage };
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** Looks in the end of the file alone: what is to be found stands there. */
  async #readNotes(): Promise<Notes> {
    if (this.#notes !== undefined) return this.#notes;
    const { values } = await readJsonLinesTail(this.#path, { bytesMax: LOOK_BACK_BYTES_MAX });
    this.#notes = { ...readNotes(values), bytesAfterPrompt: this.#file.sizeBytes() };
    return this.#notes;
  }

  /** Counts what is written behind the prompt. Gives its line once it has to stand further down. */
  #repeatPrompt(bytesMore: number): string {
    if (this.#notes?.prompt === undefined) return "";
    const { prompt, bytesAfterPrompt } = this.#notes;
    const bytes = bytesAfterPrompt + bytesMore;
    const isFar = bytes > BYTES_AFTER_PROMPT_MAX;
    this.#notes = { ...this.#notes, bytesAfterPrompt: isFar ? 0 : bytes };
    return isFar ? encodePrompt(prompt) : "";
  }

  async #readTail(charsMax: number): Promise<SessionTail> {
    const bytesMax = charsMax * BYTES_PER_CHAR + TAIL_BYTES_MIN;
    const { values, badLines, complete } = await readJsonLinesTail(this.#path, { bytesMax });
    const { messages, isCompacted, unreadable } = readMessages(values);
    const lost = badLines + unreadable;
    if (lost > 0) this.#log("warn", "sessions.bad_lines", { file: this.#path, badLines: lost });
    return new SessionTail(messages, { charsMax, complete: complete || isCompacted });
  }
}

/** What is known of the session besides its messages. */
interface Notes {
  readonly prompt: SessionPrompt | undefined;
  /** How many bytes stand behind the prompt in the file, at most. */
  readonly bytesAfterPrompt: number;
  readonly usage: SessionUsage;
  readonly lastUsedAtMs: number | undefined;
}

/** The first header in the beginning of a file; `undefined` when there is none, or no file. */
export async function readSessionHeader(path: string): Promise<SessionHeader | undefined> {
  for (const line of (await readHead(path)).split("\n")) {
    const header = decodeHeader(parseJson(line));
    if (header !== undefined) return header;
  }
  return undefined;
}

async function readHead(path: string): Promise<string> {
  try {
    const file = await open(path, "r");
    try {
      const head = new Uint8Array(HEAD_BYTES_MAX);
      const { bytesRead } = await file.read(head, 0, head.length, 0);
      return new TextDecoder().decode(head.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return "";
    throw new FileError("read", path, error);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Torn, or cut at the end of the head: no header either way.
  }
}
