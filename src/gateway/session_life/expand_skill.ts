import { showSkill } from "../../skills/show_skill.ts";
import type { SkillStore } from "../../skills/skill_store.ts";
import { parseCommand } from "../commands/parse_command.ts";
import type { ExpandSkill } from "./set_up_turn.ts";

export interface SkillSource {
  readonly store: SkillStore;
  readonly disabled: readonly string[];
}

/** Puts the text of a skill before what a person wants done with it: `!release-notes for 1.2`. */
export function createSkillExpander({ store, disabled }: SkillSource): ExpandSkill {
  return async (text, sessionKey) => {
    const typed = parseCommand(text);
    if (typed === undefined || disabled.includes(typed.name)) return text;
    const skill = await store.find(typed.name);
    if (skill === undefined) return text;
    await store.noteUse(skill.name);
    const shown = await showSkill(skill, store, { sessionKey });
    const wish = typed.args === "" ? "Do what the skill says." : typed.args;
    return `(I call the skill "${skill.name}". Follow it.)\n\n${shown}\n\n---\n\n${wish}`;
  };
}
