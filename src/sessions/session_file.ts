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
  encodeHeader,
  encodePrompt,
  encodeRewind,
  encodeStoredMessage,
  readMessages,
  readPrompt,
  type SessionHeader,
} from "./session_lines.ts";
import type { SessionPrompt, SessionSummary, StoredMessage } from "./session_store.ts";
import { SessionTail } from "./session_tail.ts";

/** Bytes of the file's beginning in which its header is looked for. */
const HEAD_BYTES_MAX = 4_096;
/** Bytes of the file for a character of text, at most: UTF-8, or an escaped newline and quote. */
const BYTES_PER_CHAR = 3;
/** Bytes read on top, for what stands around the text of a few messages. */
const TAIL_BYTES_MIN = 65_536;

/** How far back in the file, in bytes, the message of a post or the prompt is looked for. */
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
  #prompt: KnownPrompt | undefined;

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
    return (this.#tail?.chars ?? 0) + (this.#prompt?.value?.text.length ?? 0);
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

  /** As `SessionStore.promptOf`. Looks for it in the end of the file alone: it stands there. */
  async prompt(): Promise<SessionPrompt | undefined> {
    if (this.#prompt === undefined) {
      const bytesMax = LOOK_BACK_BYTES_MAX;
      const { values } = await readJsonLinesTail(this.#path, { bytesMax });
      this.#prompt = { value: readPrompt(values), bytesAfter: this.#file.sizeBytes() };
    }
    return this.#prompt.value;
  }

  /** As `SessionStore.keepPrompt`. */
  async keepPrompt(value: SessionPrompt): Promise<void> {
    this.#file.write(encodePrompt(value));
    await this.#file.sync();
    this.#prompt = { value, bytesAfter: 0 };
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** Counts what is written behind the prompt. Gives its line once it has to stand further down. */
  #repeatPrompt(bytesMore: number): string {
    if (this.#prompt?.value === undefined) return "";
    const { value, bytesAfter } = this.#prompt;
    const isFar = bytesAfter + bytesMore > BYTES_AFTER_PROMPT_MAX;
    this.#prompt = { value, bytesAfter: isFar ? 0 : bytesAfter + bytesMore };
    return isFar ? encodePrompt(value) : "";
  }

  async #readTail(charsMax: number): Promise<SessionTail> {
    const bytesMax = charsMax * BYTES_PER_CHAR + TAIL_BYTES_MIN;
    const { values, badLines, complete } = await readJsonLinesTail(this.#path, { bytesMax });
    const { messages, unreadable } = readMessages(values);
    const lost = badLines + unreadable;
    if (lost > 0) this.#log("warn", "sessions.bad_lines", { file: this.#path, badLines: lost });
    return new SessionTail(messages, { charsMax, complete });
  }
}

interface KnownPrompt {
  readonly value: SessionPrompt | undefined;
  /** How many bytes stand behind it in the file, at most. */
  readonly bytesAfter: number;
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
