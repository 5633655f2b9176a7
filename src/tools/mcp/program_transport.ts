import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client";
import { type Child, startChild } from "../../runtime/child_process.ts";
import { McpError } from "./errors.ts";

export interface ProgramStart {
  readonly server: string;
  readonly argv: readonly [program: string, ...rest: string[]];
  readonly cwd: string;
  /** The whole environment of the program. */
  readonly env: Readonly<Record<string, string>>;
  readonly parse: (value: unknown) => JSONRPCMessage;
  /** Takes what the program says on its error output, line by line. */
  readonly onRemark: (line: string) => void;
}

/** Longest message of a server, and longest line that is none. */
export const MESSAGE_BYTES_MAX = 16_000_000;
const REMARK_CHARS_MAX = 500;
const KILL_GRACE_MS = 2_000;

/** Speaks to a program over its standard input and output, one message a line. */
export class ProgramTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: NonNullable<Transport["onmessage"]>;
  readonly #start: ProgramStart;
  #child: Child | undefined;
  #isClosed = false;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #remark = "";
  readonly #remarks = new TextDecoder();

  constructor(start: ProgramStart) {
    this.#start = start;
  }

  async start(): Promise<void> {
    const { argv, cwd, env, server } = this.#start;
    const child = startChild({
      argv,
      cwd,
      env,
      input: "open",
      onOutput: (chunk, stream) => stream === "stdout" ? this.#read(chunk) : this.#note(chunk),
    });
    this.#child = child;
    const ended = child.ended.then((end) => {
      this.#end();
      return end;
    });
    if (child.pid !== undefined) return;
    const end = await ended;
    const why = end.kind === "not_started" ? end.systemCode : end.kind;
    throw new McpError(server, `its program "${argv[0]}" does not start (${why})`);
  }

  send(message: JSONRPCMessage): Promise<void> {
    const wrote = this.#child?.write(`${JSON.stringify(message)}\n`) ?? "closed";
    if (wrote === "taken") return Promise.resolve();
    const reason = wrote === "full" ? "it does not read what it is sent" : "it has ended";
    return Promise.reject(new McpError(this.#start.server, reason));
  }

  /** Ends the program and all that it started. */
  async close(): Promise<void> {
    this.#child?.closeInput();
    await this.#child?.kill(KILL_GRACE_MS);
    this.#end();
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#waiting = [];
    this.onclose?.();
  }

  #read(chunk: Uint8Array): void {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      this.#waiting.push(chunk.subarray(from, at));
      const line = Buffer.concat(this.#waiting).toString();
      this.#waiting = [];
      this.#waitingBytes = 0;
      from = at + 1;
      this.#take(line);
    }
    const rest = chunk.subarray(from);
    this.#waitingBytes += rest.length;
    if (this.#waitingBytes <= MESSAGE_BYTES_MAX) this.#waiting.push(rest);
    else if (!this.#isClosed) {
      this.onerror?.(new McpError(this.#start.server, "a message of it is too long"));
      void this.close(); // It never rejects, and there is nothing to wait for.
    }
  }

  /** Many programs greet people on their output: what is no message is left out. */
  #take(line: string): void {
    if (this.#isClosed || line.trim() === "") return;
    let message: JSONRPCMessage;
    try {
      message = this.#start.parse(JSON.parse(line));
    } catch {
      return this.#start.onRemark(cutRemark(line));
    }
    this.onmessage?.(message);
  }

  #note(chunk: Uint8Array): void {
    const lines = (this.#remark + this.#remarks.decode(chunk, { stream: true })).split("\n");
    this.#remark = cutRemark(lines.pop() ?? "");
    for (const line of lines) if (line.trim() !== "") this.#start.onRemark(cutRemark(line));
  }
}

const NEWLINE = 0x0a;

function cutRemark(line: string): string {
  return line.slice(0, REMARK_CHARS_MAX);
}
