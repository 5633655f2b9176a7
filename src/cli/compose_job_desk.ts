import { createCronCommands, type CronCommandDeps } from "../gateway/commands/cron_commands.ts";
import type { ChatCommand } from "../gateway/commands/chat_command.ts";
import type { MessageSender } from "../tools/send_message_tool.ts";
import { JobDesk } from "../cron/job_desk.ts";
import { createCronjobTool } from "../tools/cronjob_tool.ts";
import type { Tool } from "../tools/tool.ts";
import type { AgentParts } from "./compose_agent.ts";

/** Where jobs are made and changed. */
export function composeJobDesk(
  { blocked, clock, jobs, paths, random, skills }: Pick<
    AgentParts,
    "blocked" | "clock" | "jobs" | "paths" | "random" | "skills"
  >,
): JobDesk {
  return new JobDesk({
    store: jobs,
    scriptsFolder: paths.scriptsFolder,
    refuse: blocked,
    hasSkill: async (name) => await skills.find(name) !== undefined,
    clock,
    random,
  });
}

/** What people can type about jobs. */
export function composeCronCommands(
  agent: AgentParts,
  { sessionOptions, zones }: Pick<CronCommandDeps, "sessionOptions" | "zones">,
): readonly ChatCommand[] {
  const { clock, config: { commands } } = agent;
  const admins = new Set([...commands.dmAdmins, ...commands.channelAdmins]);
  return createCronCommands({
    desk: composeJobDesk(agent),
    permit: permitBy(agent),
    isNamedAdmin: (personId) => admins.has(personId),
    sessionOptions,
    zones,
    clock,
  });
}

/** The tool with which the agent makes and changes jobs. */
export function composeCronjobTool(agent: AgentParts, seesAll: boolean): Tool {
  const { clock, timeZone } = agent;
  const desk = composeJobDesk(agent);
  return createCronjobTool({ desk, permit: permitBy(agent), timeZone, seesAll, clock }) as Tool;
}

/** At the terminal nothing is closed to whoever sits there. */
function permitBy({ messages }: AgentParts): MessageSender["permit"] {
  return (...asked) => messages?.().permit(...asked) ?? Promise.resolve(undefined);
}
