import type { Command } from "commander";
import type { CommandLine } from "./command_line.ts";

const TOOLS_EXAMPLES = `
Examples:
  hermes tools                         every set of tools, where it is offered, what is in it
  hermes tools disable web             offer it nowhere
  hermes tools enable web
  hermes tools list --json | jq '.toolsets[] | select(.enabled.mattermost)'

Exit codes: 0 done, 1 failed, 2 no such set.`;

const PROMPT_SIZE_EXAMPLES = `
Examples:
  hermes prompt-size
  hermes prompt-size --json | jq .total_tokens`;

const MEMORY_EXAMPLES = `
Examples:
  hermes memory                        what Hermes remembers for itself and about its people
  hermes memory path                   the folder, to edit the files by hand
  hermes memory off                    remember nothing from now on; the files stay`;

const SKILLS_EXAMPLES = `
Examples:
  hermes skills
  hermes skills view meeting-notes`;

const GROUP = "The agent:";

/** `hermes tools`, `prompt-size`, `memory` and `skills`: what the agent has to work with. */
export function addAgentCommands(program: Command, line: CommandLine): void {
  addTools(program, line);
  addPromptSize(program, line);
  addMemory(program, line);
  addSkills(program, line);
}

function addTools(program: Command, { io, finish }: CommandLine): void {
  const tools = program.command("tools").helpGroup(GROUP)
    .summary("see and choose what the agent may use")
    .description("Lists the sets of tools, and switches them on and off.")
    .addHelpText("after", TOOLS_EXAMPLES);
  tools.command("list", { isDefault: true })
    .description("list all sets of tools")
    .option("--json", "print them as JSON")
    .action(async ({ json = false }: { json?: boolean }) => {
      const { listTools } = await import("../agent/tools_command.ts");
      finish(await listTools({ json }, io));
    });
  for (const action of ["enable", "disable"] as const) {
    tools.command(action).argument("<set...>", "names of sets")
      .description(action === "enable" ? "offer them again" : "offer them nowhere")
      .action(async (names: string[]) => {
        const { switchTools } = await import("../agent/tools_command.ts");
        finish(await switchTools(action, names, io));
      });
  }
}

function addPromptSize(program: Command, { io, finish }: CommandLine): void {
  program.command("prompt-size").helpGroup(GROUP)
    .summary("see what every request to the model costs at least")
    .description("Counts the system prompt and the descriptions of the tools, part by part.")
    .option("--json", "print the numbers as JSON")
    .addHelpText("after", PROMPT_SIZE_EXAMPLES)
    .action(async ({ json = false }: { json?: boolean }) => {
      const { runPromptSize } = await import("../agent/prompt_size_command.ts");
      finish(await runPromptSize({ json }, io));
    });
}

function addMemory(program: Command, { io, finish }: CommandLine): void {
  const memory = program.command("memory").helpGroup(GROUP)
    .summary("see what is remembered")
    .description("Shows what is remembered between conversations, and switches it on and off.")
    .addHelpText("after", MEMORY_EXAMPLES);
  memory.command("show", { isDefault: true }).description("print the notes and the profiles")
    .action(async () => {
      const { showMemory } = await import("../agent/memory_command.ts");
      finish(await showMemory(io));
    });
  memory.command("path").description("print the folder of the files")
    .action(async () => {
      const { printMemoryPath } = await import("../agent/memory_command.ts");
      finish(printMemoryPath(io));
    });
  for (const state of ["on", "off"] as const) {
    memory.command(state)
      .description(state === "on" ? "remember" : "remember nothing; the files stay")
      .action(async () => {
        const { switchMemory } = await import("../agent/memory_command.ts");
        finish(await switchMemory(state === "on", io));
      });
  }
}

function addSkills(program: Command, { io, finish }: CommandLine): void {
  const skills = program.command("skills").helpGroup(GROUP)
    .summary("see what know-how there is")
    .description(
      "Lists the skills: those of the home, further folders, and what comes with Hermes.",
    )
    .addHelpText("after", SKILLS_EXAMPLES);
  skills.command("list", { isDefault: true }).description("list all skills")
    .option("--json", "print them as JSON")
    .action(async ({ json = false }: { json?: boolean }) => {
      const { listSkills } = await import("../agent/skills_command.ts");
      finish(await listSkills({ json }, io));
    });
  skills.command("view").argument("<name>").description("print a skill")
    .action(async (name: string) => {
      const { viewSkill } = await import("../agent/skills_command.ts");
      finish(await viewSkill(name, io));
    });
}
