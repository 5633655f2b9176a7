import { rm } from "node:fs/promises";
import { join, normalize } from "node:path";
import { HermesError } from "../errors.ts";
import { writeFileAtomic } from "../runtime/atomic_file.ts";
import type { RefuseText } from "../safety/injection.ts";
import { parseSkill, SKILL_NAME } from "./skill_file.ts";
import { type Skill, SKILL_FILE, SKILL_SUBFOLDERS, type SkillStore } from "./skill_store.ts";

/** Largest file of a skill. */
const FILE_CHARS_MAX = 1_048_576;

/** A skill cannot be changed as asked. */
export class SkillError extends HermesError {
  override readonly name = "SkillError";
  override readonly code = "skills.refused";

  constructor(reason: string, hint: string) {
    super(reason, { hint });
  }
}

/** Changes the skills of a home. External and bundled ones are copied there by the first change. */
export class SkillEditor {
  readonly #store: SkillStore;
  readonly #refuse: RefuseText;

  constructor(store: SkillStore, refuse: RefuseText) {
    this.#store = store;
    this.#refuse = refuse;
  }

  /** Adds a skill. @throws SkillError */
  async create(name: string, category: string, text: string): Promise<void> {
    for (const word of [name, category]) {
      if (!SKILL_NAME.test(word)) {
        throw new SkillError(
          `Cannot call it "${word}"`,
          "Use a-z, 0-9, . _ and -, at most 64 characters.",
        );
      }
    }
    if (await this.#store.find(name) !== undefined) {
      throw new SkillError(`There is a skill "${name}" already`, "Change it with patch or edit.");
    }
    await this.#write(join(this.#store.folder, category, name), name, text);
  }

  /** Puts a new SKILL.md in place of the old one. @throws SkillError */
  async edit(name: string, text: string): Promise<void> {
    await this.#write(this.#ownFolder(await this.#find(name)), name, text);
  }

  /** Replaces a part of SKILL.md that stands in it once. @throws SkillError */
  async patch(name: string, oldText: string, newText: string): Promise<void> {
    const skill = await this.#find(name);
    const count = oldText === "" ? 0 : skill.text.split(oldText).length - 1;
    if (count !== 1) {
      const how = count === 0 ? "does not stand" : `stands ${count} times`;
      throw new SkillError(
        `The old text ${how} in the skill "${name}"`,
        "Read it with skill_view and give a part that stands in it once.",
      );
    }
    const text = skill.text.replace(oldText, () => newText);
    await this.#write(this.#ownFolder(skill), name, text);
  }

  /** Takes a skill of the home away, with its files. @throws SkillError */
  async remove(name: string): Promise<void> {
    const { place } = await this.#find(name);
    if (place.kind !== "own") {
      throw new SkillError(
        `The skill "${name}" does not lie in the home`,
        "Leave it: it cannot be deleted from here.",
      );
    }
    await rm(place.folder, { recursive: true, force: true });
  }

  /** Writes a file beside SKILL.md. @throws SkillError */
  async writeFile(name: string, path: string, text: string): Promise<void> {
    if (text.length > FILE_CHARS_MAX) {
      throw new SkillError("The file is larger than 1 MiB", "Write less, or several files.");
    }
    this.#check(text);
    const folder = await this.#makeOwn(await this.#find(name));
    await writeFileAtomic(join(folder, allowedPath(path)), text, { mode: 0o600 });
  }

  /** @throws SkillError */
  async removeFile(name: string, path: string): Promise<void> {
    const skill = await this.#find(name);
    if (!(await this.#store.files(skill)).includes(allowedPath(path))) {
      throw new SkillError(`The skill "${name}" has no file "${path}"`, "See skill_view.");
    }
    if (skill.place.kind !== "own") {
      throw new SkillError(`The skill "${name}" does not lie in the home`, "Leave its files.");
    }
    await rm(join(skill.place.folder, allowedPath(path)));
  }

  async #find(name: string): Promise<Skill> {
    const skill = await this.#store.find(name);
    if (skill !== undefined) return skill;
    throw new SkillError(`There is no skill "${name}"`, "List the skills with skill_view.");
  }

  #ownFolder({ place, category, name }: Skill): string {
    return place.kind === "own" ? place.folder : join(this.#store.folder, category, name);
  }

  /** The folder of the skill in the home, with its SKILL.md. */
  async #makeOwn(skill: Skill): Promise<string> {
    const folder = this.#ownFolder(skill);
    if (skill.place.kind !== "own") await this.#write(folder, skill.name, skill.text);
    return folder;
  }

  async #write(folder: string, name: string, text: string): Promise<void> {
    const parsed = await parseSkill(text, name);
    if (parsed.kind === "refused") {
      throw new SkillError(`Cannot keep this: the skill ${parsed.reason}`, "Mend the text.");
    }
    if (parsed.skill.name !== name) {
      throw new SkillError(
        `Cannot keep this: its front matter calls it "${parsed.skill.name}"`,
        `Write name: ${name}.`,
      );
    }
    this.#check(text);
    await writeFileAtomic(join(folder, SKILL_FILE), `${text.trimEnd()}\n`, { mode: 0o600 });
  }

  #check(text: string): void {
    const reason = this.#refuse(text, "context");
    if (reason === undefined) return;
    throw new SkillError(`Cannot keep this: ${reason}`, "Leave that part out.");
  }
}

/** A path in one of the folders that a skill may have. @throws SkillError */
function allowedPath(path: string): string {
  const clean = normalize(path.replaceAll("\\", "/"));
  const [folder = "", ...rest] = clean.split("/");
  const isAllowed = SKILL_SUBFOLDERS.some((name) => name === folder);
  if (isAllowed && rest.length > 0 && rest.join("") !== "" && !clean.includes("\0")) return clean;
  throw new SkillError(
    `Cannot use the path "${path}"`,
    `Begin it with ${SKILL_SUBFOLDERS.map((name) => `${name}/`).join(", ")}.`,
  );
}
