import { HermesError } from "../errors.ts";

/** The server says no: status and id of the error body. The words come with the answer. */
export class Refusal extends HermesError {
  override readonly name = "Refusal";
  override readonly code = "sandbox.refused";
  readonly status: number;
  readonly id: string;
  /** What the message names, e.g. the parameter that is missing. */
  readonly subjects: readonly string[];

  constructor(status: number, id: string, ...subjects: readonly string[]) {
    super(`Cannot do that: the sandbox refuses with ${status} ${id}`, {
      hint: "Look up the error id in the Mattermost server's translations.",
    });
    this.status = status;
    this.id = id;
    this.subjects = subjects;
  }
}

export function permissionRefusal(): Refusal {
  return new Refusal(403, "api.context.permissions.app_error");
}

export function invalidBodyRefusal(parameter: string): Refusal {
  return new Refusal(400, "api.context.invalid_body_param.app_error", parameter);
}

export function unknownRouteRefusal(path: string): Refusal {
  return new Refusal(404, "api.context.404.app_error", path);
}
