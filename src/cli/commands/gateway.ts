import { type Command, InvalidArgumentError } from "commander";
import { nearest } from "../../config/nearest.ts";
import type { CommandLine } from "./command_line.ts";
import { addServiceCommands } from "./service.ts";
import { addSetup } from "./setup.ts";

const EXAMPLES = `
Examples:
  hermes gateway
  hermes gateway --set mattermost.reply_mode=thread
  HERMES_HOME=/srv/hermes hermes gateway --verbose

Exit codes: 0 stopped, 1 failed, 2 wrong command line, 78 the configuration cannot work.`;

interface RunOptions {
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  readonly replace?: boolean;
  readonly set?: Record<string, string>;
}

/** `hermes gateway`: runs the bot, and what belongs to it. */
export function addGateway(program: Command, line: CommandLine): void {
  const gateway = program.command("gateway")
    .summary("connect to Mattermost and answer")
    .description("Connects the bot to Mattermost and answers until it is stopped.")
    .helpGroup("Running it:")
    .helpCommand(false)
    .enablePositionalOptions()
    .addHelpText("after", EXAMPLES);
  makeRun(gateway, line);
  const run = gateway.command("run")
    .summary("the same as without a subcommand")
    .description("Connects the bot to Mattermost and answers until it is stopped.");
  makeRun(run, line);
  addSetup(gateway, line);
  addServiceCommands(gateway, line);
  refuseUnknown(gateway); // At the end: subcommands take over what is said of their parent.
}

function makeRun(command: Command, { io, finish }: CommandLine): void {
  command
    .option("-v, --verbose", "log why messages are ignored, and every retry")
    .option("-q, --quiet", "log to the file only, for hermes logs")
    .option("--replace", "stop a gateway that uses this home or token, and take its place")
    .option("--set <key=value>", "override one setting, e.g. streaming.enabled=false", setting)
    .action(async (options: RunOptions) => {
      const { runGatewayCommand } = await import("../gateway/gateway_command.ts");
      const { verbose = false, quiet = false, replace = false, set: flags = {} } = options;
      finish(await runGatewayCommand({ verbose, quiet, replace, flags }, io));
    });
}

/** A subcommand that is none gets a better answer than the number of the arguments. */
function refuseUnknown(gateway: Command): void {
  gateway.allowExcessArguments().hook("preAction", (_, called) => {
    const [name] = called.args;
    if (called !== gateway || name === undefined) return;
    const meant = nearest(name, gateway.commands.map((command) => command.name()));
    const question = meant === undefined ? "" : ` Did you mean ${meant}?`;
    gateway.error(`error: there is no subcommand '${name}' of gateway.${question}`);
  });
}

function setting(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [key, ...value] = text.split("=");
  if (!key || value.length === 0) throw new InvalidArgumentError("Write KEY=VALUE.");
  return { ...before, [key]: value.join("=") };
}
