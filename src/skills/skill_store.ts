import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { readTextFile, writeFileAtomic } from "../runtime/atomic_file.ts";
import type { Clock } from "../runtime/clock.ts";
import { FileError, systemCodeOf } from "../runtime/file_error.ts";
import type { Log } from "../runtime/log.ts";
import { parseSkill, type SkillFile } from "./skill_file.ts";

/** A skill and where it is. */
export interface Skill extends SkillFile {
  /** Name of the folder that its folder is in. */
  readonly category: string;
  readonly place: SkillPlace;
  /** The whole SKILL.md. */
  readonly text: string;
}

/** `own`: in the home, where it can be changed. `folder` is the one with the SKILL.md. */
export type SkillPlace =
  | { readonly kind: "own"; readonly folder: string }
  | { readonly kind: "external"; readonly folder: string }
  | { readonly kind: "bundled" };

/** A skill that comes with the program. */
export interface BundledSkill {
  readonly category: string;
  readonly name: string;
  readonly text: string;
}

export interface SkillStoreDeps {
  /** `skills/` of the home: `<category>/<name>/SKILL.md`, or `<name>/SKILL.md`. */
  readonly folder: string;
  /** Further folders of that kind, which are only read. */
  readonly externalFolders: readonly string[];
  readonly bundled: readonly BundledSkill[];
  /** As `process.platform` names it. */
  readonly platform: string;
  readonly clock: Clock;
  readonly log: Log;
}

export const SKILL_FILE = "SKILL.md";
/** Folders of a skill that may hold further files. */
export const SKILL_SUBFOLDERS = ["references", "templates", "scripts", "assets"] as const;
/** Most skills that are read; more would make every new conversation wait. */
const SKILLS_MAX = 2_000;
const CATEGORY_DEFAULT = "general";
const USAGE_FILE = ".usage.json";
const FILE_BYTES_MAX = 1_048_576;

/**
 * The skills of one home. Those in the home hide others of the same name, external ones hide the
 * bundled ones: what comes with the program is never written to the home, and so never overwrites
 * what somebody changed there.
 */
export class SkillStore {
  readonly #deps: SkillStoreDeps;
  /** When each skill was used last, by name. */
  #usage: Map<string, number> | undefined;

  constructor(deps: SkillStoreDeps) {
    this.#deps = deps;
  }

  /** `skills/` of the home. */
  get folder(): string {
    return this.#deps.folder;
  }

