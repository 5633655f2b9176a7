import { ALL_SETTINGS } from "../config/settings.ts";
import { MODEL_PROVIDERS } from "../models/provider_table.ts";
import { ToolError } from "../tools/errors.ts";
import { BackgroundJobs } from "../tools/terminal/background_jobs.ts";
import { commandEnvironment } from "../tools/terminal/command_environment.ts";
import { LocalBackend } from "../tools/terminal/local_backend.ts";
import { createProcessTool } from "../tools/terminal/process_tool.ts";
import { Shells } from "../tools/terminal/shells.ts";
import { type AllowCommand, createTerminalTool } from "../tools/terminal/terminal_tool.ts";
import type { Tool } from "../tools/tool.ts";
import type { AgentParts } from "./compose_agent.ts";

export interface TerminalParts {
  /** Where all sessions work, also for the tools for files. */
  readonly shells: Shells;
  readonly tools: readonly Tool[];
}

/** The tools that run commands. What runs and what they keep ends with the agent. */
export function composeTerminal(agent: AgentParts): TerminalParts {
  const { clock, config, gate, opened, random, redact, wake } = agent;
  const { timeoutMs } = config.terminal;
  const shells = new Shells(composeBackend(agent), random);
  opened.defer(() => shells.close());
  const jobs = new BackgroundJobs({ clock, random });
  opened.defer(() => jobs.close());
  const allow: AllowCommand = async (command, folder, context, signal) => {
    const asked = { command, cwd: folder, isContained: shells.isContainer };
    const decision = await gate.decide(asked, context, signal);
    if (decision.kind === "refused") {
      throw new ToolError(decision.reason.replace(/\.$/, ""), "Nothing was run.");
    }
  };
  const tools = [
    createTerminalTool({ shells, jobs, wake, allow, redact, timeoutMs, clock }),
    createProcessTool({ jobs, redact, waitMs: timeoutMs, clock }),
  ] as const;
  return { shells, tools };
}

function composeBackend({ config, environment, paths, secrets, workFolder }: AgentParts) {
  return new LocalBackend({
    startFolder: workFolder,
    environment: commandEnvironment(environment, {
      ownSecrets: OWN_SECRETS,
      secrets: secrets(),
      passed: new Set(config.terminal.passedVariables),
    }),
    shellsFolder: paths.shellsFolder,
  });
}

/** Variables that hold what only Hermes itself may use. Programs need proxies too. */
const OWN_SECRETS = new Set([
  ...ALL_SETTINGS.filter((row) => row.isSecret === true && !row.key.startsWith("network."))
    .flatMap((row) => row.env ?? []),
  ...MODEL_PROVIDERS.flatMap((provider) => provider.environmentKeys),
]);
