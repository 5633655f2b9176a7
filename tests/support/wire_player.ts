import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), "..", "fixtures", "wires");

/** What a provider answers to one request, byte by byte. */
interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Lines. */
  readonly body: readonly string[];
}

/** One question, and the answers of a provider to the requests that it leads to, in order. */
export interface WirePlay {
  /** Where the answers come from. */
  readonly source: string;
  readonly asks: string;
  /** What the chat shows in the end. */
  readonly says: string;
  readonly neverSays?: string;
  /** What each request holds, in order. */
  readonly sends?: readonly (string | null)[];
  readonly answers: readonly WireAnswer[];
}

export async function readPlay(wire: string, name: string): Promise<WirePlay> {
  return JSON.parse(await readFile(join(FIXTURES, wire, `${name}.json`), "utf8"));
}

/** A provider on a loopback port that plays what it is given, and keeps what it was asked. */
export class WirePlayer implements AsyncDisposable {
  /** The bodies of the requests since the last play began. */
  requests: string[] = [];
  #answers: readonly WireAnswer[] = [];
  readonly #server = createServer((request, response) => {
    this.#handle(request, response).catch((error) => response.destroy(error));
  });

  static async start(): Promise<WirePlayer> {
    const player = new WirePlayer();
    await new Promise<void>((resolve) => player.#server.listen(0, "127.0.0.1", resolve));
    return player;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  play({ answers }: WirePlay): void {
    this.requests = [];
    this.#answers = answers;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += chunk;
    const answer = this.#answers[this.requests.length];
    this.requests.push(body);
    if (answer === undefined) return void response.writeHead(400).end("no answer is left");
    response.writeHead(answer.status, answer.headers);
    for (const line of answer.body) response.write(`${line}\n`);
    response.end();
  }
}
