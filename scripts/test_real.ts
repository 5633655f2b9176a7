/**
 * `deno task test:real`: builds the binary, and runs the tests that need a real Mattermost server and
 * an administrator on it.
 */

import process from "node:process";
import { BUN, runCommand } from "./run_command.ts";

const LIMIT_MS = 600_000;
/** A real server answers more slowly than the sandbox. */
const TEST_LIMIT_MS = 120_000;

if (!process.env["MM_URL"] || !process.env["MM_ADMIN_TOKEN"]) {
  console.log("Set MM_URL and MM_ADMIN_TOKEN to run the tests against a real server");
} else {
  const flags = ["--no-env-file", "--no-orphans", "test", `--timeout=${TEST_LIMIT_MS}`];
  const isProven = await runCommand([process.execPath, "task", "build"], LIMIT_MS) &&
    await runCommand([BUN, ...flags, "./tests/real"], LIMIT_MS);
  process.exitCode = isProven ? 0 : 1;
}
