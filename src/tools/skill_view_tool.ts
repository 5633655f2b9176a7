import { z } from "zod";
import { showSkill } from "../skills/show_skill.ts";
import type { Skill, SkillStore } from "../skills/skill_store.ts";
import { ToolError } from "./errors.ts";
import { nearNames } from "./near_names.ts";
import type { Tool } from "./tool.ts";

/** Most skills that one list shows. */
const LISTED_MAX = 100;

/** Reads skills: the list, one of them, a file of one. */
export function createSkillViewTool(
  store: SkillStore,
): Tool<{ name?: string | undefined; file_path?: string | undefined; query?: string | undefined }> {
  return {
    name: "skill_view",
    description:
      "Reads a skill, which is know-how for a kind of task, before you do such a task. " +
      "Without name it lists the skills, with query those that fit; file_path reads a file of one.",
    input: z.object({
      name: z.string().optional(),
      file_path: z.string().optional().describe("E.g. references/api.md"),
      query: z.string().optional().describe("Words to look for in names and descriptions"),
    }),
    readOnly: true,
    run: async ({ name, file_path: path, query }, context) => {
      if (name === undefined || name === "") return list(await store.list(), query ?? "");
      const skill = await findSkill(name, store);
      if (path !== undefined && path !== "") return await readFile(skill, path, store);
      await store.noteUse(skill.name);
      return await showSkill(skill, store, context);
    },
  };
}

async function findSkill(name: string, store: SkillStore): Promise<Skill> {
  const skills = await store.list();
  const skill = skills.find((each) => each.name === name.toLowerCase());
  if (skill !== undefined) return skill;
  const near = nearNames(name, skills.map((each) => each.name));
  const hint = near.length === 0 ? "List them without a name." : `Did you mean ${near.join(", ")}?`;
  throw new ToolError(`There is no skill "${name}"`, hint);
}

async function readFile(skill: Skill, path: string, store: SkillStore): Promise<string> {
  const text = await store.readFile(skill, path);
  if (text !== undefined) return text;
  const files = await store.files(skill);
  const hint = files.length === 0 ? "It has no files." : `It has ${files.join(", ")}.`;
  throw new ToolError(`The skill "${skill.name}" has no file "${path}"`, hint);
}

function list(skills: readonly Skill[], query: string): string {
  const words = query.toLowerCase().split(/\W+/).filter((word) => word !== "");
  const fits = (skill: Skill) => {
    const text = `${skill.name} ${skill.category} ${skill.description}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const found = skills.filter(fits);
  if (found.length === 0) return words.length === 0 ? "There are no skills." : "No skill fits.";
  const lines = found.slice(0, LISTED_MAX)
    .map(({ category, name, description }) => `- ${category}/${name}: ${description}`);
  const left = found.length - lines.length;
  return [...lines, ...(left > 0 ? [`(${left} more: narrow the query)`] : [])].join("\n");
}
