import { readFile, stat } from "node:fs/promises";
import { OFFICE_TYPES, type SniffedFile } from "./file_kind.ts";
import { OfficeError, officeText } from "./office_text.ts";

export type ExtractedText =
  | { readonly kind: "text"; readonly text: string }
  /** `reason` goes on after "because": why there is none. */
  | { readonly kind: "none"; readonly reason: string };

/** Larger documents are not opened: they are in memory as a whole. */
const DOCUMENT_BYTES_MAX = 50_000_000;
const PDF_PAGES_MAX = 500;
/** Text beyond that nobody reads; it is cut. */
const TEXT_CHARS_MAX = 2_000_000;

/** The text of a PDF, an office document or a text file. Never throws for what is in the file. */
export async function extractText(path: string, file: SniffedFile): Promise<ExtractedText> {
  const { size } = await stat(path);
  if (size > DOCUMENT_BYTES_MAX) return { kind: "none", reason: "it is larger than 50 MB" };
  return await textOfBytes(await readFile(path), file);
}

/** The same of bytes at hand. */
export async function textOfBytes(
  bytes: Uint8Array,
  { kind, mimeType }: SniffedFile,
): Promise<ExtractedText> {
  const format = OFFICE_TYPES[mimeType];
  try {
    if (kind === "text") return extracted(new TextDecoder().decode(bytes));
    if (kind === "pdf") return await pdfText(bytes);
    if (format !== undefined) return extracted(await officeText(bytes, format));
  } catch (error) {
    const isKnown = error instanceof OfficeError || /password/i.test(String(error));
    return { kind: "none", reason: isKnown ? reasonOf(error) : "it is damaged" };
  }
  return { kind: "none", reason: `there is no text in ${mimeType}` };
}

async function pdfText(bytes: Uint8Array): Promise<ExtractedText> {
  const { extractText, getDocumentProxy } = await import("unpdf");
  const document = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
  try {
    if (document.numPages > PDF_PAGES_MAX) {
      return { kind: "none", reason: `it has more than ${PDF_PAGES_MAX} pages` };
    }
    const { text } = await extractText(document, { mergePages: false });
    const pages = text.map((page, index) => `## Page ${index + 1}\n${page.trim()}`);
    const isBlank = text.every((page) => page.trim() === "");
    if (isBlank) return { kind: "none", reason: "its pages are images" };
    return extracted(pages.join("\n\n"));
  } finally {
    await document.loadingTask.destroy();
  }
}

function extracted(text: string): ExtractedText {
  return { kind: "text", text: text.slice(0, TEXT_CHARS_MAX) };
}

function reasonOf(error: unknown): string {
  if (error instanceof OfficeError) return error.message;
  return "it is protected by a password";
}
