import { Buffer } from "node:buffer";
import { request as httpRequest } from "node:http";
import type { SandboxServer } from "../../src/sandbox/sandbox_server.ts";
import { IDS, pngHeader } from "./recorded_world.ts";
import type { RestRecording } from "./recordings.ts";

export interface Replayed {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Sends the recorded request to the sandbox, byte for byte where the recording shows them. */
export function replay(recording: RestRecording, sandbox: SandboxServer): Promise<Replayed> {
  const { method, url, headers, body } = recording.request;
  const form = multipartOf(body);
  const bytes = body === undefined ? undefined : form ?? Buffer.from(textOf(body));
  const { hostname, port } = new URL(sandbox.url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      method,
      hostname,
      port,
      path: url.replace("http://mattermost.example", ""),
      headers: {
        ...headers,
        ...(form === undefined
          ? {}
          : { "Content-Type": `multipart/form-data; boundary=${BOUNDARY}` }),
        ...(bytes === undefined ? {} : { "Content-Length": bytes.byteLength }),
      },
    });
    request.on("error", reject);
    request.on("response", (response) => {
      const chunks: Uint8Array[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as Record<string, string>,
          text: Buffer.concat(chunks).toString(),
        });
        request.destroy();
      });
    });
    // A body that was only announced is never sent: the answer has to come without it.
    if (bytes === undefined && "Content-Length" in headers) request.flushHeaders();
    else request.end(bytes);
  });
}

const BOUNDARY = "----recorded";

/** The body as it went over the wire; the recordings write long ones as `<"x" repeated 9 times>`. */
function textOf(body: unknown): string {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const bytes = text.match(/^<(\d+) bytes>$/)?.[1];
  if (bytes !== undefined) return "x".repeat(Number(bytes));
  return text
    .replace(/<\\"(.)\\" repeated (\d+) times>/, (_, letter, count) => letter.repeat(Number(count)))
    .replace('"channel_id":"..."', `"channel_id":"${IDS.general}"`)
    .replace(/<U\+1F600 repeated (\d+) times>/, (_, count) => "\u{1F600}".repeat(Number(count)));
}

type Part = [name: string, value: string];

/** A recorded multipart body as bytes, or `undefined` when the body is none. */
function multipartOf(body: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const [key, parts] = Object.entries(body)[0] ?? [];
  if (key?.startsWith("multipart") !== true) return undefined;
  const objects = (Array.isArray(parts) ? parts : [parts]) as Record<string, string | string[]>[];
  const list: Part[] = objects.flatMap((object) =>
    Object.entries(object).flatMap(([name, value]) =>
      [value].flat().map((one): Part => [name, one])
    )
  );
  const encoder = new TextEncoder();
  const chunks = list.flatMap(([name, value]) => [
    encoder.encode(partHead(name, value)),
    name === "files" ? contentOf(value) : encoder.encode(value),
    encoder.encode("\r\n"),
  ]);
  return new Uint8Array([...chunks, encoder.encode(`--${BOUNDARY}--\r\n`)].flatMap((c) => [...c]));
}

function partHead(name: string, value: string): string {
  const file = value.match(/^filename="(.*)"$/)?.[1] ?? value.replace(/ \(.*\)$/, "");
  const fileName = name === "files" ? `; filename="${file}"\r\nContent-Type: text/plain` : "";
  return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${fileName}\r\n\r\n`;
}

/** Bytes for a described file: `chart.png (image/png, 1948 bytes)`, `big.bin (5000 bytes)`. */
function contentOf(value: string): Uint8Array {
  if (value.includes("image/png")) return pngHeader(640, 480);
  if (value.endsWith(".svg")) {
    return new TextEncoder().encode('<svg xmlns="x" width="10" height="10"></svg>');
  }
  const size = Number(value.match(/(\d+) bytes/)?.[1] ?? 1);
  return new Uint8Array(size).fill(120);
}
