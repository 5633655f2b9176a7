import { readFile, stat } from "node:fs/promises";
import type { Message } from "../transcript/message.ts";

/** The images of a request by their paths; one that cannot be sent is missing. */
export type LoadedImages = ReadonlyMap<string, Uint8Array>;

export const NO_IMAGES: LoadedImages = new Map();

/** Images that every provider takes. */
const SENDABLE_TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
/** Largest image: Anthropic refuses more than 5 MB in base64, which is a third longer. */
export const IMAGE_BYTES_MAX = 3_700_000;
/** The newest images of a conversation that are sent again with every call. */
const IMAGES_MAX = 20;
const BYTES_MAX = 20_000_000;

/** Whether a model could be sent an image of this type. */
export function isSendable(mimeType: string): boolean {
  return SENDABLE_TYPES.includes(mimeType);
}

/** Reads the images of a request, the newest first, as many as a request may hold. */
export async function loadImages(messages: readonly Message[]): Promise<LoadedImages> {
  const shown = messages.flatMap((message) => message.role === "user" ? message.images ?? [] : []);
  const loaded = new Map<string, Uint8Array>();
  let bytesLeft = BYTES_MAX;
  for (const { path, mimeType } of shown.toReversed()) {
    if (loaded.size === IMAGES_MAX) break;
    if (loaded.has(path) || !isSendable(mimeType)) continue;
    const bytes = await readImage(path, Math.min(IMAGE_BYTES_MAX, bytesLeft));
    if (bytes === undefined) continue;
    bytesLeft -= bytes.length;
    loaded.set(path, bytes);
  }
  return loaded;
}

/** `undefined` for one that is gone from the cache, or too large. */
async function readImage(path: string, bytesMax: number): Promise<Uint8Array | undefined> {
  try {
    const { size } = await stat(path);
    return size === 0 || size > bytesMax ? undefined : await readFile(path);
  } catch {
    return undefined; // The text then says that there was an image.
  }
}
