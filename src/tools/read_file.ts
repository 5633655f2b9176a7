import { readFile, stat } from "node:fs/promises";
import { z } from "zod";
import type { PathPlaces } from "../safety/path_rules.ts";
import { cutText } from "../transcript/cut_text.ts";
import { ToolError } from "./errors.ts";
import { findReadable } from "./readable_path.ts";
import type { Tool } from "./tool.ts";

const LINES_DEFAULT = 500;
const LINES_MAX = 2_000;
const LINE_CHARS_MAX = 2_000;
/** Longest result; 200 characters of it are for the note about what follows. */
const RESULT_CHARS_MAX = 100_000;
const NOTE_CHARS = 200;
/** Larger files are not read: the whole file is in memory for a moment. */
const FILE_BYTES_MAX = 20_000_000;
/** Bytes in which a NUL tells that the file is not text. */
const BINARY_CHECK_BYTES = 8_192;

/** Reads text files, but no secrets and nothing of the system or of Hermes itself. */
export function createReadFileTool(
  deps: {
    /** Relative paths begin here. */
    readonly workspace: string;
    readonly places: PathPlaces;
  },
): Tool<{ path: string; offset: number; limit: number }> {
  return {
    name: "read_file",
    description: "Reads a text file. Each line comes as LINE|CONTENT, with its number. Relative " +
      "paths begin in the workspace. Read long files in pieces with offset and limit.",
    input: z.object({
      path: z.string().min(1).describe("Path of the file"),
      offset: z.int().min(1).default(1).describe("First line to read"),
      limit: z.int().min(1).max(LINES_MAX).default(LINES_DEFAULT).describe("Most lines to read"),
    }),
    readOnly: true,
    run: async ({ path, offset, limit }, _context, signal) => {
      const text = await readText(
        path,
        await findReadable(path, deps.workspace, deps.places),
        signal,
      );
      return numberLines(path, text, offset, limit);
    },
  };
}

async function readText(path: string, realPath: string, signal: AbortSignal): Promise<string> {
  const refuse = (reason: string, hint: string) =>
    new ToolError(`Cannot read "${path}": ${reason}`, hint);
  const facts = await stat(realPath);
  if (facts.isDirectory()) throw refuse("it is a folder", "Give the path of a file in it.");
  if (!facts.isFile()) throw refuse("it is not a regular file", "Read something else.");
  if (facts.size > FILE_BYTES_MAX) {
    throw refuse(`it has ${facts.size} bytes, the limit is ${FILE_BYTES_MAX}`, "Ask for a part.");
  }
  const bytes = await readFile(realPath, { signal });
  if (bytes.subarray(0, BINARY_CHECK_BYTES).includes(0)) {
    throw refuse("it is not text", "Use a tool that knows this kind of file.");
  }
  return new TextDecoder().decode(bytes);
}

function numberLines(path: string, text: string, offset: number, limit: number): string {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  if (lines.length === 0) return "[The file is empty.]";
  if (offset > lines.length) {
    const reason = `it has ${lines.length} lines`;
    throw new ToolError(
      `Cannot read "${path}" from line ${offset}: ${reason}`,
      "Use a lower offset.",
    );
  }
  let result = "";
  let next = offset;
  for (const line of lines.slice(offset - 1, offset - 1 + limit)) {
    const numbered = `${next}|${shorten(line)}\n`;
    if (result.length + numbered.length > RESULT_CHARS_MAX - NOTE_CHARS) break;
    result += numbered;
    next++;
  }
  if (next > lines.length) return result;
  return `${result}[Lines ${offset} to ${next - 1} of ${lines.length}. Go on with offset ${next}.]`;
}

function shorten(line: string): string {
  if (line.length <= LINE_CHARS_MAX) return line;
  return `${cutText(line, LINE_CHARS_MAX)}… [${line.length} characters]`;
}
