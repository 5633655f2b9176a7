import { basename } from "node:path";
import { textOfBytes } from "../../files/extract_text.ts";
import { SNIFF_BYTES, sniffFile } from "../../files/file_kind.ts";
import { ToolError } from "../errors.ts";

/** How documents begin whose first bytes may look like text: PDF, and archives such as docx. */
const DOCUMENT_BEGINNINGS = ["%PDF-", "PK\x03\x04"];

/** What a file says: its text, that of a document, or the cells of a notebook. Throws a `ToolError`. */
export async function readableText(path: string, bytes: Uint8Array): Promise<string> {
  const head = bytes.subarray(0, SNIFF_BYTES);
  const beginning = new TextDecoder("latin1").decode(head.subarray(0, 8));
  const isDocument = DOCUMENT_BEGINNINGS.some((each) => beginning.startsWith(each));
  if (!isDocument && !head.includes(0)) {
    const text = new TextDecoder().decode(bytes);
    return path.endsWith(".ipynb") ? notebookText(text) ?? text : text;
  }
  const file = await sniffFile(head, basename(path));
  if (file.kind === "pdf" || file.kind === "office") {
    const document = await textOfBytes(bytes, file);
    if (document.kind === "text") return document.text;
    throw new ToolError(
      `Cannot read "${path}": ${document.reason}`,
      "Use a program in terminal for it, if there is one.",
    );
  }
  const hint = file.kind === "image"
    ? "Use vision_analyze to look at it."
    : "Use a program in terminal that knows this kind of file.";
  throw new ToolError(`Cannot read "${path}": it is not text, but ${file.mimeType}`, hint);
}

/** The cells of a Jupyter notebook; `undefined` for what is none. */
function notebookText(text: string): string | undefined {
  const { cells } = asRecord(parseJson(text));
  if (!Array.isArray(cells)) return undefined;
  return cells.map((cell: unknown, at) => {
    const { cell_type: type = "cell", source, outputs } = asRecord(cell);
    const shown = Array.isArray(outputs) ? outputs.map(outputText).join("") : "";
    const output = shown === "" ? "" : `\n[Output]\n${shown.trimEnd()}`;
    return `# Cell ${at + 1} (${String(type)})\n${linesOf(source).trimEnd()}${output}`;
  }).join("\n\n");
}

/** What was printed, else the value; images are left out. */
function outputText(output: unknown): string {
  const { text, data } = asRecord(output);
  return linesOf(text ?? asRecord(data)["text/plain"]);
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

/** A text is stored whole or as its lines. */
function linesOf(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join("") : typeof value === "string" ? value : "";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Then it is shown as the text that it is.
  }
}
