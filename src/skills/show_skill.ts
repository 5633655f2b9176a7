import type { Skill, SkillStore } from "./skill_store.ts";

/** A skill as the model reads it: its instructions, and where its files are. */
export async function showSkill(
  skill: Skill,
  store: Pick<SkillStore, "files">,
  { sessionKey }: { readonly sessionKey: string },
): Promise<string> {
  const files = await store.files(skill);
  const folder = skill.place.kind === "bundled" ? undefined : skill.place.folder;
  const body = skill.body
    .replaceAll("${HERMES_SESSION_ID}", () => sessionKey)
    .replaceAll("${HERMES_SKILL_DIR}", (variable) => folder ?? variable);
  const notes = [
    folder === undefined ? "" : `Folder of the skill: ${folder}`,
    files.length === 0 ? "" : `Files, to read with file_path: ${files.join(", ")}`,
  ].filter((note) => note !== "");
  return [`# Skill ${skill.name}\n\n${body}`, ...notes].join("\n\n");
}
