import { ALL_SETTINGS } from "../config/settings.ts";
import { MODEL_PROVIDERS } from "../models/provider_table.ts";
import type { CommandGate } from "../safety/command_gate.ts";
import { ToolError } from "../tools/errors.ts";
import { BackgroundJobs } from "../tools/terminal/background_jobs.ts";
import { commandEnvironment } from "../tools/terminal/command_environment.ts";
import { LocalBackend } from "../tools/terminal/local_backend.ts";
import { Shells } from "../tools/terminal/shells.ts";
import type { AllowCommand } from "../tools/terminal/terminal_tool.ts";
import type { AgentHost } from "./compose_agent.ts";

/** Where all sessions of an agent work. What runs and what is kept there ends with `opened`. */
export interface TerminalParts {
  readonly shells: Shells;
  readonly jobs: BackgroundJobs;
  readonly allow: AllowCommand;
}

export function composeTerminal(
  host: AgentHost,
  { workFolder, gate, opened }: {
    readonly workFolder: string;
    readonly gate: CommandGate;
    readonly opened: AsyncDisposableStack;
  },
): TerminalParts {
  const { clock, config, environment, paths, random, secrets } = host;
  const backend = new LocalBackend({
    startFolder: workFolder,
    environment: commandEnvironment(environment, {
      ownSecrets: OWN_SECRETS,
      secrets: secrets(),
      passed: new Set(config.terminal.passedVariables),
    }),
    shellsFolder: paths.shellsFolder,
  });
  const shells = new Shells(backend, random);
  opened.defer(() => shells.close());
  const jobs = new BackgroundJobs({ clock, random });
  opened.defer(() => jobs.close());
  return { shells, jobs, allow: allowBy(gate, shells.isContainer) };
}

function allowBy(gate: CommandGate, isContained: boolean): AllowCommand {
  return async (command, folder, context, signal) => {
    const decision = await gate.decide({ command, cwd: folder, isContained }, context, signal);
    if (decision.kind === "run") return;
    throw new ToolError(decision.reason.replace(/\.$/, ""), "Nothing was run.");
  };
}

/** Variables that hold what only Hermes itself may use. Programs need proxies too. */
const OWN_SECRETS = new Set([
  ...ALL_SETTINGS.filter((row) => row.isSecret === true && !row.key.startsWith("network."))
    .flatMap((row) => row.env ?? []),
  ...MODEL_PROVIDERS.flatMap((provider) => provider.environmentKeys),
]);
