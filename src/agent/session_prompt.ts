import { HermesError } from "../errors.ts";
import { formatMemoryBlock } from "../memory/memory_block.ts";
import type { MemoryStore, MemoryTarget } from "../memory/memory_store.ts";
import type { Log } from "../runtime/log.ts";
import type { RefuseText } from "../safety/injection.ts";
import type { SessionKey, SessionStore } from "../sessions/session_store.ts";
import { formatSkillIndex } from "../skills/skill_index.ts";
import type { Skill, SkillStore } from "../skills/skill_store.ts";
import { loadProjectFile } from "./project_file.ts";
import { buildSystemPrompt, type Conversation, type SystemPromptParts } from "./system_prompt.ts";

/** What the prompts of all sessions are made of. */
export interface PromptSources {
  /** From `loadIdentity`. */
  readonly identity: string;
  readonly memory: MemorySource | undefined;
  /** `undefined` where no tool reads skills. */
  readonly skills: SkillSource | undefined;
  /** Where tools work; `undefined` where none works with files. */
  readonly workFolder: string | undefined;
  /** Where on this machine the project's own file is looked for; `undefined` for nowhere. */
  readonly projectFolder: string | undefined;
  /** The system that tools work on, e.g. `Linux (x64)`. */
  readonly system: string;
  /** IANA name of the time zone in which dates are told. */
  readonly timeZone: string;
  /** Why a text may not be in a prompt, e.g. because it gives orders; `undefined` when it may. */
  readonly blocked: RefuseText;
  readonly log: Log;
}

export interface MemorySource {
  readonly store: MemoryStore;
  readonly hasNotes: boolean;
  readonly hasProfiles: boolean;
}

export interface SkillSource {
  readonly store: SkillStore;
  readonly disabled: readonly string[];
}

/** One session, as its prompt tells of it. */
export interface PromptedSession {
  readonly key: SessionKey;
  readonly conversation: Conversation;
  /** Whose profile the prompt may hold; `undefined` for nobody's. */
  readonly personId: string | undefined;
  readonly platformHint: string;
  readonly toolNames: ReadonlySet<string>;
  readonly modelId: string;
  readonly startedAtMs: number;
  /** IANA name of the zone of the person, where it is one person's session. */
  readonly timeZone?: string;
}

/**
 * The system prompt of a session. It is made when the session begins and kept with it, so that what
 * is remembered meanwhile does not change it; it is made anew when something else that it names has
 * changed, such as the model or the channel's name.
 */
export async function sessionPrompt(
  session: PromptedSession,
  sources: PromptSources,
  sessions: SessionStore,
): Promise<string> {
  const basis = basisOf(session);
  const kept = await sessions.promptOf(session.key);
  if (kept?.basis === basis) return kept.text;
  const text = buildSystemPrompt(await promptParts(session, sources));
  await sessions.keepPrompt(session.key, { text, basis });
  return text;
}

/** What the prompt of a session that begins now is made of. */
export async function promptParts(
  session: PromptedSession,
  sources: PromptSources,
): Promise<SystemPromptParts> {
  const { toolNames, conversation } = session;
  const { workFolder, projectFolder, system, blocked } = sources;
  const worksWithFiles = workFolder !== undefined &&
    ["terminal", "read_file"].some((name) => toolNames.has(name));
  const [skillIndex, projectFile, memoryBlocks] = await Promise.all([
    readSkillIndex(session, sources),
    worksWithFiles && projectFolder !== undefined
      ? loadProjectFile(projectFolder, (text) => blocked(text, "context"))
      : "",
    readMemory(session, sources),
  ]);
  return {
    ...sources,
    ...session,
    skillIndex,
    projectFile,
    memoryBlocks,
    conversation,
    environment: worksWithFiles
      ? `Your tools work on ${system}, in the folder ${workFolder} unless you name another.`
      : "",
  };
}

/** Short, since it is stored with every session: names of what may change, not the texts. */
function basisOf({ conversation, platformHint, toolNames, modelId }: PromptedSession): string {
  return JSON.stringify({ conversation, platformHint, tools: [...toolNames], modelId });
}

async function readSkillIndex(
  { toolNames }: PromptedSession,
  { skills, blocked, log }: PromptSources,
): Promise<string> {
  if (skills === undefined || !toolNames.has("skill_view")) return "";
  try {
    const fits = (skill: Skill) =>
      !skills.disabled.includes(skill.name) &&
      skill.requiresTools.every((tool) => toolNames.has(tool)) &&
      blocked(`${skill.name} ${skill.description}`, "context") === undefined;
    return formatSkillIndex((await skills.store.list()).filter(fits));
  } catch (error) {
    return leftOut("skills", error, log);
  }
}

async function readMemory(
  { personId, toolNames }: PromptedSession,
  { memory, blocked, log }: PromptSources,
): Promise<readonly string[]> {
  if (memory === undefined || !toolNames.has("memory")) return [];
  const { store, hasNotes, hasProfiles } = memory;
  const wanted: (readonly [title: string, target: MemoryTarget])[] = [];
  if (hasNotes) wanted.push(["MEMORY: your own notes", { kind: "notes" }]);
  if (hasProfiles && personId !== undefined) {
    wanted.push(["USER: what you know about this person", { kind: "profile", personId }]);
  }
  return await Promise.all(wanted.map(async ([title, target]) => {
    try {
      const block = { title, entries: await store.read(target), charsMax: store.charsMax(target) };
      return formatMemoryBlock(block, (entry) => blocked(entry, "strict"));
    } catch (error) {
      return leftOut("memory", error, log);
    }
  }));
}

/** A file that cannot be read must not keep anybody from being answered. */
function leftOut(part: string, error: unknown, log: Log): "" {
  if (!(error instanceof HermesError)) throw error;
  log("warn", "prompt.part_left_out", { part, error: error.message });
  return "";
}
