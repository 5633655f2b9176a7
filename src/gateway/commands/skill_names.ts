import { HermesError } from "../../errors.ts";
import type { Log } from "../../runtime/log.ts";
import type { SkillStore } from "../../skills/skill_store.ts";

export interface SkillNamesDeps {
  /** `undefined` where no tool reads skills. */
  readonly store: Pick<SkillStore, "list"> | undefined;
  readonly disabled: readonly string[];
  readonly log: Log;
}

/** Tells which skills there are now: each is a command. */
export type SkillNames = () => Promise<ReadonlySet<string>>;

/** Skills that cannot be read are no commands. */
export function createSkillNames({ store, disabled, log }: SkillNamesDeps): SkillNames {
  return async () => {
    try {
      const skills = await store?.list() ?? [];
      return new Set(skills.map(({ name }) => name).filter((name) => !disabled.includes(name)));
    } catch (error) {
      if (!(error instanceof HermesError)) throw error;
      log("warn", "skills.not_read", { error: error.message });
      return new Set();
    }
  };
}
