/** What a file is, as far as it matters for reading it. */
export type FileKind = "text" | "image" | "pdf" | "office" | "audio" | "video" | "binary";

export interface SniffedFile {
  readonly kind: FileKind;
  /** By its content, where that tells; e.g. `image/png`. */
  readonly mimeType: string;
}

/** How much of a file's beginning tells what it is. */
export const SNIFF_BYTES = 8_192;

/** Office documents that `officeText` reads, by their type. */
export const OFFICE_TYPES: Readonly<Record<string, "docx" | "xlsx" | "pptx" | "odf">> = {
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
  "application/vnd.oasis.opendocument.text": "odf",
  "application/vnd.oasis.opendocument.spreadsheet": "odf",
  "application/vnd.oasis.opendocument.presentation": "odf",
};

/** Office documents whose beginning looks like any archive. */
const OFFICE_EXTENSIONS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(OFFICE_TYPES).flatMap(([mimeType, format]) =>
    format === "odf" ? [] : [[format, mimeType]]
  ),
);

/**
 * What a file is, by its first bytes; its name says it only where they do not. A server goes by the
 * name alone, and so a text may call itself an image.
 */
export async function sniffFile(head: Uint8Array, name: string): Promise<SniffedFile> {
  const { fileTypeFromBuffer } = await import("file-type");
  const found = await fileTypeFromBuffer(head).catch(() => undefined); // A torn file is no bug.
  const extension = name.split(".").at(-1)?.toLowerCase() ?? "";
  if (found !== undefined) {
    const mimeType = found.mime === "application/zip"
      ? OFFICE_EXTENSIONS[extension] ?? found.mime
      : found.mime;
    return { kind: kindOf(mimeType), mimeType };
  }
  if (isText(head)) {
    return extension === "svg"
      ? { kind: "text", mimeType: "image/svg+xml" }
      : { kind: "text", mimeType: "text/plain" };
  }
  return { kind: "binary", mimeType: "application/octet-stream" };
}

function kindOf(mimeType: string): FileKind {
  if (OFFICE_TYPES[mimeType] !== undefined) return "office";
  if (mimeType === "application/pdf") return "pdf";
  const [family = ""] = mimeType.split("/");
  if (family === "image" || family === "audio" || family === "video") return family;
  return /xml|json|javascript|text\//.test(mimeType) ? "text" : "binary";
}

/** UTF-8 without NUL. The last character may be cut. */
function isText(head: Uint8Array): boolean {
  if (head.includes(0)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false; // A fatal decoder throws for nothing but bytes that are not UTF-8.
  }
}
