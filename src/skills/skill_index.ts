import type { Skill } from "./skill_store.ts";

/** What the index may take of every prompt. */
const ENTRIES_MAX = 40;
const INDEX_CHARS_MAX = 4_000;
const DESCRIPTION_CHARS_MAX = 60;

/**
 * The skills as the prompt lists them, by category, those that were used last first when there is
 * not room for all; `""` when there are none. `skill_view` finds the rest.
 */
export function formatSkillIndex(skills: readonly Skill[]): string {
  const shown: Skill[] = [];
  let chars = 0;
  for (const skill of skills) {
    chars += lineOf(skill).length + 1;
    if (shown.length === ENTRIES_MAX || chars > INDEX_CHARS_MAX) break;
    shown.push(skill);
  }
  const byCategory = Map.groupBy(shown, (skill) => skill.category);
  const lines = [...byCategory].toSorted(([a], [b]) => a < b ? -1 : 1)
    .flatMap(([category, members]) => [`${category}:`, ...members.map(lineOf).toSorted()]);
  const left = skills.length - shown.length;
  if (left > 0) lines.push(`(${left} more: list them with skill_view)`);
  return lines.join("\n");
}

function lineOf({ name, description }: Skill): string {
  const short = description.length <= DESCRIPTION_CHARS_MAX
    ? description
    : `${description.slice(0, DESCRIPTION_CHARS_MAX - 1).trimEnd()}…`;
  return `- ${name}: ${short}`;
}
