import { compressSession } from "../agent/compress_session.ts";
import type { Config } from "../config/load_config.ts";
import type { ChatCommand } from "../gateway/commands/chat_command.ts";
import type { CommandAccess } from "../gateway/commands/command_access.ts";
import { CommandRegistry } from "../gateway/commands/command_registry.ts";
import { createDisplayCommands } from "../gateway/commands/display_commands.ts";
import { createExchangeCommands } from "../gateway/commands/exchange_commands.ts";
import { createHelpCommands, createTurnCommands } from "../gateway/commands/help_commands.ts";
import { createKnowledgeCommands } from "../gateway/commands/knowledge_commands.ts";
import { createModelCommands } from "../gateway/commands/model_commands.ts";
import { createSessionCommands } from "../gateway/commands/session_commands.ts";
import { createSkillNames, type SkillNames } from "../gateway/commands/skill_names.ts";
import { createStatusCommands } from "../gateway/commands/status_commands.ts";
import type { ModelFacts } from "../gateway/commands/status_texts.ts";
import type { BotIdentity } from "../gateway/inbound.ts";
import type { Ledger } from "../gateway/ledger.ts";
import { createMessageReader } from "../gateway/read_message.ts";
import type { SessionLife } from "../gateway/session_life/session_life.ts";
import type { MattermostApi } from "../mattermost/api.ts";
import { probeModel } from "../models/probe_model.ts";
import type { ModelChain } from "../models/model_chain.ts";
import type { SessionChoices, SessionKey, SessionStore } from "../sessions/session_store.ts";
import { describeJob } from "../tools/terminal/job_texts.ts";
import { NoModelError } from "./compose.ts";
import type { AgentParts } from "./compose_agent.ts";
import { historyCharsMax } from "./compose_turn.ts";
import { dayText } from "./time_text.ts";
import { VERSION } from "./version.ts";

/** What people can type in the chat, and who may. */
export interface ComposedCommands {
  readonly commands: CommandRegistry;
  readonly access: CommandAccess;
  readonly skillNames: SkillNames;
}

/** What commands are about. */
export interface CommandsHost {
  readonly agent: AgentParts;
  readonly sessions: SessionStore;
  readonly life: SessionLife;
  readonly ledger: Ledger;
  readonly api: MattermostApi;
  readonly bot: BotIdentity;
  /** What the help says of slash commands of the server. */
  readonly nativeNote: () => string;
  /** Those that others have made. */
  readonly further: readonly ChatCommand[];
}

/** The table of commands: a group a line. */
export function composeCommands(host: CommandsHost): ComposedCommands {
  const { agent, sessions, life, ledger } = host;
  const { config, log, skills } = agent;
  const access = commandAccess(config);
  const skillNames = createSkillNames({ store: skills, disabled: config.skills.disabled, log });
  const shared = composeConversationCommands(agent, { sessions, life });
  const help = { registry: () => commands, access, skillNames };
  const commands: CommandRegistry = new CommandRegistry([
    ...createTurnCommands(),
    ...shared.session,
    ...createExchangeCommands({ sessions, ledger, readMessage: createMessageReader(host) }),
    ...shared.status,
    ...shared.model,
    ...createDisplayCommands({ sessions, toolProgress: config.display.toolProgress }),
    ...host.further,
    ...shared.knowledge,
    ...createHelpCommands({ ...host, ...help, version: VERSION }),
  ]);
  return { commands, access, skillNames };
}

/** Commands that mean the same wherever a conversation is held, in groups. */
export function composeConversationCommands(
  agent: AgentParts,
  { sessions, life }: Pick<CommandsHost, "sessions" | "life">,
) {
  const { config, gate, memory, skills, timeZone } = agent;
  const modelOf = modelFacts(agent, sessions);
  const day = (atMs: number) => dayText(atMs, timeZone);
  const { notesEnabled: hasNotes, profilesEnabled: hasProfiles } = config.memory;
  return {
    session: createSessionCommands({ sessions, life, compress: compressor(agent, sessions), day }),
    status: createStatusCommands({
      sessions,
      modelOf,
      day,
      jobsOf: (key) => runningJobs(agent, key).map((job) => describeJob(job, agent.clock.nowMs())),
      isUnguarded: (key) => gate.isUnguarded(key),
    }),
    model: createModelCommands({
      sessions,
      modelOf,
      tryModel: async (choices, signal) => {
        const { primary } = chooseModels(agent, choices);
        await probeModel({ client: primary, clock: agent.clock }, signal);
        return primary;
      },
      saveModel: (model, provider) => saveModel(model, provider, agent),
      guard: gate,
    }),
    knowledge: createKnowledgeCommands({
      memory: { store: memory, hasNotes, hasProfiles },
      skills: { store: skills, disabled: config.skills.disabled },
    }),
  };
}

/** The models with what somebody chose for a session. @throws NoModelError */
export function chooseModels({ models }: AgentParts, choices: SessionChoices): ModelChain {
  if (models.choose !== undefined) return models.choose(choices);
  if (choices.model === undefined && choices.reasoningEffort === undefined) return models.chain;
  throw new NoModelError("this program has only one", "Use that one.");
}

/** What runs in the background for a session. */
export function runningJobs({ terminal }: AgentParts, key: SessionKey) {
  return terminal.jobs.list(key).filter((job) => job.end === undefined);
}

function modelFacts(agent: AgentParts, sessions: SessionStore) {
  return async (key: SessionKey): Promise<ModelFacts> => {
    const choices = (await sessions.describe(key))?.choices ?? {};
    const { primary } = chooseModels(agent, choices);
    return {
      modelId: primary.modelId,
      contextTokensMax: primary.contextTokensMax,
      reasoningEffort: choices.reasoningEffort ?? agent.config.agent.reasoningEffort,
      isChosen: choices.model !== undefined || choices.reasoningEffort !== undefined,
    };
  };
}

function compressor(agent: AgentParts, sessions: SessionStore) {
  const { compactor, config: { compression } } = agent;
  return async (sessionKey: SessionKey, topic: string | undefined, signal: AbortSignal) => {
    const models = chooseModels(agent, (await sessions.describe(sessionKey))?.choices ?? {});
    const request = { sessionKey, topic, charsMax: historyCharsMax(models) };
    const { triggerShare } = compression;
    return await compressSession(request, { sessions, compactor, models, triggerShare }, signal);
  };
}

async function saveModel(
  model: string,
  provider: string | undefined,
  { paths }: AgentParts,
): Promise<void> {
  const yaml = {
    "model.default": model,
    ...(provider !== undefined && { "model.provider": provider }),
  };
  const { writeSettings } = await import("../config/write_settings.ts"); // Seldom needed.
  await writeSettings(paths, { env: {}, yaml });
}

/** Who may use which commands. */
export function commandAccess({ commands }: Config): CommandAccess {
  const { dmAdmins, dmUserCommands, channelAdmins, channelUserCommands } = commands;
  const ofDm = dmUserCommands.length > 0 ? dmUserCommands : channelUserCommands;
  return {
    dm: { admins: new Set(dmAdmins), userCommands: new Set(ofDm) },
    channel: { admins: new Set(channelAdmins), userCommands: new Set(channelUserCommands) },
  };
}
