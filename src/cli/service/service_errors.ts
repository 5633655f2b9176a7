import { HermesError } from "../../errors.ts";
import { shellWord } from "../shell_word.ts";
import type { Argv, ManagerAnswer, ServiceManager } from "./service_manager.ts";

/** A service cannot be made, changed or removed here. */
export class ServiceError extends HermesError {
  override readonly name = "ServiceError";
  override readonly code = "service.refused";

  constructor(problem: string, hint: string) {
    super(problem, { hint });
  }
}

/** A program of the service manager failed. */
export class ServiceCallError extends HermesError {
  override readonly name = "ServiceCallError";
  override readonly code = "service.call_failed";

  constructor(manager: ServiceManager, argv: Argv, { code, stdout, stderr }: ManagerAnswer) {
    const said = (stderr.trim() || stdout.trim()).split("\n").at(-1);
    const reason = said || (code === undefined ? "it could not be started" : `exit code ${code}`);
    super(`Cannot run "${argv.map(shellWord).join(" ")}": ${reason}`, {
      hint: manager.scope === "system"
        ? "Run the same with sudo and --system."
        : `Run that command yourself to see what ${manager.title} says.`,
    });
  }
}
