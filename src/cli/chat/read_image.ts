import { createReadStream } from "node:fs";
import { basename, resolve } from "node:path";
import { HermesError } from "../../errors.ts";
import { IMAGE_BYTES_MAX, isSendable } from "../../models/load_images.ts";
import type { AgentParts } from "../compose_agent.ts";
import { imageDescriber } from "../compose_attachments.ts";
import type { Saying } from "./conversation.ts";

/** A file is no image that a model takes. */
export class ImageFileError extends HermesError {
  override readonly name = "ImageFileError";
  override readonly code = "chat.image";

  constructor(path: string, reason: string) {
    super(`Cannot show "${path}" to the model: ${reason}`, {
      hint: "Give a PNG, JPEG, GIF or WebP file of at most 3.7 MB.",
    });
  }
}

/**
 * The question with an image: itself, or what it shows in words for a model that does not see. The
 * image is copied, so that the conversation still has it when the file is gone.
 * @throws ImageFileError
 */
export async function withImage(
  { text }: Saying,
  path: string,
  agent: AgentParts,
  signal: AbortSignal,
): Promise<Saying> {
  const name = basename(path);
  const file = await copyImage(path, name, agent);
  const { mimeType } = file;
  const intro = `Attached file ${JSON.stringify(name)} (${mimeType}), stored as ${file.path}`;
  const describe = imageDescriber(agent);
  if (describe !== undefined) {
    const words = await describe(file, name, signal);
    return { text: `${text}\n\n[${intro}. What it shows:]\n${words}` };
  }
  return { text: `${text}\n\n[${intro}]`, images: [{ path: file.path, mimeType, name }] };
}

async function copyImage(path: string, name: string, { files, random }: AgentParts) {
  try {
    const file = await files.store(random.id(), name, bytesOf(path), { bytesMax: IMAGE_BYTES_MAX });
    if (isSendable(file.mimeType)) return file;
  } catch (error) {
    throw new ImageFileError(path, reasonOf(error));
  }
  throw new ImageFileError(path, "it is no image of a kind that models take");
}

/** Opened when it is read: until then nobody listens for errors. */
async function* bytesOf(path: string): AsyncIterable<Uint8Array> {
  yield* createReadStream(resolve(path));
}

function reasonOf(error: unknown): string {
  if (error instanceof HermesError && error.code === "files.too_large") return "it is too large";
  return "it cannot be read";
}
