import { findProgram } from "../../runtime/find_program.ts";
import { type Check, ok } from "./check.ts";
import type { DoctorInput } from "./doctor_input.ts";

/** Programs that the model likes to use in its commands. */
const WELCOME: readonly string[] = ["git", "rg", "docker"];

/** Which programs the commands of the model can use. */
export async function checkTools({ io }: DoctorInput): Promise<readonly Check[]> {
  const name = "tools";
  const path = io.environment.PATH ?? "";
  const found = await Promise.all(WELCOME.map((program) => findProgram(program, path)));
  const there = WELCOME.filter((_, index) => found[index] !== undefined);
  const missing = WELCOME.filter((program) => !there.includes(program));
  const message = [
    ...(there.length === 0 ? [] : [`found: ${there.join(", ")}`]),
    ...(missing.length === 0 ? [] : [`not found: ${missing.join(", ")}`]),
  ].join("; ");
  return [ok(name, `Programs for commands ${message}`)];
}
