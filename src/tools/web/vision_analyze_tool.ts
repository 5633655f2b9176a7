import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { z } from "zod";
import type { CachedFile, FileCache } from "../../files/file_cache.ts";
import { askAboutImage, DESCRIBE_QUESTION } from "../../models/ask_about_image.ts";
import { IMAGE_BYTES_MAX, isSendable } from "../../models/load_images.ts";
import type { ModelClient } from "../../models/model_client.ts";
import { safeFetch, type SafeFetchDeps } from "../../safety/safe_fetch.ts";
import { ToolError } from "../errors.ts";
import type { Tool, ToolContext } from "../tool.ts";

const FETCH_MS_MAX = 30_000;

export interface VisionDeps extends SafeFetchDeps {
  /** The model that looks. */
  readonly model: ModelClient;
  readonly files: FileCache;
  /** Where the image at a path of this conversation really is. Throws a `ToolError` when it is closed. */
  readonly findFile: (path: string, context: ToolContext) => Promise<string>;
}

/** Looks at an image that is not in the conversation. */
export function createVisionTool(
  deps: VisionDeps,
): Tool<{ image_url: string; question: string }> {
  return {
    name: "vision_analyze",
    description: "Looks at an image (an address, or the path of a file) and answers a question " +
      "about it. Images in the conversation you see without it.",
    input: z.object({
      image_url: z.string().min(1).describe("Address or path; png, jpeg, gif or webp"),
      question: z.string().default(DESCRIBE_QUESTION),
    }),
    readOnly: true,
    isUntrusted: true,
    run: async ({ image_url: place, question }, context, signal) => {
      const file = await store(place, await readImage(place, context, deps, signal), deps);
      if (file.kind !== "image" || !isSendable(file.mimeType)) {
        throw new ToolError(
          `Cannot look at it: it is ${file.mimeType}`,
          "Give a png, jpeg, gif or webp.",
        );
      }
      const image = { path: file.path, mimeType: file.mimeType, name: "image" };
      return await askAboutImage(deps.model, { image, question }, signal);
    },
  };
}

async function readImage(
  place: string,
  context: ToolContext,
  deps: VisionDeps,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (/^data:/i.test(place)) return dataOf(place);
  if (/^https?:\/\//i.test(place)) {
    const request = { url: place, bodyBytesMax: IMAGE_BYTES_MAX, msMax: FETCH_MS_MAX };
    const { status, body, isCut } = await safeFetch(request, deps, signal);
    if (status >= 400) throw new ToolError(`The server answers ${status}`, "Check the address.");
    if (isCut) throw tooLarge();
    return body;
  }
  const path = await deps.findFile(place, context);
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isFile() !== true) {
    throw new ToolError(`There is no file "${place}"`, "Check the path.");
  }
  if (facts.size > IMAGE_BYTES_MAX) throw tooLarge();
  return await readFile(path);
}

function dataOf(url: string): Uint8Array {
  const base64 = url.match(/^data:image\/[\w.+-]+;base64,([A-Za-z0-9+/=\s]+)$/i)?.[1];
  if (base64 === undefined) throw new ToolError("The data is no image in base64", "Check it.");
  if (base64.length > IMAGE_BYTES_MAX * 4 / 3) throw tooLarge();
  return Uint8Array.from(atob(base64.replaceAll(/\s/g, "")), (char) => char.charCodeAt(0));
}

async function store(place: string, bytes: Uint8Array, { files }: VisionDeps): Promise<CachedFile> {
  const id = `seen-${createHash("sha256").update(bytes).digest("hex").slice(0, 40)}`;
  const name = /^data:/i.test(place) ? "image" : place.split(/[?#]/)[0] ?? "image";
  const chunks = async function* () {
    yield await Promise.resolve(bytes);
  };
  return await files.find(id) ??
    await files.store(id, name, chunks(), { bytesMax: IMAGE_BYTES_MAX });
}

function tooLarge(): ToolError {
  return new ToolError("The image is larger than 3.7 MB", "Make it smaller first.");
}
