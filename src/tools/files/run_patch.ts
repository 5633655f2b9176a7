import { ToolError } from "../errors.ts";
import type { ToolContext } from "../tool.ts";
import { applyHunks } from "./apply_hunks.ts";
import { type FoundPath, readVersion } from "./file_access.ts";
import type { FileChanges } from "./file_changes.ts";
import type { FileOperation } from "./patch_format.ts";

/** One file as a patch wants it. */
interface PlannedFile {
  /** What was done, once it is, e.g. `Changed /srv/a.ts`. */
  readonly done: string;
  /** Further lines to tell, e.g. the diff. */
  readonly details: readonly string[];
  readonly apply: () => Promise<void>;
}

/** Applies all operations of a patch, or none when one of them does not fit. Tells what it did. */
export async function runPatch(
  operations: readonly FileOperation[],
  context: ToolContext,
  changes: FileChanges,
): Promise<string> {
  const paths = operations.flatMap(pathsOf);
  const doubled = paths.find((path, at) => paths.indexOf(path) < at);
  if (doubled !== undefined) {
    throw new ToolError(
      `Not changed: the patch names "${doubled}" twice`,
      "Put all changes of a file into one part.",
    );
  }
  return await changes.runAll(paths, context, async (placeOf) => {
    const planned: PlannedFile[] = [];
    for (const operation of operations) {
      planned.push(await plan(operation, placeOf, context, changes));
    }
    const done: string[] = [];
    for (const file of planned) {
      await file.apply().catch((error) => {
        if (done.length === 0) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        throw new ToolError(
          `${done.join(". ")}. But the rest was not done: ${reason}`,
          "Do what is missing in another way.",
        );
      });
      done.push(file.done);
    }
    return planned.map(({ done: line, details }) => [`${line}.`, ...details].join("\n").trimEnd())
      .join("\n\n");
  });
}

type PlaceOf = (path: string) => FoundPath;

function pathsOf(operation: FileOperation): string[] {
  const movedTo = operation.kind === "update" ? operation.movedTo : undefined;
  return movedTo === undefined ? [operation.path] : [operation.path, movedTo];
}

async function plan(
  operation: FileOperation,
  placeOf: PlaceOf,
  context: ToolContext,
  changes: FileChanges,
): Promise<PlannedFile> {
  const { path } = operation;
  const found = placeOf(path);
  switch (operation.kind) {
    case "add": {
      await refuseExisting(path, found);
      const text = operation.lines.map((line) => `${line}\n`).join("");
      return {
        done: `Made ${found.path}: ${operation.lines.length} lines`,
        details: [],
        apply: () => changes.write(path, found, new TextEncoder().encode(text), context),
      };
    }
    case "delete":
      if (await readVersion(found.realPath) === undefined) {
        throw await changes.access.missing(path, context);
      }
      return {
        done: `Deleted ${found.path}`,
        details: [],
        apply: () => changes.remove(path, found),
      };
    case "update":
      return await planUpdate(operation, placeOf, context, changes);
  }
}

async function planUpdate(
  { path, movedTo, hunks }: Extract<FileOperation, { kind: "update" }>,
  placeOf: PlaceOf,
  context: ToolContext,
  changes: FileChanges,
): Promise<PlannedFile> {
  const found = placeOf(path);
  const opened = await changes.read(path, context);
  const applied = applyHunks(opened.file.text, hunks);
  if (applied.kind === "unfound") {
    changes.noteFailure(opened, context);
    throw new ToolError(
      `Nothing was changed: part ${applied.hunk + 1} of "${path}" fits nowhere, beginning with ` +
        JSON.stringify(applied.line),
      "Read the file again and make the patch anew.",
    );
  }
  const bytes = opened.file.change(applied.edits);
  const notes = changes.staleNote(found, opened.version, context);
  const details = [...notes, await changes.diff(opened, bytes, context)];
  const bent = applied.how === "" ? "" : ` (found ${applied.how})`;
  if (movedTo === undefined) {
    const apply = () => changes.write(path, found, bytes, context, opened.version);
    return { done: `Changed ${found.path}${bent}`, details, apply };
  }
  const target = placeOf(movedTo);
  await refuseExisting(movedTo, target);
  return {
    done: `Moved ${found.path} to ${target.path}${bent}`,
    details,
    apply: async () => {
      await changes.write(movedTo, target, bytes, context, opened.version);
      await changes.remove(path, found);
    },
  };
}

async function refuseExisting(path: string, { realPath }: FoundPath): Promise<void> {
  if (await readVersion(realPath) === undefined) return;
  throw new ToolError(
    `Nothing was changed: "${path}" exists already`,
    "Use *** Update File for it, or another path.",
  );
}
