import { openAsBlob } from "node:fs";
import { HermesError } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import type { FetchFn } from "../runtime/network.ts";
import { withinTime } from "../runtime/within_time.ts";
import type { Secret } from "../runtime/secret.ts";

/** A server that writes down what is said, with OpenAI's API for it. */
export interface TranscriptionServer {
  /** Up to `/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey: Secret | undefined;
}

const TRANSCRIPTION_MS_MAX = 300_000;

/** A recording could not be written down. */
export class TranscriptionError extends HermesError {
  override readonly name = "TranscriptionError";
  override readonly code = "model.transcription";

  constructor(reason: string, cause?: unknown) {
    super(`Cannot write down what is said: ${reason}`, {
      hint: "Check stt.openai.base_url, stt.openai.model and the key.",
      cause,
    });
  }
}

/** What is said in a recording. @throws TranscriptionError */
export async function transcribe(
  file: { readonly path: string; readonly name: string },
  server: TranscriptionServer,
  deps: { readonly fetch: FetchFn; readonly clock: Clock },
  signal: AbortSignal,
): Promise<string> {
  const form = new FormData();
  form.set("model", server.model);
  form.set("response_format", "json");
  form.set("file", await openAsBlob(file.path), file.name);
  const { apiKey, baseUrl } = server;
  const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey.reveal()}` };
  const url = `${baseUrl.replace(/\/+$/, "")}/audio/transcriptions`;
  const ask = async (until: AbortSignal) => {
    const init = {
      method: "POST",
      headers,
      body: form,
      redirect: "manual",
      signal: until,
    } as const;
    const response = await deps.fetch(url, init);
    if (!response.ok) throw new TranscriptionError(`the server answers ${response.status}`);
    const answer: unknown = await response.json();
    const text = (answer as { text?: unknown } | null)?.text;
    if (typeof text !== "string") throw new TranscriptionError("the answer holds no text");
    return text.trim();
  };
  try {
    const result = await withinTime(
      ask,
      { msMax: TRANSCRIPTION_MS_MAX, clock: deps.clock },
      signal,
    );
    if (result.kind === "done") return result.value;
    throw new TranscriptionError("the server did not answer in time");
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof HermesError) throw error;
    throw new TranscriptionError("the answer cannot be read", error);
  }
}
