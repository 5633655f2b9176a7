import { HermesError } from "../errors.ts";

/** A session was written by a Hermes that is newer than this one. It is left as it is. */
export class SessionVersionError extends HermesError {
  override readonly name = "SessionVersionError";
  override readonly code = "sessions.newer_version";

  constructor(path: string, version: number) {
    super(`Cannot read the session "${path}": its format ${version} is newer than this Hermes`, {
      hint: "Update Hermes to the version that wrote the file, or newer.",
    });
  }
}
