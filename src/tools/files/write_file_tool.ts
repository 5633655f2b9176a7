import { stat } from "node:fs/promises";
import { z } from "zod";
import { ToolError } from "../errors.ts";
import type { Tool } from "../tool.ts";
import { readVersion } from "./file_access.ts";
import { CHANGED_BYTES_MAX, type FileChanges } from "./file_changes.ts";

export interface WriteFileInput {
  readonly path: string;
  readonly content: string;
}

/** Writes whole files. */
export function createWriteFileTool(changes: FileChanges): Tool<WriteFileInput> {
  return {
    name: "write_file",
    description: "Writes a whole text file, with the folders it needs; what it held is replaced. " +
      "Use patch to change a part of a file.",
    input: z.object({ path: z.string().min(1), content: z.string() }),
    touches: ({ path }, context) => [changes.access.absolute(path, context)],
    run: async ({ path, content }, context) => {
      const bytes = new TextEncoder().encode(content);
      if (bytes.length > CHANGED_BYTES_MAX) {
        throw new ToolError(
          `Cannot write "${path}": more than ${CHANGED_BYTES_MAX} bytes at once`,
          "Write it in parts with terminal.",
        );
      }
      return await changes.run(path, context, async (found) => {
        await refuseUnlessFile(path, found.realPath);
        const old = await readVersion(found.realPath);
        const notes = old === undefined ? [] : changes.staleNote(found, old, context);
        await changes.write(path, found, bytes, context, old);
        const lines = content.split("\n").length -
          (content.endsWith("\n") || content === "" ? 1 : 0);
        const what = old === undefined ? "Made" : "Replaced";
        return [`${what} ${found.path}: ${lines} lines, ${bytes.length} bytes.`, ...notes].join(
          "\n",
        );
      });
    },
  };
}

async function refuseUnlessFile(path: string, realPath: string): Promise<void> {
  const facts = await stat(realPath).catch(() => undefined); // There is none yet, or writing will tell.
  if (facts === undefined || facts.isFile()) return;
  const what = facts.isDirectory() ? "it is a folder" : "it is not a regular file";
  throw new ToolError(`Cannot write "${path}": ${what}`, "Choose another path.");
}
