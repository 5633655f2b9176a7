import process from "node:process";
import { runCli } from "./src/cli/program.ts";
import { describeTerminal } from "./src/runtime/terminal.ts";

const io = {
  environment: process.env,
  out: (line: string) => process.stdout.write(`${line}\n`),
  err: (line: string) => process.stderr.write(`${line}\n`),
  outTerminal: describeTerminal(process.stdout, process.env),
  errTerminal: describeTerminal(process.stderr, process.env),
};

runCli(process.argv.slice(2), io).then((exitCode) => process.exit(exitCode));
