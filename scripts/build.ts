/** `deno task build`: compiles `dist/hermes` for this machine. */

import { join } from "node:path";
import process from "node:process";
import { compile } from "./compile.ts";
import { ROOT_DIR } from "./run_command.ts";

process.chdir(ROOT_DIR);
process.exitCode = await compile("main.ts", join("dist", "hermes")) ? 0 : 1;
