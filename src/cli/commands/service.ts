import type { Command } from "commander";
import type { ServiceContext } from "../service/service_context.ts";
import type { CommandLine } from "./command_line.ts";

interface ServiceFlags {
  readonly system?: boolean;
  readonly json?: boolean;
  readonly runAs?: string;
  readonly force?: boolean;
  readonly print?: boolean;
  readonly start?: boolean;
}

/** A subcommand of `hermes gateway` that works on the gateway of a home, and not in it. */
interface ServiceCommand {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly options: readonly (readonly [flags: string, description: string])[];
  /** Behind the options. */
  readonly help: string;
  /** What it does, loaded when it is called. */
  readonly load: () => Promise<
    (context: ServiceContext, flags: ServiceFlags) => Promise<number>
  >;
}

const SYSTEM = ["--system", "the service of the machine, not your own (takes root)"] as const;

const START: ServiceCommand = {
  name: "start",
  summary: "start it in the background",
  description:
    "Starts the gateway: as a service if one is installed, else as a process of its own. " +
    "Waits until it is connected.",
  options: [SYSTEM],
  help: `
Examples:
  hermes gateway start
  sudo hermes gateway start --system

Exit codes: 0 it runs, 1 it runs already or did not start, 78 the configuration cannot work.`,
  load: async () => (await import("../service/start_command.ts")).startCommand,
};

const STOP: ServiceCommand = {
  name: "stop",
  summary: "stop it after the answers under way",
  description:
    "Stops the gateway, however it was started. Answers under way have gateway.drain_seconds.",
  options: [SYSTEM],
  help: `
Examples:
  hermes gateway stop
  HERMES_HOME=/srv/hermes hermes gateway stop

Exit codes: 0 nothing runs any more, 1 it cannot be stopped.`,
  load: async () => (await import("../service/stop_command.ts")).stopCommand,
};

const RESTART: ServiceCommand = {
  name: "restart",
  summary: "stop it and start it again",
  description:
    "Stops the gateway after the answers under way, and starts it again with the settings of now.",
  options: [SYSTEM],
  help: `
Examples:
  hermes gateway restart

Exit codes: 0 it runs, 1 it failed, 78 the configuration cannot work (and nothing was stopped).`,
  load: async () => (await import("../service/stop_command.ts")).restartCommand,
};

const STATUS: ServiceCommand = {
  name: "status",
  summary: "say whether it runs, and what it does",
  description: "Says whether the gateway runs, as whom it is connected, and what it does.",
  options: [["--json", "print it as JSON"], SYSTEM],
  help: `
Examples:
  hermes gateway status
  hermes gateway status --json | jq .connection

Exit codes: 0 it runs, 3 it does not.`,
  load: async () => {
    const { statusCommand } = await import("../service/status_command.ts");
    return (context, { json = false }) => statusCommand(context, { json });
  },
};

const INSTALL: ServiceCommand = {
  name: "install",
  summary: "run it as a service",
  description: "Makes the gateway a service of systemd or launchd, which starts by itself and " +
    "again when it fails, and starts it.",
  options: [
    SYSTEM,
    ["--run-as <user>", "who runs the service of the machine; else who uses sudo"],
    ["--no-start", "do not start it now"],
    ["--force", "replace a service file that somebody has changed"],
    ["--print", "show the service file and change nothing"],
  ],
  help: `
Examples:
  hermes gateway install
  hermes gateway install --print
  sudo hermes gateway install --system --run-as hermes

Your own service starts when you log in; where that is allowed, Hermes has systemd keep it running
without you (loginctl enable-linger). Doing it again updates the service, and changes nothing else.

Exit codes: 0 it runs, 1 it failed, 78 the configuration cannot work.`,
  load: async () => {
    const { installCommand } = await import("../service/install_command.ts");
    return (context, { runAs, force = false, print: prints = false, start: starts = true }) =>
      installCommand(context, { runAs, force, prints, starts });
  },
};

const UNINSTALL: ServiceCommand = {
  name: "uninstall",
  summary: "remove the service",
  description: "Stops the service and removes it. Settings and conversations stay.",
  options: [SYSTEM, ["--force", "remove a service file that Hermes did not write"]],
  help: `
Examples:
  hermes gateway uninstall

Exit codes: 0 there is no service any more, 1 it failed.`,
  load: async () => {
    const { uninstallCommand } = await import("../service/uninstall_service.ts");
    return (context, { force = false }) => uninstallCommand(context, { force });
  },
};

/** What runs the gateway in the background, and tells how it gets on. */
export function addServiceCommands(gateway: Command, { io, finish }: CommandLine): void {
  for (const declared of [START, STOP, RESTART, STATUS, INSTALL, UNINSTALL]) {
    const command = gateway.command(declared.name)
      .summary(declared.summary)
      .description(declared.description)
      .addHelpText("after", declared.help);
    for (const [flags, description] of declared.options) command.option(flags, description);
    command.action(async (flags: ServiceFlags) => {
      const { system = false, runAs } = flags;
      const [{ runInContext }, work] = await Promise.all([
        import("../service/service_context.ts"),
        declared.load(),
      ]);
      finish(await runInContext({ system, runAs }, io, (context) => work(context, flags)));
    });
  }
}
