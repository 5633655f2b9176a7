import { userInfo } from "node:os";
import { runProgram } from "../../runtime/run_program.ts";
import { chooseToolsets } from "../../tools/toolsets.ts";
import { type Check, failure, ok, warning } from "./check.ts";
import type { DoctorInput } from "./doctor_input.ts";

const NAME = "terminal";
const ABOUT = { settings: ["terminal.backend"] };
const INFO_LIMITS = { timeMsMax: 8_000, outputBytesMax: 10_000 };

/** Where the commands of the model run, and whether that works. */
export async function checkTerminal(
  { io, loaded }: DoctorInput,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const { terminal, tools } = loaded.draft;
  const { backend, image } = terminal;
  if (!chooseToolsets("mattermost", tools).includes("terminal")) {
    return [ok(NAME, "No tool runs commands, as the settings say", ABOUT)];
  }
  if (backend === "local") {
    const message =
      `Commands of the model run on this machine, with all that ${userInfo().username} may do`;
    const remedy = "Set terminal.backend to docker or podman to keep them in a container.";
    return [warning(NAME, message, remedy, ABOUT)];
  }
  const env = Object.entries(io.environment).filter((entry): entry is [string, string] =>
    entry[1] !== undefined
  );
  const program = { argv: [backend, "info"], cwd: "/", env: Object.fromEntries(env) } as const;
  const { end, stderr } = await runProgram(program, INFO_LIMITS, signal);
  if (end.kind === "exited" && end.code === 0) {
    return [ok(NAME, `Commands run in a container of ${backend}, from ${image}`, ABOUT)];
  }
  if (end.kind === "not_started") {
    const message = `Commands are to run in a container, and ${backend} is not installed`;
    return [failure(NAME, message, `Install ${backend}, or set terminal.backend to local.`, ABOUT)];
  }
  const why = end.kind === "stopped" ? "it does not answer" : stderr.trim().split("\n").at(-1);
  const message = `Commands are to run in a container, and ${backend} does not work: ${why}`;
  const remedy = `Start ${backend}, and let the user that runs Hermes use it.`;
  return [failure(NAME, message, remedy, ABOUT)];
}
