import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { HermesError } from "../../errors.ts";
import type { Clock } from "../../runtime/clock.ts";
import { FileError } from "../../runtime/file_error.ts";
import type { FetchFn } from "../../runtime/network.ts";
import { classifyNetworkError, NetworkError } from "../../runtime/network_error.ts";
import { withinTime } from "../../runtime/within_time.ts";
import { UpdateError } from "./update_error.ts";

export interface DownloadDeps {
  readonly fetch: FetchFn;
  readonly clock: Clock;
}

/** How much of a download has come. */
export interface Progress {
  readonly bytes: number;
  /** `undefined` when the server does not say. */
  readonly bytesTotal: number | undefined;
}

/** The server of a release sends on to where the files are. */
const REDIRECTS_MAX = 5;
/** How long a server may take to answer, and how long nothing may come then. */
const WAIT_MS_MAX = 60_000;
const TEXT_BYTES_MAX = 1_000_000;
/** Some ten times what an archive has. */
const FILE_BYTES_MAX = 600_000_000;

/** A small file. @throws UpdateError, NetworkError */
export async function downloadText(
  url: string,
  deps: DownloadDeps,
  signal: AbortSignal,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of download(url, TEXT_BYTES_MAX, deps, signal)) chunks.push(chunk.bytes);
  return Buffer.concat(chunks).toString();
}

/** Writes a file, and gives its SHA-256 in hexadecimal. @throws UpdateError, NetworkError, FileError */
export async function downloadFile(
  url: string,
  path: string,
  deps: DownloadDeps & { readonly onProgress: (progress: Progress) => void },
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path, "wx", 0o600);
  let bytes = 0;
  try {
    for await (const chunk of download(url, FILE_BYTES_MAX, deps, signal)) {
      hash.update(chunk.bytes);
      await file.writeFile(chunk.bytes);
      bytes += chunk.bytes.length;
      deps.onProgress({ bytes, bytesTotal: chunk.bytesTotal });
    }
  } catch (error) {
    throw error instanceof HermesError || signal.aborted
      ? error
      : new FileError("write", path, error);
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

interface Chunk {
  readonly bytes: Uint8Array;
  readonly bytesTotal: number | undefined;
}

async function* download(
  url: string,
  bytesMax: number,
  deps: DownloadDeps,
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  const response = await openDownload(url, deps, signal);
  const length = Number(response.headers.get("content-length"));
  const bytesTotal = length > 0 ? length : undefined;
  const reader = response.body?.getReader();
  let count = 0;
  try {
    while (reader !== undefined) {
      const bytes = await readChunk(reader, url, deps.clock, signal);
      if (bytes === undefined) return;
      count += bytes.length;
      if (count > bytesMax) throw failed(url, "it is far too large");
      yield { bytes, bytesTotal };
    }
  } finally {
    await reader?.cancel().catch(() => {}); // It may have failed already, and that was told.
  }
}

async function openDownload(
  url: string,
  deps: DownloadDeps,
  signal: AbortSignal,
): Promise<Response> {
  let from = new URL(url);
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
    const got = await withinTime(
      (limit) => deps.fetch(from, { redirect: "manual", signal: limit }),
      { msMax: WAIT_MS_MAX, clock: deps.clock },
      signal,
    );
    if (got.kind === "late") throw new NetworkError("timeout", from);
    const response = got.value;
    if (response.ok) return response;
    await response.body?.cancel();
    const location = response.headers.get("location");
    if (location === null || !URL.canParse(location, from.href)) {
      throw failed(url, `the server answers with ${response.status}`);
    }
    const to = new URL(location, from);
    if (from.protocol === "https:" && to.protocol !== "https:") {
      throw failed(url, `it leads to ${to.host} without encryption`);
    }
    from = to;
  }
  throw failed(url, "it leads from one address to the next");
}

async function readChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  url: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  try {
    const read = await withinTime(
      async (limit) => {
        const stop = () => void reader.cancel().catch(() => {}); // The read under way tells.
        limit.addEventListener("abort", stop, { once: true });
        try {
          return await reader.read();
        } finally {
          limit.removeEventListener("abort", stop);
        }
      },
      { msMax: WAIT_MS_MAX, clock },
      signal,
    );
    signal.throwIfAborted();
    if (read.kind === "late") throw new NetworkError("timeout", url);
    return read.value.value;
  } catch (error) {
    if (signal.aborted || error instanceof NetworkError) throw error;
    throw classifyNetworkError(error, url);
  }
}

function failed(url: string, reason: string): UpdateError {
  return new UpdateError(
    "download",
    `Cannot download ${url}: ${reason}`,
    "Check the address, the version and the network.",
  );
}
