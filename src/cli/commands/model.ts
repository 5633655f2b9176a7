import process from "node:process";
import type { Command } from "commander";
import { listenForStopSignals } from "../../runtime/process_signals.ts";
import type { ListFlags } from "../model/show_model.ts";
import type { ModelFlags } from "../model/change_model.ts";
import type { CommandLine } from "./command_line.ts";

const EXAMPLES = `
Examples:
  hermes model                         see the model, and choose another in this terminal
  hermes model show --json
  hermes model list --provider openrouter
  hermes model set gpt-5-mini --provider openai
  hermes model set qwen3 --base-url http://127.0.0.1:8000/v1

A model is asked one short thing before it is written, unless --no-check is given. A gateway that runs
takes it up when it is restarted.

Exit codes: 0 done, 1 the model does not answer, 2 wrong command line, 78 the settings do not work, 130 left.`;

/** `hermes model`: which model answers. */
export function addModel(program: Command, { io, finish }: CommandLine): void {
  const stoppable = async (run: (signal: AbortSignal) => Promise<number>) => {
    const signals = listenForStopSignals(["SIGHUP"]);
    try {
      finish(await run(signals.stop));
    } finally {
      signals.dispose();
    }
  };
  const model = program.command("model").helpGroup("The agent:")
    .summary("see and choose the model")
    .description("Shows which model answers, and in a terminal lets you choose another.")
    .addHelpText("after", EXAMPLES)
    .action(async () => {
      if (process.stdin.isTTY === true && io.outTerminal.isTty) {
        const { pickModel } = await import("../model/change_model.ts");
        return await stoppable((signal) => pickModel(io, signal));
      }
      const { showModel } = await import("../model/show_model.ts");
      finish(await showModel({}, io));
    });
  model.command("show").description("print the model of the settings")
    .option("--json", "print it as JSON")
    .action(async (flags: { json?: boolean }) => {
      const { showModel } = await import("../model/show_model.ts");
      finish(await showModel(flags, io));
    });
  model.command("list").description("list what the provider serves")
    .option("--provider <id>", "another provider than that of the settings")
    .option("--json", "print the list as JSON")
    .action(async (flags: ListFlags) => {
      const { listProviderModels } = await import("../model/show_model.ts");
      await stoppable((signal) => listProviderModels(flags, io, signal));
    });
  model.command("set").argument("<id>", "as its provider spells it")
    .description("write another model into the settings, once it has answered")
    .option("--provider <id>", "who serves it")
    .option("--base-url <url>", "address of a model server of your own")
    .option("--no-check", "do not ask it first")
    .action(async (id: string, flags: Omit<ModelFlags, "model">) => {
      const { setModel } = await import("../model/change_model.ts");
      await stoppable((signal) => setModel({ ...flags, model: id }, io, signal));
    });
}
