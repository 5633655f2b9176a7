import { Command, CommanderError, InvalidArgumentError } from "commander";
import { HermesError } from "../errors.ts";
import { EXIT } from "./exit_codes.ts";
import type { CliIo } from "./io.ts";
import { renderError } from "./render_error.ts";
import { VERSION } from "./version.ts";

const EXAMPLES = `
Examples:
  hermes demo                          try it: a Mattermost in memory, a bot, a chat in this terminal
  hermes doctor                        check the configuration, the server and the token
  hermes gateway                       connect to MATTERMOST_URL and answer
  hermes gateway --verbose             the same, and say why a message is ignored

Settings are read from ~/.hermes/.env and ~/.hermes/config.yaml (HERMES_HOME is another folder).`;

const GATEWAY_EXAMPLES = `
Examples:
  hermes gateway
  hermes gateway --set mattermost.reply_mode=thread
  HERMES_HOME=/srv/hermes hermes gateway --verbose

Exit codes: 0 stopped, 1 failed, 2 wrong command line, 78 the configuration cannot work.`;

const DEMO_EXAMPLES = `
Examples:
  hermes demo
  hermes demo --script conversation.txt
  printf 'help\\n#general @hermes hi\\n' | hermes demo --script -

A script has one message a line: [PERSON:] [#CHANNEL or >] TEXT
  what time is it?                     from alice to hermes, directly
  #general @hermes hello               in a channel, where hermes has to be mentioned
  > @hermes and now?                   in the thread of the last post
  bob: #general @hermes me too         from somebody else: alice, bob or mallory
  \\> not a thread                      a backslash before a text that looks like one of these
  # a comment                          and blank lines are left out

The language model of your settings answers, or else a built-in scripted one that needs no network.
Everything lives in memory and in a temporary folder, which is removed at the end.

Exit codes: 0 done, 1 something was not answered, 2 the script cannot be used.`;

const DOCTOR_EXAMPLES = `
Examples:
  hermes doctor
  hermes doctor --json | jq '.checks[] | select(.status != "ok")'

Exit codes: 0 nothing is broken, 1 something is, 2 wrong command line.`;

/** Runs one command line and gives the exit code. Each subcommand is loaded when it is run. */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  let exitCode: number = EXIT.ok;
  const finish = (code: number) => {
    exitCode = code;
  };
  const program = createProgram(io);
  addGateway(program, io, finish);
  addDoctor(program, io, finish);
  addDemo(program, io, finish);
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

function createProgram(io: CliIo): Command {
  return new Command("hermes")
    .description("An AI agent in your Mattermost.")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "show this help")
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
    })
    .showHelpAfterError("Run 'hermes --help' to see what there is.")
    .addHelpText("after", EXAMPLES)
    .exitOverride();
}

function addGateway(program: Command, io: CliIo, finish: (code: number) => void): void {
  const gateway = program.command("gateway")
    .summary("connect to Mattermost and answer")
    .description("Connects the bot to Mattermost and answers until it is stopped.")
    .helpGroup("Running it:")
    .option("-v, --verbose", "log why messages are ignored, and every retry")
    .option("--set <key=value>", "override one setting, e.g. streaming.enabled=false", setting)
    .addHelpText("after", GATEWAY_EXAMPLES);
  gateway.action(async (options: { verbose?: boolean; set?: Record<string, string> }) => {
    const { runGatewayCommand } = await import("./gateway_command.ts");
    const { verbose = false, set: flags = {} } = options;
    finish(await runGatewayCommand({ verbose, flags }, io));
  });
}

function addDoctor(program: Command, io: CliIo, finish: (code: number) => void): void {
  program.command("doctor")
    .summary("find out what is wrong")
    .description("Checks the configuration, the server, the token and the socket.")
    .helpGroup("Running it:")
    .option("--json", "print the findings as JSON")
    .addHelpText("after", DOCTOR_EXAMPLES)
    .action(async ({ json = false }: { json?: boolean }) => {
      const { runDoctorCommand } = await import("./doctor_command.ts");
      finish(await runDoctorCommand({ json }, io));
    });
}

function addDemo(program: Command, io: CliIo, finish: (code: number) => void): void {
  program.command("demo")
    .summary("try it without a server")
    .description("Starts a Mattermost in memory and a bot, and opens a chat in this terminal.")
    .helpGroup("Trying it:")
    .option("--script <file>", "hold the conversation written in FILE and print it")
    .addHelpText("after", DEMO_EXAMPLES)
    .action(async (options: { script?: string }) => {
      const { runDemoCommand } = await import("./demo_command.ts");
      finish(await runDemoCommand(options, io));
    });
}

function setting(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [key, ...value] = text.split("=");
  if (!key || value.length === 0) throw new InvalidArgumentError("Write KEY=VALUE.");
  return { ...before, [key]: value.join("=") };
}
