import type { Command } from "commander";
import type { CommandLine } from "./command_line.ts";

const EXAMPLES = `
Examples:
  hermes config get                          every setting, its value and where it comes from
  hermes config get mattermost.reply_mode    one value, for a script
  hermes config set model.default gpt-5.6
  hermes config set OPENROUTER_API_KEY -     asks for the key, or reads it from standard input
  hermes config unset model.max_tokens
  hermes config edit                         in $EDITOR; kept only when it is valid
  hermes config check                        every problem and warning, with file and line

A setting has a key (mattermost.url) and may have a name in .env (MATTERMOST_URL): either will do.
Secrets and the address of the bot are written to .env, the rest to config.yaml.

Exit codes: 0 done, 1 failed or not set, 2 no such setting or a wrong value.`;

/** `hermes config`: sees and changes the settings. */
export function addConfig(program: Command, line: CommandLine): void {
  const config = program.command("config")
    .summary("see and change the settings")
    .description("Shows, changes and checks ~/.hermes/config.yaml and ~/.hermes/.env.")
    .helpGroup("Setting it up:")
    .addHelpText("after", EXAMPLES);
  addReading(config, line);
  addWriting(config, line);
}

function addReading(config: Command, { io, finish }: CommandLine): void {
  config.command("path").description("print where config.yaml is")
    .option("--env", "where .env is")
    .action(async ({ env = false }: { env?: boolean }) => {
      const { printPath } = await import("../config/config_command.ts");
      finish(printPath(env, io));
    });
  // As the Python original spells it.
  config.command("env-path", { hidden: true }).description("print where .env is")
    .action(async () => {
      const { printPath } = await import("../config/config_command.ts");
      finish(printPath(true, io));
    });
  config.command("get").alias("show").argument("[key]", "key or name of a setting")
    .description("print settings as they count now")
    .option("--json", "print them as JSON")
    .option("--reveal", "print a secret that is asked for by its key")
    .action(async (key: string | undefined, options: { json?: boolean; reveal?: boolean }) => {
      const { getSetting, listSettings } = await import("../config/get_settings.ts");
      const { json = false, reveal = false } = options;
      finish(
        await (key === undefined
          ? listSettings({ json }, io)
          : getSetting(key, { json, reveal }, io)),
      );
    });
  config.command("check").description("check both files")
    .option("--json", "print the findings as JSON")
    .action(async ({ json = false }: { json?: boolean }) => {
      const { checkSettings } = await import("../config/check_settings.ts");
      finish(await checkSettings({ json }, io));
    });
  config.command("schema").description("print the JSON Schema of config.yaml, for an editor")
    .action(async () => {
      const { printSchema } = await import("../config/config_command.ts");
      finish(printSchema(io));
    });
}

function addWriting(config: Command, { io, finish }: CommandLine): void {
  config.command("set").argument("<key>").argument(
    "[value]",
    "- reads it from the standard input, or asks for it",
  )
    .description("change a setting")
    .option("--env", "write it to .env, also a variable that is no setting")
    .action(async (key: string, value: string | undefined, { env = false }: { env?: boolean }) => {
      const { setSetting } = await import("../config/set_setting.ts");
      finish(await setSetting({ key, value, env }, io));
    });
  config.command("unset").argument("<key>").description("take a setting out of both files")
    .action(async (key: string) => {
      const { unsetSetting } = await import("../config/set_setting.ts");
      finish(await unsetSetting(key, io));
    });
  config.command("edit").description("open config.yaml in $VISUAL or $EDITOR")
    .option("--env", "open .env")
    .action(async ({ env = false }: { env?: boolean }) => {
      const { editSettings } = await import("../config/edit_settings.ts");
      finish(await editSettings(env, io));
    });
}
