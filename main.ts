import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { VERSION } from "./src/cli/version.ts";

const args = process.argv.slice(2);

// What scripts ask most often costs no more than starting: the command line is not even loaded.
if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) console.log(VERSION);
else runCommandLine().then((exitCode) => process.exit(exitCode));

/** How a shell sees a program that wrote to somebody who did not read on: 128 and SIGPIPE. */
const NOBODY_READS = 141;
/** A reader of the log that has stopped does not keep a gateway from ending. */
const LOG_READER_MS_MAX = 2_000;

async function runCommandLine(): Promise<number> {
  const [{ runCli }, { lineOutput }, { describeTerminal }] = await Promise.all([
    import("./src/cli/program.ts"),
    import("./src/runtime/line_output.ts"),
    import("./src/runtime/terminal.ts"),
  ]);
  const out = lineOutput(process.stdout, () => process.exit(NOBODY_READS));
  const err = lineOutput(process.stderr, () => {}); // A gateway goes on without one.
  const exitCode = await runCli(args, {
    environment: process.env,
    out: out.write,
    err: err.write,
    outTerminal: describeTerminal(process.stdout, process.env),
    errTerminal: describeTerminal(process.stderr, process.env),
  });
  await out.end(); // Whoever reads it page by page takes as long as they like.
  await Promise.race([err.end(), delay(LOG_READER_MS_MAX)]);
  return exitCode;
}
