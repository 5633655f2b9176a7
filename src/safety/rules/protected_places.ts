import { basename, dirname } from "node:path";
import type { PathPlaces } from "../path_rules.ts";

/** Without these no system starts, or nobody's files are left. */
const SYSTEM_FOLDERS = [
  ...[
    "bin",
    "boot",
    "dev",
    "etc",
    "home",
    "lib",
    "lib32",
    "lib64",
    "libx32",
    "opt",
    "proc",
    "root",
  ],
  ...["run", "sbin", "srv", "sys", "usr", "var", "usr/bin", "usr/lib", "usr/lib64", "usr/sbin"],
  ...["usr/share", "usr/local", "var/lib", "Applications", "Library", "System", "Users", "Volumes"],
  ...["private", "private/etc", "private/var"],
].map((name) => `/${name}`);

export type ProtectedPlace = "root" | "home" | "system";

/**
 * What would be lost if everything at `path` were deleted, which may end in a pattern of files: the
 * whole machine, somebody's home folder, a part of the system; `undefined` for anything else.
 */
export function protectedPlace(path: string, places: PathPlaces): ProtectedPlace | undefined {
  const target = withoutPattern(path);
  if (target === "/") return "root";
  const home = places.userHome;
  if (target === home || home.startsWith(`${target}/`)) return "home";
  if (/^\/(?:home|Users)\/[^/]+$/.test(target)) return "home";
  const isSystem = SYSTEM_FOLDERS.some((folder) => matches(target, folder));
  return isSystem ? "system" : undefined;
}

/** `/etc/*` and the like mean all that is in `/etc`. */
function withoutPattern(path: string): string {
  const last = basename(path);
  return /^[*?.![\]]+$/.test(last) && /[*?[]/.test(last) ? withoutPattern(dirname(path)) : path;
}

/** Longer patterns are not held against the names: none of them is that long. */
const PATTERN_CHARS_MAX = 64;

/** Whether a path with patterns in it, such as `/et?`, may mean `folder`. */
function matches(path: string, folder: string): boolean {
  if (path.toLowerCase() === folder.toLowerCase()) return true;
  if (!/[*?[]/.test(path) || path.length > PATTERN_CHARS_MAX) return false;
  const form = path.replace(/[.+^${}()|\\]/g, "\\$&").replace(/\*+/g, "[^/]*").replace(
    /\?/g,
    "[^/]",
  )
    .replace(/\[!/g, "[^");
  try {
    return new RegExp(`^${form}$`, "i").test(folder);
  } catch {
    return true; // A pattern that nobody can read may mean anything.
  }
}
