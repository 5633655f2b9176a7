import { homedir } from "node:os";
import { join } from "node:path";
import type { PromptSources } from "../agent/session_prompt.ts";
import type { Config } from "../config/load_config.ts";
import type { HomePaths } from "../config/paths.ts";
import { MemoryStore } from "../memory/memory_store.ts";
import type { PathPlaces } from "../safety/path_rules.ts";
import { SessionSearch } from "../sessions/search/session_search.ts";
import { BUNDLED_SKILLS } from "../skills/bundled_skills.ts";
import { SkillStore } from "../skills/skill_store.ts";
import { TodoLists } from "../tools/todo_tool.ts";
import type { Foundations } from "./compose.ts";

/** What an agent keeps and works with, made once for all of its sessions. */
export interface AgentParts extends Foundations {
  readonly config: Config;
  readonly paths: HomePaths;
  /** IANA name. */
  readonly timeZone: string;
  /** Where tools work unless they are told otherwise. */
  readonly workFolder: string;
  /** What the rules for paths are about. */
  readonly places: PathPlaces;
  readonly memory: MemoryStore;
  readonly skills: SkillStore;
  readonly todos: TodoLists;
  readonly sessionSearch: SessionSearch;
  /** Why a text may not be remembered or shown to the model as if it were ours. */
  readonly blocked: (text: string) => string | undefined;
}

/** Reads nothing yet: every part reads when it is first asked. */
export function composeAgent(
  host: Foundations & { readonly config: Config; readonly paths: HomePaths },
): AgentParts {
  const { config, paths, clock, log, random } = host;
  const { notesCharsMax, profileCharsMax } = config.memory;
  return {
    clock,
    log,
    random,
    config,
    paths,
    timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    workFolder: join(paths.home, "workspace"),
    places: {
      userHome: homedir(),
      hermesHome: paths.home,
      writeRoot: config.security.writeRoot,
    },
    memory: new MemoryStore({
      folder: paths.memoriesFolder,
      limits: { notesCharsMax, profileCharsMax },
      clock,
    }),
    skills: new SkillStore({
      folder: paths.skillsFolder,
      externalFolders: config.skills.externalFolders,
      bundled: BUNDLED_SKILLS,
      platform: process.platform,
      clock,
      log,
    }),
    todos: new TodoLists(),
    sessionSearch: new SessionSearch({ folder: paths.sessionsFolder, log }),
    blocked: () => undefined,
  };
}

/** What the prompts of these sessions are made of. `identity` is from `loadIdentity`. */
export function promptSources(agent: AgentParts, identity: string): PromptSources {
  const { config, log, timeZone, workFolder, blocked } = agent;
  return {
    identity,
    memory: {
      store: agent.memory,
      hasNotes: config.memory.notesEnabled,
      hasProfiles: config.memory.profilesEnabled,
    },
    skills: { store: agent.skills, disabled: config.skills.disabled },
    workFolder,
    system: `${SYSTEMS[process.platform] ?? process.platform} (${process.arch})`,
    timeZone,
    blocked,
    log,
  };
}

const SYSTEMS: Readonly<Record<string, string>> = {
  darwin: "macOS",
  linux: "Linux",
  win32: "Windows",
};
