import { Command, CommanderError } from "commander";
import { HermesError } from "../errors.ts";
import { addAgentCommands } from "./commands/agent.ts";
import { addChat } from "./commands/chat.ts";
import type { CommandLine } from "./commands/command_line.ts";
import { addCompletion } from "./commands/completion.ts";
import { addConfig } from "./commands/config.ts";
import { addCron } from "./commands/cron.ts";
import { addDemo } from "./commands/demo.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addGateway } from "./commands/gateway.ts";
import { addHooks } from "./commands/hooks.ts";
import { addLogs } from "./commands/logs.ts";
import { addMcp } from "./commands/mcp.ts";
import { addModel } from "./commands/model.ts";
import { addSessions } from "./commands/sessions.ts";
import { addSend } from "./commands/send.ts";
import { addPairing } from "./commands/pairing.ts";
import { addSetup } from "./commands/setup.ts";
import { addUninstall } from "./commands/uninstall.ts";
import { addUpdate } from "./commands/update.ts";
import { EXIT } from "./exit_codes.ts";
import type { CliIo } from "./io.ts";
import { renderError } from "./render_error.ts";
import { VERSION } from "./version.ts";

const EXAMPLES = `
Examples:
  hermes demo                          try it: a Mattermost in memory, a bot, a chat in this terminal
  hermes gateway setup                 connect a bot of your server, step by step
  hermes doctor                        check the configuration, the server and the token
  hermes gateway                       connect to MATTERMOST_URL and answer
  hermes gateway --verbose             the same, and say why a message is ignored
  hermes gateway install               run it as a service from now on
  hermes gateway status                say whether it runs, and what it does
  hermes chat                          talk to the agent in this terminal, without Mattermost
  hermes logs --follow                 see what the gateway logs
  hermes update                        get the newest version

Settings are read from ~/.hermes/.env and ~/.hermes/config.yaml (HERMES_HOME is another folder).`;

/** In the order of the help. Each declares its subcommand; what it does is loaded when it is run. */
const COMMANDS: readonly ((program: Command, line: CommandLine) => void)[] = [
  addSetup,
  addGateway,
  addPairing,
  addLogs,
  addSend,
  addHooks,
  addDoctor,
  addConfig,
  addCompletion,
  addChat,
  addSessions,
  addModel,
  addAgentCommands,
  addCron,
  addMcp,
  addDemo,
  addUpdate,
  addUninstall,
];

/** Runs one command line and gives the exit code. */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  let exitCode: number = EXIT.ok;
  const finish = (code: number) => {
    exitCode = code;
  };
  const program = createProgram(io, finish);
  try {
    await program.parseAsync(args.length === 0 ? ["--help"] : [...args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    io.err(renderError(error));
    const isUsage = error instanceof HermesError && error.code === "config.unknown_setting";
    return isUsage ? EXIT.usage : EXIT.failure;
  }
}

/** The whole command line; `finish` takes the exit code of the subcommand that ran. */
export function createProgram(io: CliIo, finish: (exitCode: number) => void): Command {
  const program = new Command("hermes")
    .description("An AI agent in your Mattermost.")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "show this help")
    .helpCommand(false)
    .enablePositionalOptions() // What stands behind a subcommand is its own, and not its parent's.
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
    })
    .showHelpAfterError("Run 'hermes --help' to see what there is.")
    .addHelpText("after", EXAMPLES)
    .exitOverride();
  for (const add of COMMANDS) add(program, { io, finish });
  return program;
}
