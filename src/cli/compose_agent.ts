import { homedir } from "node:os";
import { Compactor } from "../agent/compactor.ts";
import { createCommandJudge } from "../agent/judge_command.ts";
import type { PromptSources } from "../agent/session_prompt.ts";
import type { Config } from "../config/load_config.ts";
import type { HomePaths } from "../config/paths.ts";
import { JobStore } from "../cron/job_store.ts";
import { FileCache } from "../files/file_cache.ts";
import { MemoryStore } from "../memory/memory_store.ts";
import type { CommandGate } from "../safety/command_gate.ts";
import type { PathPlaces } from "../safety/path_rules.ts";
import { refuseInjection, type RefuseText } from "../safety/injection.ts";
import { SessionSearch } from "../sessions/search/session_search.ts";
import { createRedactor, type Redact } from "../safety/redact.ts";
import { BUNDLED_SKILLS } from "../skills/bundled_skills.ts";
import { SkillStore } from "../skills/skill_store.ts";
import { FileMemory } from "../tools/files/file_memory.ts";
import type { MessageSender } from "../tools/send_message_tool.ts";
import type { Wake } from "../tools/terminal/background_jobs.ts";
import { TodoLists } from "../tools/todo_tool.ts";
import type { Foundations } from "./compose.ts";
import { composeCommandGate } from "./compose_command_gate.ts";
import { composeTerminal, type TerminalParts } from "./compose_terminal.ts";
import { composeMcp, type McpParts } from "./compose_mcp.ts";
import type { UsableModels } from "./compose_models.ts";

/** What an agent is given. */
export interface AgentHost extends Foundations {
  readonly config: Config;
  readonly paths: HomePaths;
  readonly models: UsableModels;
  /** That of this process: commands get what is no secret of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What nothing may show: tokens and keys. Asked each time, since keys are read late. */
  readonly secrets: () => readonly string[];
  /** Tells a conversation what it did not ask for just now. */
  readonly wake: Wake;
  /** Sends messages elsewhere; asked for with the first turn. Without it there is no tool for that. */
  readonly messages?: (() => MessageSender) | undefined;
  /** Conversations that are searched; without it those of the gateway. */
  readonly searchedFolder?: string;
  /** Where tools begin when no setting says so; without it in the workspace of the home. */
  readonly startFolder?: string;
}

/** What an agent keeps and works with, made once for all of its sessions. */
export interface AgentParts extends AgentHost {
  /** IANA name. */
  readonly timeZone: string;
  /** What the rules for paths are about. */
  readonly places: PathPlaces;
  readonly memory: MemoryStore;
  readonly skills: SkillStore;
  readonly todos: TodoLists;
  readonly jobs: JobStore;
  readonly compactor: Compactor;
  readonly sessionSearch: SessionSearch;
  /** Files that people have sent, and that tools have fetched. */
  readonly files: FileCache;
  /** Decides which commands run. */
  readonly gate: CommandGate;
  readonly terminal: TerminalParts;
  readonly fileMemory: FileMemory;
  readonly mcp: McpParts;
  /** Hides secrets in what tools give. */
  readonly redact: Redact;
  /** What runs and what is open; whoever made the agent disposes of it. */
  readonly opened: AsyncDisposableStack;
  /** Why a text may not be remembered or shown to the model as if it were ours. */
  readonly blocked: RefuseText;
}

/** Reads nothing yet: every part reads when it is first asked. */
export function composeAgent(host: AgentHost): AgentParts {
  const { clock, config, environment, log, messages, models, paths, random, secrets, wake } = host;
  const { notesCharsMax, profileCharsMax } = config.memory;
  const places = {
    userHome: homedir(),
    hermesHome: paths.home,
    writeRoot: config.security.writeRoot,
  };
  const todos = new TodoLists();
  const fileMemory = new FileMemory();
  const redact = createRedactor({ secrets, hidesPatterns: config.security.redactSecrets });
  const askModel = createCommandJudge({ model: models.auxiliary("approval"), redact, clock });
  const gate = composeCommandGate({ config, paths, places, askModel, log });
  const opened = new AsyncDisposableStack();
  const timeZone = config.cron.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    clock,
    log,
    random,
    config,
    paths,
    models,
    environment,
    secrets,
    messages,
    wake,
    timeZone,
    places,
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
    todos,
    jobs: new JobStore({ folder: paths.cronFolder, timeZone, clock }),
    compactor: new Compactor({
      models: [models.auxiliary("compression"), models.chain.primary],
      clock,
      log,
      redact,
      unfinished: (sessionKey) => todos.unfinished(sessionKey),
      onCompacted: (sessionKey) => fileMemory.forget(sessionKey),
    }),
    sessionSearch: new SessionSearch({ folder: host.searchedFolder ?? paths.sessionsFolder, log }),
    gate,
    terminal: composeTerminal(host, { gate, opened }),
    fileMemory,
    mcp: composeMcp(host, { opened, redact }),
    files: new FileCache({ folder: paths.cachedFilesFolder, clock, log }),
    redact,
    opened,
    blocked: refuseInjection,
  };
}

/** What the prompts of these sessions are made of. `identity` is from `loadIdentity`. */
export function promptSources(agent: AgentParts, identity: string): PromptSources {
  const { config, log, timeZone, blocked, terminal: { shells } } = agent;
  const system = shells.isContainer
    ? `Linux in a container (${config.terminal.backend})`
    : `${SYSTEMS[process.platform] ?? process.platform} (${process.arch})`;
  return {
    identity,
    memory: {
      store: agent.memory,
      hasNotes: config.memory.notesEnabled,
      hasProfiles: config.memory.profilesEnabled,
    },
    skills: { store: agent.skills, disabled: config.skills.disabled },
    workFolder: shells.startFolder,
    projectFolder: shells.locate(shells.startFolder)?.hostPath,
    system,
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
