import { existsSync } from "node:fs";
import process from "node:process";

const SETPRIV_PATH = "/usr/bin/setpriv";
const isRoot = process.getuid?.() === 0;

/**
 * What to put before a command so that it runs without the rights of root, which no mode of a file
 * keeps out; nothing when the tests run without them.
 */
export const NOBODY: readonly string[] = isRoot
  ? [SETPRIV_PATH, "--reuid=65534", "--regid=65534", "--clear-groups"]
  : [];

/** Why that cannot be done here; `false` when it can. */
export const noPlainUser: string | false = isRoot && !existsSync(SETPRIV_PATH)
  ? "this is root, and there is no setpriv to be somebody else"
  : false;
