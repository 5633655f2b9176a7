import process from "node:process";
import { runCli } from "./src/cli/program.ts";

runCli(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
