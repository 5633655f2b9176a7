import { type ProgramResult, runProgram } from "../../runtime/run_program.ts";
import { ToolError } from "../errors.ts";

const OUTPUT_BYTES_MAX = 100_000;

/** `docker` or `podman`, as they are called on this machine. */
export class ContainerProgram {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;

  /** @param environment What the program itself gets, e.g. `DOCKER_HOST`. */
  constructor(name: string, environment: Readonly<Record<string, string>>) {
    this.name = name;
    this.environment = environment;
  }

  /** Gives what it printed. Throws a `ToolError` that says why it failed. */
  async run(args: readonly string[], timeMsMax: number, signal: AbortSignal): Promise<string> {
    const result = await this.tryRun(args, timeMsMax, signal);
    signal.throwIfAborted();
    if (result.end.kind === "exited" && result.end.code === 0) return result.stdout.trim();
    throw new ToolError(
      `Cannot run commands: ${this.#describe(result, args[0] ?? "")}`,
      `Ask the person who runs Hermes to look at ${this.name} and at terminal.backend.`,
    );
  }

  async tryRun(
    args: readonly string[],
    timeMsMax: number,
    signal: AbortSignal,
  ): Promise<ProgramResult> {
    const argv = [this.name, ...args] as const;
    const limits = { timeMsMax, outputBytesMax: OUTPUT_BYTES_MAX };
    return await runProgram({ argv, cwd: "/", env: this.environment }, limits, signal);
  }

  #describe({ end, stderr }: ProgramResult, action: string): string {
    if (end.kind === "not_started") return `${this.name} is not installed`;
    if (end.kind === "stopped") return `${this.name} ${action} took too long`;
    const last = stderr.trim().split("\n").at(-1) ?? "";
    return `${this.name} ${action} failed${last === "" ? "" : `: ${last}`}`;
  }
}
