import { promptSources } from "./compose_agent.ts";
import type { AgentParts } from "./compose_agent.ts";
import { allowFiles } from "./compose_attachments.ts";
import { composeModel, NoModelError } from "./compose.ts";
import { environmentForCommands } from "./compose_terminal.ts";
import { composeTurn } from "./compose_turn.ts";
import type { TurnDeps } from "../agent/turn.ts";
import { runUnattended } from "../agent/unattended_turn.ts";
import type { CronHost } from "./compose_cron.ts";
import type { Job } from "../cron/job.ts";
import { type AgentAnswer, type AgentTask, runJob } from "../cron/run_job.ts";
import { RunStore } from "../cron/run_record.ts";
import { createScriptRunner } from "../cron/run_script.ts";
import type { SchedulerDeps } from "../cron/scheduler.ts";
import { PLATFORM_HINT } from "../gateway/conversation_facts.ts";
import { ModelChain } from "../models/model_chain.ts";
import { readMediaLines } from "../replies/media_lines.ts";
import type { SessionKey } from "../sessions/session_store.ts";
import { toolsetOf } from "../tools/toolsets.ts";

/** What runs the jobs of a home. Importing this file costs time: do it when there are jobs. */
export function composeScheduler(host: CronHost): SchedulerDeps {
  const { agent, delivery } = host;
  const { blocked, clock, config, log, paths, random, redact, skills, timeZone } = agent;
  const runs = new RunStore({ folder: paths.cronFolder, log });
  const turn = composeTurn(agent, "cron");
  const runScript = createScriptRunner({
    folder: paths.scriptsFolder,
    environment: environmentForCommands(agent),
    timeMsMax: config.cron.scriptTimeoutMs,
    redact,
  });
  return {
    folder: paths.cronFolder,
    store: agent.jobs,
    runs,
    delivery,
    runJob: (job, claim, signal) =>
      runJob(job, claim, {
        isHeard: host.listensTo,
        runScript,
        readSkill: async (name) => {
          const skill = await skills.find(name);
          if (skill !== undefined) await skills.noteUse(skill.name);
          return skill?.body;
        },
        runAgent: (task, ended) => runAgent(task, turn, host, ended),
        lastOutput: (id) => runs.lastOutput(id),
        keepOutput: (...output) => runs.keepOutput(...output),
        refuse: blocked,
      }, signal),
    settings: {
      timeZone,
      parallelMax: config.cron.parallelMax,
      wraps: config.cron.wrapsOutput,
    },
    clock,
    random,
    log,
  };
}

/** The agent alone with a task, in a session of its own of which only the transcript stays. */
async function runAgent(
  { job, runId, prompt }: AgentTask,
  turn: TurnDeps,
  { agent, identity, sessions }: CronHost,
  signal: AbortSignal,
): Promise<AgentAnswer> {
  const { clock, config, gate, terminal: { shells } } = agent;
  const key = `agent:main:cron:${job.id}:${runId}` as SessionKey;
  const models = modelsOf(job, agent);
  if (typeof models === "string") return { kind: "failed", reason: models };
  const { workFolder } = job;
  if (workFolder !== undefined && !await shells.hasFolder(workFolder)) {
    return { kind: "failed", reason: `its folder ${workFolder} is not there` };
  }
  const { idleTimeoutMs: idleMsMax, runTimeoutMs } = config.cron;
  const limits = { idleMsMax, totalMsMax: job.timeoutMs ?? runTimeoutMs };
  const sources = promptSources(agent, identity);
  // Without a folder of its own a job is about no project.
  const projectFolder = workFolder === undefined ? undefined : shells.locate(workFolder)?.hostPath;
  const prompts = { ...sources, projectFolder, workFolder: workFolder ?? sources.workFolder };
  try {
    if (workFolder !== undefined) await shells.beginIn(key, workFolder);
    gate.allowInSession(key, job.allowedCommands);
    const outcome = await runUnattended(
      {
        key,
        name: job.name,
        text: prompt,
        personId: job.origin?.personId,
        platformHint: PLATFORM_HINT,
      },
      { turn: { ...ownTools(job, turn), models }, sessions, prompt: prompts, limits, clock },
      signal,
    );
    if (outcome.kind === "failed") return outcome;
    return await withFiles([outcome.text, outcome.note].filter(Boolean).join("\n\n"), agent);
  } finally {
    gate.forgetSession(key);
    await shells.forget(key);
  }
}

/** The model that the job names, or why there is none; without one, the model that answers in chats. */
function modelsOf(job: Job, agent: AgentParts): ModelChain | string {
  const { model, provider, baseUrl } = job;
  if (model === undefined && provider === undefined && baseUrl === undefined) {
    return agent.models.chain;
  }
  const named = { model, provider, baseUrl };
  const settings = Object.fromEntries(Object.entries(named).filter(([, value]) => value));
  try {
    const { client } = composeModel(agent.config, agent, { settings });
    return new ModelChain([client], agent.clock);
  } catch (error) {
    if (!(error instanceof NoModelError)) throw error;
    return `${error.message}. ${error.hint}`;
  }
}

function ownTools({ toolsets }: Job, turn: TurnDeps): TurnDeps {
  if (toolsets === undefined) return turn;
  const loadTools: TurnDeps["loadTools"] = async (key) => {
    const all = await turn.loadTools(key);
    const names = all.descriptions.map(({ name }) => name);
    return all.without(names.filter((name) => !toolsets.includes(toolsetOf(name) ?? "")));
  };
  return { ...turn, loadTools };
}

/** Files that may not be sent are told in their place. */
async function withFiles(answer: string, agent: AgentParts): Promise<AgentAnswer> {
  const { text, paths } = readMediaLines(answer);
  const allow = allowFiles(agent);
  const files: string[] = [];
  const problems: string[] = [];
  for (const path of paths) {
    const allowed = await allow(path);
    if (allowed.kind === "refused") problems.push(`_(Not sent: ${path}: ${allowed.reason}.)_`);
    else files.push(allowed.realPath);
  }
  return { kind: "answered", text: [text, ...problems].join("\n").trim(), files };
}
