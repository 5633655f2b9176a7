import { type Command, InvalidArgumentError } from "commander";
import type { CommandLine } from "./command_line.ts";

const EXAMPLES = `
Examples:
  hermes gateway
  hermes gateway --set mattermost.reply_mode=thread
  HERMES_HOME=/srv/hermes hermes gateway --verbose

Exit codes: 0 stopped, 1 failed, 2 wrong command line, 78 the configuration cannot work.`;

interface RunOptions {
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  readonly set?: Record<string, string>;
}

/** `hermes gateway`: runs the bot. */
export function addGateway(program: Command, { io, finish }: CommandLine): void {
  const gateway = program.command("gateway")
    .summary("connect to Mattermost and answer")
    .description("Connects the bot to Mattermost and answers until it is stopped.")
    .helpGroup("Running it:")
    .option("-v, --verbose", "log why messages are ignored, and every retry")
    .option("-q, --quiet", "log to the file only, for hermes logs")
    .option("--set <key=value>", "override one setting, e.g. streaming.enabled=false", setting)
    .addHelpText("after", EXAMPLES);
  gateway.action(async (options: RunOptions) => {
    const { runGatewayCommand } = await import("../gateway/gateway_command.ts");
    const { verbose = false, quiet = false, set: flags = {} } = options;
    finish(await runGatewayCommand({ verbose, quiet, flags }, io));
  });
}

function setting(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [key, ...value] = text.split("=");
  if (!key || value.length === 0) throw new InvalidArgumentError("Write KEY=VALUE.");
  return { ...before, [key]: value.join("=") };
}
