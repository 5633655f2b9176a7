// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import { Buffer } from "node:buffer";
import type { StoredFile } from "./records.ts";

/** A file as `files/{id}/info`, uploads and `metadata.files` of a post show it. */
export function fileBody(file: StoredFile): Record<string, unknown> {
  const size = imageSize(file);
  const isPreviewed = size !== undefined && extensionOf(file.name) !== "svg";
  return {
    id: file.id,
    user_id: file.user_id,
    ...(file.post_id === "" ? {} : { post_id: file.post_id }),
    channel_id: file.channel_id,
    create_at: file.create_at,
    update_at: file.create_at,
    delete_at: 0,
    name: file.name,
    extension: extensionOf(file.name),
    size: file.bytes.byteLength,
    mime_type: mimeTypeOf(file.name),
    ...(size === undefined ? {} : size),
    ...(isPreviewed ? { has_preview_image: true } : {}),
    mini_preview: isPreviewed ? MINI_PREVIEW : null,
    remote_id: "",
    archived: false,
  };
}

/** Type of a file by the end of its name: that is what the server goes by. */
export function mimeTypeOf(name: string): string {
  return MIME_TYPES[extensionOf(name)] ?? "application/octet-stream";
}

export function isImage(name: string): boolean {
  return mimeTypeOf(name).startsWith("image/");
}

/** Base64 of a few bytes that stand for a tiny JPEG. */
const MINI_PREVIEW = "/9j/2wCEAA==";

const PNG_SIGNATURE = "89504e470d0a1a0a";
const PNG_WIDTH_AT = 16;
const PNG_HEIGHT_AT = 20;

const MIME_TYPES: Readonly<Record<string, string>> = {
  txt: "text/plain; charset=utf-8",
  md: "text/markdown; charset=utf-8",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  svg: "image/svg+xml",
  pdf: "application/pdf",
  json: "application/json",
};

function extensionOf(name: string): string {
  return name.includes(".") ? name.split(".").at(-1)?.toLowerCase() ?? "" : "";
}

/** Width and height of a PNG or SVG; `undefined` for other files and for fake images. */
function imageSize(file: StoredFile): { width: number; height: number } | undefined {
  const bytes = Buffer.from(file.bytes);
  if (bytes.subarray(0, 8).toString("hex") === PNG_SIGNATURE && bytes.length > PNG_HEIGHT_AT + 3) {
    return {
      width: bytes.readUInt32BE(PNG_WIDTH_AT),
      height: bytes.readUInt32BE(PNG_HEIGHT_AT),
    };
  }
  if (extensionOf(file.name) !== "svg") return undefined;
  const [width, height] = ["width", "height"].map((key) =>
    Number(bytes.toString().match(new RegExp(`${key}="(\\d+)`))?.[1] ?? 0)
  );
  return { width: width ?? 0, height: height ?? 0 };
}
