import process from "node:process";
import { VERSION } from "./src/cli/version.ts";

const args = process.argv.slice(2);

// What scripts ask most often costs no more than starting: the command line is not even loaded.
if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) console.log(VERSION);
else runCommandLine().then((exitCode) => process.exit(exitCode));

async function runCommandLine(): Promise<number> {
  const [{ runCli }, { describeTerminal }] = await Promise.all([
    import("./src/cli/program.ts"),
    import("./src/runtime/terminal.ts"),
  ]);
  return await runCli(args, {
    environment: process.env,
    out: (line: string) => process.stdout.write(`${line}\n`),
    err: (line: string) => process.stderr.write(`${line}\n`),
    outTerminal: describeTerminal(process.stdout, process.env),
    errTerminal: describeTerminal(process.stderr, process.env),
  });
}
