import { z } from "zod";
import { cutText } from "../../transcript/cut_text.ts";
import { ToolError } from "../errors.ts";
import type { Tool } from "../tool.ts";
import type { FileAccess } from "./file_access.ts";
import type { FileMemory } from "./file_memory.ts";
import { readableText } from "./readable_text.ts";

const LINES_DEFAULT = 500;
const LINES_MAX = 2_000;
const LINE_CHARS_MAX = 2_000;
/** Longest result; 200 characters of it are for the note about what follows. */
const RESULT_CHARS_MAX = 100_000;
const NOTE_CHARS = 200;
/** Larger files are not read: the whole file is in memory for a moment. */
const FILE_BYTES_MAX = 20_000_000;
/** Reads of the same unchanged lines after which the model is told what it does, and stopped. */
const READS_WARNED = 3;
const READS_MAX = 4;

export interface FileToolDeps {
  readonly access: FileAccess;
  readonly memory: FileMemory;
}

export interface ReadFileInput {
  readonly path: string;
  readonly offset: number;
  readonly limit: number;
}

/** Reads text files and documents, but no secrets and nothing of the system or of Hermes itself. */
export function createReadFileTool({ access, memory }: FileToolDeps): Tool<ReadFileInput> {
  return {
    name: "read_file",
    description:
      "Reads a text file, or the text of a PDF, Office document or notebook. Each line " +
      "comes as LINE|CONTENT, with its number. Read long files in pieces with offset and limit.",
    input: z.object({
      path: z.string().min(1),
      offset: z.int().min(1).default(1).describe("First line to read"),
      limit: z.int().min(1).max(LINES_MAX).default(LINES_DEFAULT).describe("Most lines to read"),
    }),
    readOnly: true,
    touches: ({ path }, context) => [access.absolute(path, context)],
    run: async ({ path, offset, limit }, context) => {
      const { bytes, realPath, version } = await access.read(path, FILE_BYTES_MAX, context);
      const lines = splitLines(await readableText(path, bytes));
      if (lines.length === 0) return "[The file is empty.]";
      if (offset > lines.length) {
        throw new ToolError(
          `Cannot read "${path}" from line ${offset}: it has ${lines.length} lines`,
          "Use a lower offset.",
        );
      }
      const part = `${offset}+${limit}`;
      const reads = memory.noteRead(context.sessionKey, realPath, version, part);
      if (reads === 1) return numberLines(lines, offset, limit);
      return describeRepetition(path, reads);
    },
  };
}

function splitLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function describeRepetition(path: string, reads: number): string {
  if (reads >= READS_MAX) {
    throw new ToolError(
      `Not read: you have read these lines of "${path}" ${reads - 1} times, and they are the same`,
      "Go on with what you know, or read other lines.",
    );
  }
  const stub = "[Unchanged: you have read these lines already, and they stand above.]";
  if (reads < READS_WARNED) return stub;
  return `${stub}\n[Reading the same again and again leads nowhere: go on with the task.]`;
}

function numberLines(lines: readonly string[], offset: number, limit: number): string {
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
