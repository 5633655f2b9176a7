import { rm } from "node:fs/promises";
import process from "node:process";
import { FileError } from "../../runtime/file_error.ts";
import { readLockHolder } from "../../runtime/lock_file.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { runInContext, type ServiceContext } from "../service/service_context.ts";
import { stopHolder } from "../service/stop_holder.ts";
import { uninstallService } from "../service/uninstall_service.ts";
import { createPlainPrompter } from "../setup/plain_prompter.ts";
import { type Prompter, SetupCancelledError } from "../setup/prompter.ts";
import { openTerminalPrompter } from "../setup/terminal_prompter.ts";
import { planUninstall, UninstallError, type UninstallPlan } from "./plan_uninstall.ts";
import { removeHome } from "./remove_home.ts";
import { removeSlashCommands } from "./remove_slash_commands.ts";
import { planText } from "./uninstall_text.ts";

export interface UninstallOptions {
  /** Asks nothing. */
  readonly yes: boolean;
  /** Removes the home as well. */
  readonly data: boolean;
  /** Only says what would be removed. */
  readonly dryRun: boolean;
}

/** `hermes uninstall`: removes Hermes, and what it knows only when told to. Gives the exit code. */
export async function runUninstallCommand(options: UninstallOptions, io: CliIo): Promise<number> {
  return await runInContext({ system: false, runAs: undefined }, io, async (context) => {
    const plan = await planUninstall(context);
    if (options.data && plan.home.kind === "refused") {
      const hint = "Leave out --data, or correct HERMES_HOME.";
      throw new UninstallError(`Cannot remove ${context.home}: ${plan.home.reason}`, hint);
    }
    const isInteractive = process.stdin.isTTY === true && io.outTerminal.isTty;
    const streams = { input: process.stdin, output: process.stdout, clock: context.clock };
    using prompter = isInteractive && !options.yes && !options.dryRun
      ? await openTerminalPrompter(streams, context.signal)
      : createPlainPrompter(io.out, context.signal);
    try {
      const answer = await ask(prompter, plan, options);
      if (answer !== "confirmed") return tellRefusal(answer, io);
    } catch (error) {
      if (!(error instanceof SetupCancelledError)) throw error;
      io.err("Nothing was removed.");
      return EXIT.cancelled;
    }
    await remove(context, plan, options);
    return EXIT.ok;
  });
}

type Answer = "confirmed" | "tried" | "declined" | "not_asked";

async function ask(
  prompter: Prompter,
  plan: UninstallPlan,
  { data, dryRun, yes }: UninstallOptions,
): Promise<Answer> {
  const { goes, stays } = planText(plan, data);
  if (goes.length > 0) prompter.page("This is removed:", goes);
  if (stays.length > 0) prompter.page("This stays:", stays);
  if (dryRun) return "tried";
  if (yes) return "confirmed";
  if (!prompter.isInteractive) return "not_asked";
  if (!await prompter.confirm("Remove it?", false)) return "declined";
  if (!data || plan.home.kind !== "removable") return "confirmed";
  const { folder, home } = plan.home;
  const typed = await prompter.text({
    message: "Your settings and conversations cannot be brought back. Type the path of the folder:",
    example: folder,
  });
  return [folder, home].includes(typed.trim()) ? "confirmed" : "declined";
}

function tellRefusal(answer: Exclude<Answer, "confirmed">, io: CliIo): number {
  switch (answer) {
    case "tried":
      io.out("Nothing was removed: this was only to see it.");
      return EXIT.ok;
    case "declined":
      io.out("Nothing was removed.");
      return EXIT.cancelled;
    case "not_asked":
      io.err("Nothing was removed: there is no terminal to ask in.\n  Add --yes to remove it.");
      return EXIT.usage;
    default:
      return answer satisfies never;
  }
}

/** The program comes last: until then the same command can be called again. */
async function remove(
  context: ServiceContext,
  plan: UninstallPlan,
  { data }: UninstallOptions,
): Promise<void> {
  const { clock, io, paths, signal, world } = context;
  for (const { manager } of plan.services) {
    await uninstallService({ ...context, scopes: [manager.scope] }, { force: false });
  }
  const holder = await readLockHolder(paths.gatewayLockFile); // Not that of a service any more.
  if (holder !== undefined) {
    await stopHolder(holder, { world, clock, tell: io.err }, signal);
    io.out("The gateway has stopped.");
  }
  const told = await removeSlashCommands(context);
  if (told !== undefined) io.out(told);
  if (data && plan.home.kind === "removable") {
    const left = await removeHome(plan.home);
    const { folder, ownNames } = plan.home;
    io.out(
      left.length === 0 ? `Removed ${folder}.` : `Removed from ${folder}: ${ownNames.join(", ")}.`,
    );
  }
  for (const path of plan.programs) {
    try {
      await rm(path);
    } catch (error) {
      throw new FileError("write", path, error);
    }
    io.out(`Removed ${path}.`);
  }
}
