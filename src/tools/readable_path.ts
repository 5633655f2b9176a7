import { readdir, realpath } from "node:fs/promises";
import { basename, dirname, relative, resolve, sep } from "node:path";
import { systemCodeOf } from "../runtime/file_error.ts";
import { ToolError } from "./errors.ts";
import { nearNames } from "./near_names.ts";

/** What the tools may read: the workspace, and no secrets in it. */
export interface ReadableFolders {
  /** Relative paths begin here. It may be a link to any folder, also to `/`. */
  readonly workspace: string;
  /** Where settings, sessions and state are. It stays closed, but for a workspace inside of it. */
  readonly hermesHome: string;
}

/** Hold what looks like files, but tells the environment of processes or never ends. */
const SYSTEM_FOLDERS = ["/proc", "/sys", "/dev"];
/** Folders that hold keys, wherever they are; in lower case, as are the names below. */
const SECRET_FOLDERS = new Set([".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", "gcloud"]);
/** Names of files that hold passwords, tokens or keys. */
const SECRET_NAMES = [
  /^\.env(rc$|\.(?!example$|sample$|template$)|$)/,
  /\.env$/,
  /^\.(netrc|npmrc|pypirc|pgpass|git-credentials|htpasswd)$/,
  /\.(pem|key|p12|pfx|jks|keystore|kdbx)$/,
  /^id_(rsa|dsa|ecdsa|ed25519)\b/,
  /^\.?(tokens?|secrets?|credentials?|auth)(\.(json|ya?ml|toml|ini|txt))?$/,
  /^client_secret.*\.json$/,
];

/**
 * The real path, without links, of a file or folder that may be read. Throws a `ToolError` when it
 * may not, or when there is none; the error then names files of similar names.
 */
export async function findReadable(path: string, folders: ReadableFolders): Promise<string> {
  const asked = resolve(folders.workspace, path);
  const real = await findReal(asked);
  if (real === undefined) throw await missing(path, asked, folders);
  const refusal = await refusalOf(real, folders);
  if (refusal === undefined) return real;
  throw new ToolError(`Cannot read "${path}": ${refusal}`, "Do not try to get around this.");
}

async function findReal(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemCodeOf(error) ?? "")) return undefined;
    throw error;
  }
}

/** Why the real path `path` may not be read; `undefined` when it may. */
async function refusalOf(path: string, folders: ReadableFolders): Promise<string | undefined> {
  const workspace = await findReal(folders.workspace);
  if (workspace === undefined || !isInside(path, workspace)) {
    return "it is outside of the workspace";
  }
  if (SYSTEM_FOLDERS.some((folder) => isInside(path, folder))) return "it is part of the system";
  if (isSecret(path)) return "it may hold keys or passwords";
  const home = await findReal(folders.hermesHome);
  if (home === undefined || !isInside(path, home)) return undefined;
  const isWorkspaceInHome = workspace !== home && isInside(workspace, home);
  return isWorkspaceInHome ? undefined : "it belongs to Hermes itself";
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !way.startsWith(sep);
}

function isSecret(path: string): boolean {
  const parts = path.toLowerCase().split(sep);
  if (parts.some((part) => SECRET_FOLDERS.has(part))) return true;
  return SECRET_NAMES.some((name) => name.test(parts.at(-1) ?? ""));
}

/** Says no more about a place that may not be read than about one that does not exist. */
async function missing(path: string, asked: string, folders: ReadableFolders): Promise<ToolError> {
  const folder = await findReal(dirname(asked));
  if (folder === undefined || await refusalOf(folder, folders) !== undefined) {
    return new ToolError(
      `Cannot read "${path}": there is no such file in the workspace`,
      "Check the path.",
    );
  }
  const near = nearNames(basename(asked), await readdir(folder));
  const hint = near.length === 0 ? "Check the path." : `Did you mean ${near.join(", ")}?`;
  return new ToolError(`Cannot read "${path}": there is no such file`, hint);
}
