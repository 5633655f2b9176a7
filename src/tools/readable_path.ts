import { readdir, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { systemCodeOf } from "../runtime/file_error.ts";
import { checkPath } from "../safety/check_path.ts";
import type { PathPlaces } from "../safety/path_rules.ts";
import { ToolError } from "./errors.ts";
import { nearNames } from "./near_names.ts";

/**
 * The real path, without links, of a file or folder that may be read; relative paths begin in
 * `folder`. Throws a `ToolError` when it may not be read, or when there is none; the error then names
 * files of similar names.
 */
export async function findReadable(
  path: string,
  folder: string,
  places: PathPlaces,
): Promise<string> {
  const asked = resolve(folder, path);
  const checked = await checkPath(asked, "read", places);
  if (checked.kind === "refused") {
    throw new ToolError(
      `Cannot read "${path}": ${checked.reason}`,
      "Do not try to get around this.",
    );
  }
  if (await exists(checked.realPath)) return checked.realPath;
  throw await missing(path, asked, places);
}

/** Says no more about a folder that may not be read than about one that does not exist. */
async function missing(path: string, asked: string, places: PathPlaces): Promise<ToolError> {
  const folder = await checkPath(dirname(asked), "read", places);
  const names = folder.kind === "allowed" ? await namesIn(folder.realPath) : [];
  const near = nearNames(basename(asked), names);
  const hint = near.length === 0 ? "Check the path." : `Did you mean ${near.join(", ")}?`;
  return new ToolError(`Cannot read "${path}": there is no such file`, hint);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return []; // Without names there is nothing to propose, whatever the reason.
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemCodeOf(error) ?? "")) return false;
    throw error;
  }
}