  /** All skills for this system, those that were used last first. A broken one is logged, not listed. */
  async list(): Promise<readonly Skill[]> {
    const byName = new Map<string, Skill>();
    for (const skill of await this.#bundled()) byName.set(skill.name, skill);
    for (const folder of this.#deps.externalFolders) {
      for (const skill of await this.#scan(folder, "external")) byName.set(skill.name, skill);
    }
    for (const skill of await this.#scan(this.#deps.folder, "own")) byName.set(skill.name, skill);
    const usage = await this.#readUsage();
    return [...byName.values()]
      .filter(({ platforms }) => platforms.length === 0 || platforms.includes(this.#deps.platform))
      .toSorted((a, b) =>
        (usage.get(b.name) ?? 0) - (usage.get(a.name) ?? 0) || (a.name < b.name ? -1 : 1)
      );
  }

  async find(name: string): Promise<Skill | undefined> {
    return (await this.list()).find((skill) => skill.name === name);
  }

  /** Paths of the files beside the SKILL.md, below the skill's folder, sorted. */
  async files({ place }: Skill): Promise<readonly string[]> {
    if (place.kind === "bundled") return [];
    const lists = await Promise.all(SKILL_SUBFOLDERS.map(async (name) => {
      const folder = join(place.folder, name);
      const entries = await readFolder(folder, { recursive: true });
      return entries.filter((entry) => entry.isFile())
        .map((entry) => relative(place.folder, join(entry.parentPath, entry.name)));
    }));
    return lists.flat().map((path) => path.replaceAll(sep, "/")).toSorted();
  }

  /** The text of such a file; `undefined` when there is none, or when it leads out of the folder. */
  async readFile({ place }: Skill, path: string): Promise<string | undefined> {
    if (place.kind === "bundled") return undefined;
    const real = await realpath(join(place.folder, path)).catch(() => undefined);
    if (real === undefined) return undefined;
    const way = relative(await realpath(place.folder), real);
    if (way.startsWith("..") || way.startsWith(sep)) return undefined;
    const facts = await stat(real);
    if (!facts.isFile() || facts.size > FILE_BYTES_MAX) return undefined;
    return await readFile(real, "utf8");
  }

  /** Remembers that a skill was used now. Nothing depends on it, so a failure is only logged. */
  async noteUse(name: string): Promise<void> {
    const usage = await this.#readUsage();
    usage.set(name, this.#deps.clock.nowMs());
    const path = join(this.#deps.folder, USAGE_FILE);
    try {
      await writeFileAtomic(path, JSON.stringify(Object.fromEntries(usage)), { mode: 0o600 });
    } catch (error) {
      const code = error instanceof FileError ? error.code : String(error);
      this.#deps.log("warn", "skills.usage_not_kept", { code });
    }
  }

  async #bundled(): Promise<Skill[]> {
    return await Promise.all(this.#deps.bundled.map(async ({ category, name, text }) => {
      const parsed = await parseSkill(text, name);
      if (parsed.kind === "refused") throw new Error(`the bundled skill ${name} ${parsed.reason}`);
      return { ...parsed.skill, category, text, place: { kind: "bundled" as const } };
    }));
  }

  async #scan(root: string, kind: "own" | "external"): Promise<Skill[]> {
    const folders = await findSkillFolders(root);
    if (folders.length > SKILLS_MAX) {
      this.#deps.log("warn", "skills.too_many", { folder: root, skills: folders.length });
    }
    const read = await Promise.all(
      folders.slice(0, SKILLS_MAX).map((folder) => this.#read(root, folder, kind)),
    );
    return read.filter((skill) => skill !== undefined);
  }

  async #read(root: string, folder: string, kind: "own" | "external"): Promise<Skill | undefined> {
    const path = join(folder, SKILL_FILE);
    try {
      const text = await readTextFile(path) ?? "";
      const parsed = await parseSkill(text, basename(folder));
      if (parsed.kind === "skill") {
        const parent = dirname(folder);
        const category = parent === root ? CATEGORY_DEFAULT : basename(parent);
        return { ...parsed.skill, category, text, place: { kind, folder } };
      }
      this.#deps.log("warn", "skills.not_usable", { file: path, reason: parsed.reason });
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.#deps.log("warn", "skills.not_usable", { file: path, reason: error.message });
    }
    return undefined;
  }

  async #readUsage(): Promise<Map<string, number>> {
    if (this.#usage !== undefined) return this.#usage;
    const text = await readTextFile(join(this.#deps.folder, USAGE_FILE)).catch(() => undefined);
    this.#usage = parseUsage(text ?? "");
    return this.#usage;
  }
}

/** Folders with a SKILL.md, at most two levels down. Names with a dot in front are bookkeeping. */
async function findSkillFolders(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const folder of await subfolders(root)) {
    if (await hasSkill(folder)) found.push(folder);
    else for (const below of await subfolders(folder)) if (await hasSkill(below)) found.push(below);
  }
  return found.toSorted();
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readFolder(folder, { recursive: false });
  return entries.filter((entry) => !entry.name.startsWith(".") && !entry.isFile())
    .map((entry) => join(folder, entry.name));
}

async function hasSkill(folder: string): Promise<boolean> {
  return await stat(join(folder, SKILL_FILE)).then((facts) => facts.isFile(), () => false);
}

/** A folder that is missing, or no folder, has nothing in it. */
async function readFolder(folder: string, options: { readonly recursive: boolean }) {
  try {
    return await readdir(folder, { ...options, withFileTypes: true });
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemCodeOf(error) ?? "")) return [];
    throw new FileError("read", folder, error);
  }
}

/** A damaged file forgets what was used when, and nothing else. */
function parseUsage(text: string): Map<string, number> {
  try {
    const entries = Object.entries(JSON.parse(text) as object);
    return new Map(
      entries.filter((entry): entry is [string, number] => typeof entry[1] === "number"),
    );
  } catch {
    return new Map();
  }
}
