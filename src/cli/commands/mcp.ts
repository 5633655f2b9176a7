import type { Command } from "commander";
import type { CommandLine } from "./command_line.ts";

const EXAMPLES = `
Examples:
  hermes mcp                           the servers of the settings
  hermes mcp add files --command npx -- -y @modelcontextprotocol/server-filesystem /srv/files
  hermes mcp add wiki --url https://wiki.example.com/mcp --header 'Authorization: Bearer \${WIKI_TOKEN}'
  hermes mcp test files                connect, and list what it offers
  hermes mcp remove files

Secrets belong in .env: write \${NAME} for the value of its variable NAME.
The gateway offers a server's tools after its next start.

Exit codes: 0 done, 1 failed, 2 the command line is wrong.`;

/** `hermes mcp`: servers of further tools. */
export function addMcp(program: Command, { io, finish }: CommandLine): void {
  const mcp = program.command("mcp").helpGroup("The agent:")
    .summary("give the agent tools of MCP servers")
    .description("Lists, adds, tries and removes servers that speak the Model Context Protocol.")
    .addHelpText("after", EXAMPLES);
  mcp.command("list", { isDefault: true }).description("list the servers of the settings")
    .option("--json", "print them as JSON")
    .action(async ({ json = false }: { json?: boolean }) => {
      const { listServers } = await import("../mcp/list_servers.ts");
      finish(await listServers({ json }, io));
    });
  mcp.command("test").argument("<name>").description("connect to one, and list what it offers")
    .option("--json", "print it as JSON")
    .action(async (name: string, { json = false }: { json?: boolean }) => {
      const { testServer } = await import("../mcp/test_server.ts");
      finish(await testServer(name, { json }, io));
    });
  mcp.command("add").argument("<name>").argument("[arguments...]", "of the program, behind --")
    .description("write one into config.yaml")
    .option("--command <program>", "the program to start")
    .option("--url <address>", "the address of one that runs already")
    .option("--env <NAME=value>", "a variable for the program; may be repeated", collect, [])
    .option("--header <Name: value>", "sent with each request; may be repeated", collect, [])
    .action(async (name: string, args: string[], options: AddOptions) => {
      const { addServer } = await import("../mcp/change_servers.ts");
      finish(await addServer({ ...options, name, args }, io));
    });
  mcp.command("remove").argument("<name>").description("take one out of config.yaml")
    .action(async (name: string) => {
      const { removeServer } = await import("../mcp/change_servers.ts");
      finish(await removeServer(name, io));
    });
}

interface AddOptions {
  readonly command?: string;
  readonly url?: string;
  readonly env: readonly string[];
  readonly header: readonly string[];
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
