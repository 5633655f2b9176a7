import { join } from "node:path";
import process from "node:process";
import { ALL_SETTINGS } from "../config/settings.ts";
import { MODEL_PROVIDERS } from "../models/provider_table.ts";
import type { CommandGate } from "../safety/command_gate.ts";
import { ToolError } from "../tools/errors.ts";
import { BackgroundJobs } from "../tools/terminal/background_jobs.ts";
import { commandEnvironment } from "../tools/terminal/command_environment.ts";
import { ContainerBackend } from "../tools/terminal/container_backend.ts";
import { ContainerProgram } from "../tools/terminal/container_program.ts";
import { LocalBackend } from "../tools/terminal/local_backend.ts";
import { Shells } from "../tools/terminal/shells.ts";
import type { TerminalBackend } from "../tools/terminal/terminal_backend.ts";
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
  { gate, opened }: { readonly gate: CommandGate; readonly opened: AsyncDisposableStack },
): TerminalParts {
  const { clock, random } = host;
  const shells = new Shells(composeBackend(host), random);
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

function composeBackend(host: AgentHost): TerminalBackend {
  const { config, paths, startFolder } = host;
  const { backend, folder } = config.terminal;
  const forCommands = environmentForCommands(host);
  const workspace = join(paths.home, "workspace");
  if (backend === "local") {
    return new LocalBackend({
      startFolder: folder ?? startFolder ?? workspace,
      environment: forCommands,
      shellsFolder: paths.shellsFolder,
    });
  }
  return composeContainer(host, backend, workspace, forCommands);
}

/** What commands and scripts get of the environment: nothing secret. */
export function environmentForCommands(
  { config, environment, secrets }: Pick<AgentHost, "config" | "environment" | "secrets">,
): Readonly<Record<string, string>> {
  return commandEnvironment(environment, {
    ownSecrets: OWN_SECRETS,
    secrets: secrets(),
    passed: new Set(config.terminal.passedVariables),
  });
}

/** Names in the container; the first is that of the Python original. */
const CONTAINER_WORKSPACE = "/workspace";
const CONTAINER_SHELLS = "/run/hermes-shells";

function composeContainer(
  host: AgentHost,
  program: "docker" | "podman",
  workspace: string,
  forCommands: Readonly<Record<string, string>>,
): ContainerBackend {
  const { config: { environment, terminal }, log, paths, random } = host;
  const forwarded = terminal.forwardedVariables.flatMap((name) => {
    const value = OWN_SECRETS.has(name) ? undefined : environment.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  return new ContainerBackend({
    container: {
      ...terminal,
      program,
      user: terminal.runsAsHostUser ? user : undefined,
      variables: forwarded.map(([name]) => name),
    },
    program: new ContainerProgram(program, { ...forCommands, ...Object.fromEntries(forwarded) }),
    workspace: { hostPath: workspace, containerPath: CONTAINER_WORKSPACE },
    startFolder: terminal.folder ?? CONTAINER_WORKSPACE,
    volumes: terminal.volumes,
    readableFolders: [paths.cachedFilesFolder, paths.cachedResultsFolder],
    shells: { hostPath: paths.shellsFolder, containerPath: CONTAINER_SHELLS },
    home: paths.home,
    random,
    log,
  });
}

/** Variables that hold what only Hermes itself may use. Programs need proxies too. */
const OWN_SECRETS = new Set([
  ...ALL_SETTINGS.filter((row) => row.isSecret === true && !row.key.startsWith("network."))
    .flatMap((row) => row.env ?? []),
  ...MODEL_PROVIDERS.flatMap((provider) => provider.environmentKeys),
]);
