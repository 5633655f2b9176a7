import { extractText } from "../files/extract_text.ts";
import { type CachedFile, type FileCache, FileTooLargeError } from "../files/file_cache.ts";
import { HermesError } from "../errors.ts";
import type { MattermostApi } from "../mattermost/api.ts";
import { IMAGE_BYTES_MAX, isSendable } from "../models/load_images.ts";
import type { Log } from "../runtime/log.ts";
import type { ImageReference } from "../transcript/message.ts";
import type { AttachedFile } from "./inbound.ts";

export interface AttachmentDeps {
  readonly api: MattermostApi;
  readonly cache: FileCache;
  readonly log: Log;
  /** Largest file that is fetched. */
  readonly bytesMax: number;
  /** Says in words what an image shows, for models that do not see; `undefined` where none can. */
  readonly describeImage: DescribeFile | undefined;
  /** Writes down what is said in a recording; `undefined` where nothing can. */
  readonly transcribe: DescribeFile | undefined;
}

/** Turns a file into words. Throws a `HermesError` that may be shown. */
export type DescribeFile = (file: CachedFile, name: string, signal: AbortSignal) => Promise<string>;

/** What came with a message, as the model gets it. */
export interface Attachments {
  /** A part for each file, to stand behind what was said. */
  readonly texts: readonly string[];
  readonly images: readonly ImageReference[];
  /** What the person has to know: one line for each file that could not be used. */
  readonly problems: readonly string[];
}

/** Most files of one message. Source: model.PostMaxFiles. */
const FILES_MAX = 10;
/** Longer texts are not put into the conversation; the model reads them where they are. */
const INLINE_CHARS_MAX = 100_000;

/** Fetches the files of a message, one after the other, and turns each into what a model can take. */
export async function fetchAttachments(
  files: readonly AttachedFile[],
  deps: AttachmentDeps,
  signal: AbortSignal,
): Promise<Attachments> {
  const texts: string[] = [];
  const images: ImageReference[] = [];
  const problems: string[] = [];
  for (const file of files.slice(0, FILES_MAX)) {
    try {
      const taken = await take(file, deps, signal);
      texts.push(taken.text);
      if (taken.image !== undefined) images.push(taken.image);
      if (taken.problem !== undefined) problems.push(taken.problem);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof HermesError)) throw error;
      deps.log("warn", "attachments.not_taken", { fileId: file.id, code: error.code });
      texts.push(
        `[Attached file ${quote(file.name)}, which could not be fetched: ${error.message}]`,
      );
      problems.push(`I could not fetch ${quote(file.name)}: ${error.message}.`);
    }
  }
  return { texts, images, problems };
}

interface Taken {
  readonly text: string;
  readonly image?: ImageReference;
  readonly problem?: string;
}

async function take(
  file: AttachedFile,
  deps: AttachmentDeps,
  signal: AbortSignal,
): Promise<Taken> {
  const cached = await fetchFile(file, deps, signal);
  const intro =
    `Attached file ${quote(file.name)} (${cached.mimeType}, ${cached.sizeBytes} bytes), ` +
    `stored as ${cached.path}`;
  switch (cached.kind) {
    case "image":
      return await takeImage(file, cached, intro, deps, signal);
    case "text":
    case "pdf":
    case "office":
      return await takeText(file.name, cached, intro);
    case "audio":
      if (deps.transcribe === undefined) break;
      return await describe(
        file.name,
        cached,
        intro,
        "What is said in it",
        deps.transcribe,
        signal,
      );
  }
  return { text: `[${intro}. Read it with your tools if you need what is in it.]` };
}

async function fetchFile(
  { id, name, sizeBytes }: AttachedFile,
  { api, cache, bytesMax }: AttachmentDeps,
  signal: AbortSignal,
): Promise<CachedFile> {
  if (sizeBytes > bytesMax) throw new FileTooLargeError(name, bytesMax);
  return await cache.find(id) ??
    await cache.store(id, name, api.downloadFile(id, signal), { bytesMax });
}

async function takeText(name: string, file: CachedFile, intro: string): Promise<Taken> {
  const extracted = await extractText(file.path, file);
  if (extracted.kind === "none") {
    return {
      text: `[${intro}. Its text cannot be read, because ${extracted.reason}.]`,
      problem: `I could not read ${quote(name)}, because ${extracted.reason}.`,
    };
  }
  const { text } = extracted;
  if (text.length > INLINE_CHARS_MAX) {
    const how = file.kind === "text" ? "Read it with read_file" : "Ask for the parts that you need";
    return {
      text: `[${intro}. It is too long to be shown here: ${text.length} characters. ${how}.]`,
    };
  }
  return { text: `[${intro}. Its content:]\n${text}\n[End of ${quote(name)}]` };
}

async function takeImage(
  file: AttachedFile,
  cached: CachedFile,
  intro: string,
  deps: AttachmentDeps,
  signal: AbortSignal,
): Promise<Taken> {
  const shown = await toSendable(file, cached, deps, signal);
  if (shown === undefined) {
    return { text: `[${intro}. No model takes an image of this kind or size.]` };
  }
  if (deps.describeImage !== undefined) {
    return await describe(file.name, shown, intro, "What it shows", deps.describeImage, signal);
  }
  const image = { path: shown.path, mimeType: shown.mimeType, name: file.name };
  return { text: `[${intro}]`, image };
}

/** Of a large or unusual image the server has a smaller one that every model takes. */
async function toSendable(
  { id, name }: AttachedFile,
  cached: CachedFile,
  { api, cache, log }: AttachmentDeps,
  signal: AbortSignal,
): Promise<CachedFile | undefined> {
  const fits = (file: CachedFile) => isSendable(file.mimeType) && file.sizeBytes <= IMAGE_BYTES_MAX;
  if (fits(cached)) return cached;
  const previewId = `${id}-preview`;
  try {
    const preview = await cache.find(previewId) ?? await cache.store(
      previewId,
      `${name}.jpg`,
      api.downloadPreview(id, signal),
      { bytesMax: IMAGE_BYTES_MAX },
    );
    return fits(preview) ? preview : undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HermesError)) throw error;
    log("debug", "attachments.no_preview", { fileId: id, code: error.code });
    return undefined;
  }
}

async function describe(
  name: string,
  file: CachedFile,
  intro: string,
  title: string,
  toWords: DescribeFile,
  signal: AbortSignal,
): Promise<Taken> {
  try {
    const words = await toWords(file, name, signal);
    return { text: `[${intro}. ${title}:]\n${words}\n[End of ${quote(name)}]` };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HermesError)) throw error;
    return {
      text: `[${intro}. It could not be turned into words: ${error.message}]`,
      problem: `I could not use ${quote(name)}: ${error.message}.`,
    };
  }
}

function quote(name: string): string {
  return JSON.stringify(name.replaceAll(/\p{C}/gu, " "));
}
