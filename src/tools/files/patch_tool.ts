import { z } from "zod";
import { ToolError } from "../errors.ts";
import type { Tool, ToolContext } from "../tool.ts";
import type { FileChanges, OpenedText } from "./file_changes.ts";
import { findText } from "./find_text.ts";
import { lineTable } from "./line_table.ts";
import { mostSimilarLine } from "./find_lines.ts";
import { parsePatch, pathsOfPatch } from "./patch_format.ts";
import { runPatch } from "./run_patch.ts";

/** Changes in a row that did not fit a file, after which the model is told to look at it again. */
const FAILURES_ADVISED = 3;
/** Lines of equal places that an error names. */
const PLACES_NAMED_MAX = 10;

export interface PatchInput {
  readonly mode: "replace" | "patch";
  readonly path?: string | undefined;
  readonly old_string?: string | undefined;
  readonly new_string?: string | undefined;
  readonly replace_all: boolean;
  readonly patch?: string | undefined;
}

/** Changes parts of files. */
export function createPatchTool(changes: FileChanges): Tool<PatchInput> {
  return {
    name: "patch",
    description: "Changes parts of text files. mode=replace puts new_string in the place of " +
      "old_string, which must be in the file once: give enough lines around it. mode=patch " +
      "applies a patch of several files (*** Begin Patch, *** Update File: path, @@, lines with " +
      "space, - or +). Small differences in white space are bridged. Gives a diff.",
    input: z.object({
      mode: z.enum(["replace", "patch"]).default("replace"),
      path: z.string().optional(),
      old_string: z.string().optional(),
      new_string: z.string().optional(),
      replace_all: z.boolean().default(false),
      patch: z.string().optional(),
    }),
    touches: ({ mode, path, patch }, context) =>
      (mode === "replace" ? [path ?? ""] : pathsOfPatch(patch ?? ""))
        .map((each) => changes.access.absolute(each, context)),
    run: async (input, context) => {
      if (input.mode === "replace") return await replace(input, context, changes);
      const parsed = parsePatch(input.patch ?? "");
      if (parsed.kind === "parsed") return await runPatch(parsed.operations, context, changes);
      throw new ToolError(`Cannot read the patch: ${parsed.reason}`, "Correct it and try again.");
    },
  };
}

async function replace(
  input: PatchInput,
  context: ToolContext,
  changes: FileChanges,
): Promise<string> {
  const { path = "", old_string: wanted = "", new_string: replacement } = input;
  if (path === "" || wanted === "" || replacement === undefined) {
    throw new ToolError(
      "Cannot replace anything: path, old_string and new_string are needed",
      "Use write_file for a new or whole file.",
    );
  }
  if (wanted === replacement) {
    throw new ToolError("Nothing to do: old_string and new_string are the same", "Go on.");
  }
  return await changes.run(path, context, async (found) => {
    const opened = await changes.read(path, context);
    const { text } = opened.file;
    const match = findText(text, wanted, replacement);
    if (match === undefined) throw describeUnfound(path, wanted, opened, context, changes);
    const { edits, how } = match;
    if (edits.length > 1 && !input.replace_all) throw describeSeveral(path, text, edits);
    const notes = changes.staleNote(found, opened.version, context);
    const bytes = opened.file.change(edits);
    await changes.write(path, found, bytes, context, opened.version);
    const places = edits.length === 1 ? "" : ` in ${edits.length} places`;
    const bent = how === "" ? "" : ` (old_string was found ${how})`;
    const diff = await changes.diff(opened, bytes, context);
    return [`Changed ${found.path}${places}${bent}.`, ...notes, diff].join("\n").trimEnd();
  });
}

function describeSeveral(
  path: string,
  text: string,
  edits: readonly { readonly start: number }[],
): ToolError {
  const table = lineTable(text);
  const lines = edits.slice(0, PLACES_NAMED_MAX).map(({ start }) => table.lineAt(start) + 1);
  const more = edits.length > lines.length ? ", …" : "";
  return new ToolError(
    `Not changed: old_string is in "${path}" ${edits.length} times, in lines ${
      lines.join(", ")
    }${more}`,
    "Give more lines around the one that you mean, or set replace_all.",
  );
}

function describeUnfound(
  path: string,
  wanted: string,
  opened: OpenedText,
  context: ToolContext,
  changes: FileChanges,
): ToolError {
  const failures = changes.noteFailure(opened, context);
  const near = mostSimilarLine(lineTable(opened.file.text).lines, wanted.split("\n"));
  const hint = failures >= FAILURES_ADVISED
    ? `Try ${failures} in a row: read the file again with read_file, it is not what you think.`
    : near === undefined
    ? "Read the file again."
    : `The most similar line is ${near.number}: ${JSON.stringify(near.line)}`;
  return new ToolError(`Not changed: old_string is not in "${path}"`, hint);
}
