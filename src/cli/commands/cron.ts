import type { Command } from "commander";
import type { CronChanges } from "../cron/cron_changes.ts";
import type { CommandLine } from "./command_line.ts";

const EXAMPLES = `
Examples:
  hermes cron create "every day at 9" "Summarise the open incidents" --deliver home
  hermes cron create 30m "Remind the team of the call" --deliver mattermost --name Call
  hermes cron create "*/15 * * * *" --script disk.sh --no-agent
  hermes cron list
  hermes cron run 1a2b3c4d5e6f         at once, through the running gateway
  hermes cron history 1a2b3c4d5e6f --json

Jobs run in the gateway, which sees changes while it runs.
Exit codes: 0 done, 1 failed, 2 wrong call, or no such job.`;

/** `hermes cron`: scheduled work. */
export function addCron(program: Command, line: CommandLine): void {
  const { io, finish } = line;
  const cron = program.command("cron").helpGroup("The agent:")
    .summary("see and change scheduled work")
    .description("Lists, makes and changes jobs, which the gateway runs at their times.")
    .addHelpText("after", EXAMPLES);
  cron.command("list", { isDefault: true }).description("list the jobs")
    .option("-a, --all", "those that are done as well")
    .option("--json", "print them as JSON")
    .action(async ({ all = false, json = false }: { all?: boolean; json?: boolean }) => {
      const { listJobs } = await import("../cron/cron_command.ts");
      finish(await listJobs({ all, json }, io));
    });
  withChanges(cron.command("create").alias("add"))
    .argument("<schedule>", 'e.g. 30m, "tomorrow 9am", "every 2h", "0 9 * * 1-5"')
    .argument("[prompt]", "what the agent is to do")
    .description("make a job")
    .option("--json", "print it as JSON")
    .action(async (schedule: string, prompt: string | undefined, options: CronChanges) => {
      const { createJob } = await import("../cron/cron_command.ts");
      finish(await createJob({ ...options, schedule, prompt }, io));
    });
  withChanges(cron.command("edit")).argument("<job>", "its id, or its name")
    .description("change a job")
    .option("--schedule <schedule>", "when it runs")
    .option("--prompt <text>", "what the agent is to do")
    .option("--json", "print it as JSON")
    .action(async (job: string, options: CronChanges) => {
      const { editJob } = await import("../cron/cron_command.ts");
      finish(await editJob(job, options, io));
    });
  addActions(cron, line);
  cron.command("history").argument("[job]", "its id, or its name; without it, of all jobs")
    .description("show what became of the last runs")
    .option("-n, --count <number>", "how many", "10")
    .option("--json", "print them as JSON")
    .action(async (job: string | undefined, options: { count: string; json?: boolean }) => {
      const { showHistory } = await import("../cron/cron_command.ts");
      finish(await showHistory(job, options, io));
    });
  cron.command("status").description("say whether jobs run, and which is next")
    .option("--json", "print it as JSON")
    .action(async ({ json = false }: { json?: boolean }) => {
      const { showCronStatus } = await import("../cron/cron_command.ts");
      finish(await showCronStatus({ json }, io));
    });
}

function addActions(cron: Command, { io, finish }: CommandLine): void {
  const actions = {
    pause: "let a job wait until it is resumed",
    resume: "let a paused job run again",
    run: "run a job at once, whatever its schedule says",
    remove: "remove a job and what is kept of its runs",
  } as const;
  for (const [action, description] of Object.entries(actions)) {
    const command = cron.command(action).argument("<job>", "its id, or its name")
      .description(description)
      .option("--json", "print it as JSON");
    if (action === "pause") command.option("--reason <text>", "why, for the list");
    command.action(async (job: string, options: { json?: boolean; reason?: string }) => {
      const { actOnJob } = await import("../cron/cron_command.ts");
      finish(await actOnJob(action as keyof typeof actions, job, options, io));
    });
  }
}

function withChanges(command: Command): Command {
  const collect = (value: string, before: readonly string[] = []) => [...before, value];
  return command
    .option("--name <name>", "how it is called")
    .option(
      "--deliver <places>",
      "origin, home, local, @user, ~channel, mattermost:<id>[:<thread>]",
    )
    .option("--repeat <times>", "how many runs; 0 for ever")
    .option("--skill <name>", "a skill that it follows; may be repeated", collect)
    .option("--script <file>", "a file in the folder scripts that runs first")
    .option("--no-agent", "post what the script prints")
    .option("--context-from <job>", "a job whose last output it needs; may be repeated", collect)
    .option("--model <model>", "the model that works on it")
    .option("--provider <provider>", "the provider of the model")
    .option("--base-url <url>", "the address of the model")
    .option("--workdir <folder>", "where its tools begin")
    .option("--toolset <name>", "a set of tools that it may use; may be repeated", collect)
    .option("--missed <what>", "when its time passes while no gateway runs: skip, or run once")
    .option("--timeout <seconds>", "how long it may take")
    .option(
      "--allow-command <kind>",
      "a kind of dangerous command that it may run, as in command_allowlist; may be repeated",
      collect,
    );
}
