import type { Command } from "commander";
import type { CommandLine } from "./command_line.ts";

const EXAMPLES = `
Examples:
  hermes hooks add ci --to ~builds            prints the address and its token, once
  hermes hooks add disk-alarm                 to the home channel
  curl -H "Authorization: Bearer $TOKEN" -d '{"title": "Build 7", "text": "failed"}' \\
    http://127.0.0.1:8644/hooks/ci
  hermes hooks add alerts --to ~ops --prompt "Say in one sentence what is wrong, and how bad it is."
  hermes hooks list
  hermes hooks remove ci

The gateway listens on this machine alone, at gateway.hooks_listen, as long as there are hooks. What
is sent is posted as a message: the text of title and text (or subject, message, body), other JSON as
it is, plain text as Markdown. It notifies no channel.

With --prompt the agent works on what is sent, as in a job: alone, and with the tools of --toolsets.

The answer is 200 with the ids of the posts, 202 when the message is kept because the server is away
or the agent is at work, 401 for a wrong token, 422 for a text that the agent is not told, 429 after 30 calls in a minute, 502 when it cannot be posted.

Exit codes: 0 done, 1 failed, 2 the command line is wrong.`;

interface AddFlags {
  readonly to: string;
  readonly prompt?: string;
  readonly toolsets: string;
  readonly json?: boolean;
}

/** `hermes hooks`: ways in for other programs. */
export function addHooks(program: Command, { io, finish }: CommandLine): void {
  const hooks = program.command("hooks").helpGroup("Running it:")
    .summary("let CI, monitoring and scripts post by HTTP")
    .description("Lists, adds and removes addresses to which other programs send messages.")
    .addHelpText("after", EXAMPLES);
  hooks.command("list", { isDefault: true }).description("list the hooks")
    .option("--json", "print them as JSON")
    .action(async ({ json = false }: { json?: boolean }) => {
      const { listHooks } = await import("../hooks/hooks_command.ts");
      finish(await listHooks({ json }, io));
    });
  hooks.command("add").argument("<name>").description("add one, and print its token")
    .option("-t, --to <target>", "where its messages go", "home")
    .option("-p, --prompt <text>", "have the agent do this with what is sent, and post the result")
    .option("--toolsets <names>", "what the agent may use for it, with commas", "web,vision")
    .option("--json", "print it as JSON")
    .action(async (name: string, flags: AddFlags) => {
      const { addHook } = await import("../hooks/hooks_command.ts");
      const { to: target, prompt, json = false } = flags;
      const toolsets = flags.toolsets.split(",").map((set) => set.trim()).filter((set) =>
        set !== ""
      );
      finish(await addHook({ name, target, prompt, toolsets, json }, io));
    });
  hooks.command("remove").argument("<name>").description("remove one: its token is good no more")
    .action(async (name: string) => {
      const { removeHook } = await import("../hooks/hooks_command.ts");
      finish(await removeHook(name, io));
    });
}
