import type { Command } from "commander";
import type { ServiceContext } from "../service/service_context.ts";
import type { CommandLine } from "./command_line.ts";

interface ServiceFlags {
  readonly system?: boolean;
  readonly json?: boolean;
  readonly runAs?: string;
  readonly force?: boolean;
  readonly print?: boolean;
  readonly start: boolean;
}

const SYSTEM = ["--system", "the service of the machine, not your own (takes root)"] as const;

/** What runs the gateway in the background, and tells how it gets on. */
export function addServiceCommands(gateway: Command, line: CommandLine): void {
  addStart(gateway, line);
  addStop(gateway, line);
  addRestart(gateway, line);
  addStatus(gateway, line);
  addInstall(gateway, line);
  addUninstall(gateway, line);
}

function addStart(gateway: Command, line: CommandLine): void {
  gateway.command("start")
    .summary("start it in the background")
    .description(
      "Starts the gateway: as a service if one is installed, else as a process of its own. " +
        "Waits until it is connected.",
    )
    .option(...SYSTEM)
    .addHelpText(
      "after",
      `
Examples:
  hermes gateway start
  sudo hermes gateway start --system

Exit codes: 0 it runs, 1 it runs already or did not start, 78 the configuration cannot work.`,
    )
    .action(async (flags: ServiceFlags) => {
      const { startCommand } = await import("../service/start_command.ts");
      line.finish(await withContext(flags, line, startCommand));
    });
}

function addStop(gateway: Command, line: CommandLine): void {
  gateway.command("stop")
    .summary("stop it after the answers under way")
    .description(
      "Stops the gateway, however it was started. Answers under way have gateway.drain_seconds.",
    )
    .option(...SYSTEM)
    .addHelpText(
      "after",
      `
Examples:
  hermes gateway stop
  HERMES_HOME=/srv/hermes hermes gateway stop

Exit codes: 0 nothing runs any more, 1 it cannot be stopped.`,
    )
    .action(async (flags: ServiceFlags) => {
      const { stopCommand } = await import("../service/stop_command.ts");
      line.finish(await withContext(flags, line, stopCommand));
    });
}

function addRestart(gateway: Command, line: CommandLine): void {
  gateway.command("restart")
    .summary("stop it and start it again")
    .description(
      "Stops the gateway after the answers under way, and starts it again with the settings of now.",
    )
    .option(...SYSTEM)
    .addHelpText(
      "after",
      `
Examples:
  hermes gateway restart

Exit codes: 0 it runs, 1 it failed, 78 the configuration cannot work (and nothing was stopped).`,
    )
    .action(async (flags: ServiceFlags) => {
      const { restartCommand } = await import("../service/stop_command.ts");
      line.finish(await withContext(flags, line, restartCommand));
    });
}

function addStatus(gateway: Command, line: CommandLine): void {
  gateway.command("status")
    .summary("say whether it runs, and what it does")
    .description("Says whether the gateway runs, as whom it is connected, and what it does.")
    .option("--json", "print it as JSON")
    .option(...SYSTEM)
    .addHelpText(
      "after",
      `
Examples:
  hermes gateway status
  hermes gateway status --json | jq .connection

Exit codes: 0 it runs, 3 it does not.`,
    )
    .action(async (flags: ServiceFlags) => {
      const { statusCommand } = await import("../service/status_command.ts");
      const options = { json: flags.json ?? false };
      line.finish(await withContext(flags, line, (context) => statusCommand(context, options)));
    });
}

function addInstall(gateway: Command, line: CommandLine): void {
  gateway.command("install")
    .summary("run it as a service")
    .description(
      "Makes the gateway a service of systemd or launchd, which starts by itself and again when it " +
        "fails, and starts it.",
    )
    .option(...SYSTEM)
    .option("--run-as <user>", "who runs the service of the machine; else who uses sudo")
    .option("--no-start", "do not start it now")
    .option("--force", "replace a service file that somebody has changed")
    .option("--print", "show the service file and change nothing")
    .addHelpText(
      "after",
      `
Examples:
  hermes gateway install
  hermes gateway install --print
  sudo hermes gateway install --system --run-as hermes

Your own service starts when you log in; where that is allowed, Hermes has systemd keep it running
without you (loginctl enable-linger). Doing it again updates the service, and changes nothing else.

Exit codes: 0 it runs, 1 it failed, 78 the configuration cannot work.`,
    )
    .action(async (flags: ServiceFlags) => {
      const { installCommand } = await import("../service/install_command.ts");
      const { runAs, force = false, print = false, start } = flags;
      const options = { runAs, force, prints: print, starts: start };
      line.finish(await withContext(flags, line, (context) => installCommand(context, options)));
    });
}

function addUninstall(gateway: Command, line: CommandLine): void {
  gateway.command("uninstall")
    .summary("remove the service")
    .description("Stops the service and removes it. Settings and conversations stay.")
    .option(...SYSTEM)
    .option("--force", "remove a service file that Hermes did not write")
    .addHelpText(
      "after",
      `
Examples:
  hermes gateway uninstall

Exit codes: 0 there is no service any more, 1 it failed.`,
    )
    .action(async (flags: ServiceFlags) => {
      const { uninstallCommand } = await import("../service/uninstall_service.ts");
      const options = { force: flags.force ?? false };
      line.finish(await withContext(flags, line, (context) => uninstallCommand(context, options)));
    });
}

/** Ctrl-C ends what waits. */
async function withContext(
  { system = false, runAs }: ServiceFlags,
  { io }: CommandLine,
  work: (context: ServiceContext) => Promise<number>,
): Promise<number> {
  const { runInContext } = await import("../service/service_context.ts");
  return await runInContext({ system, runAs }, io, work);
}
