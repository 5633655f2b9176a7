import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";
import { FileError, systemCodeOf } from "./file_error.ts";

/** Makes sure that files can be written in `folder`, which need not be there yet. @throws FileError */
export async function checkWritable(folder: string): Promise<void> {
  for (let place = folder;; place = dirname(place)) {
    try {
      return await access(place, constants.W_OK | constants.X_OK);
    } catch (error) {
      const isMissing = systemCodeOf(error) === "ENOENT" && dirname(place) !== place;
      if (!isMissing) throw new FileError("write", folder, error);
    }
  }
}
