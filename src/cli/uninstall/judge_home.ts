import { lstat, readdir, realpath } from "node:fs/promises";
import { relative, sep } from "node:path";
import { homePaths } from "../../config/paths.ts";
import { readTextFile } from "../../runtime/atomic_file.ts";
import { systemCodeOf } from "../../runtime/file_error.ts";

/** What there is of a home, and whether it may be removed. */
export type HomeJudgement =
  | { readonly kind: "absent" }
  /** `reason` ends a sentence. */
  | { readonly kind: "refused"; readonly reason: string }
  | RemovableHome;

export interface RemovableHome {
  readonly kind: "removable";
  /** As it is called. */
  readonly home: string;
  /** Where it is; another path when the name, or a part of it, is a link. */
  readonly folder: string;
  /** Whether the name itself is a link, which has to go too. */
  readonly isLink: boolean;
  /** What Hermes keeps there; all of it is removed, and nothing else. */
  readonly ownNames: readonly string[];
  /** What somebody else has put there. */
  readonly otherNames: readonly string[];
}

/** Looks at a home that is to be removed. @throws what the system throws of a folder we cannot read */
export async function judgeHome(home: string, userHome: string): Promise<HomeJudgement> {
  const found = await lstat(home).catch((error) => {
    if (systemCodeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) return { kind: "absent" };
  const folder = await realpath(home);
  if (!(await lstat(folder)).isDirectory()) return { kind: "refused", reason: "it is no folder" };
  if (holds(folder, await realpath(userHome).catch(() => userHome))) {
    return { kind: "refused", reason: "your own files are in it" };
  }
  const names = (await readdir(folder)).sort();
  if (!await isOfHermes(folder, names)) {
    return { kind: "refused", reason: "there is nothing of Hermes in it" };
  }
  const own = keptNames(home);
  return {
    kind: "removable",
    home,
    folder,
    isLink: found.isSymbolicLink(),
    ownNames: names.filter((name) => own.has(name)),
    otherNames: names.filter((name) => !own.has(name)),
  };
}

/** Whether `inner` is `outer` or below it. */
function holds(outer: string, inner: string): boolean {
  const path = relative(outer, inner);
  return path !== ".." && !path.startsWith(`..${sep}`);
}

/** Other programs have folders called `logs`, too. */
const SIGNS = ["SOUL.md", "memories", "sessions", "state"];

async function isOfHermes(folder: string, names: readonly string[]): Promise<boolean> {
  if (names.some((name) => SIGNS.includes(name))) return true;
  const { envFile, configFile } = homePaths(folder);
  for (const [file, sign] of [[envFile, /^MATTERMOST_/m], [configFile, /^mattermost:/m]] as const) {
    if (sign.test(await readTextFile(file) ?? "")) return true;
  }
  return false;
}

/** Where the agent works when it is told no other place. */
const WORKSPACE = "workspace";

function keptNames(home: string): ReadonlySet<string> {
  const names = Object.values(homePaths(home)).map((path) => relative(home, path).split(sep)[0]);
  return new Set([...names, WORKSPACE].map((name) => name ?? "").filter((name) => name !== ""));
}
