import { HermesError } from "../errors.ts";
import { type ApiErrorKind, describeApiError } from "./describe_api_error.ts";

export interface ApiErrorDetails {
  /** What we wanted, e.g. `create a post`. */
  readonly action: string;
  readonly status: number;
  /** The server's own error id, e.g. `api.context.permissions.app_error`; `""` when it sent none. */
  readonly id: string;
  /** For finding the request in the server's log; `""` when the answer had none. */
  readonly requestId: string;
  /** Not before this is over; 0 when the server named no time. */
  readonly retryAfterMs: number;
}

/** The server answered, and said no. */
export class MattermostApiError extends HermesError {
  override readonly name = "MattermostApiError";
  /** `mattermost.` and the kind, e.g. `mattermost.root_gone`. */
  override readonly code: string;
  readonly kind: ApiErrorKind;
  readonly action: string;
  readonly status: number;
  readonly id: string;
  readonly requestId: string;
  readonly retryAfterMs: number;

  constructor(details: ApiErrorDetails) {
    const { kind, hint } = describeApiError(details.status, details.id);
    const facts = [details.id, details.requestId && `request ${details.requestId}`];
    const inBrackets = facts.filter((fact) => fact !== "").join(", ");
    const reason = `Mattermost answered ${details.status}${inBrackets && ` (${inBrackets})`}`;
    super(`Cannot ${details.action}: ${reason}`, { hint });
    this.code = `mattermost.${kind}`;
    this.kind = kind;
    this.action = details.action;
    this.status = details.status;
    this.id = details.id;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
  }
}

export type UnexpectedAnswerKind = "html" | "redirect" | "not_json" | "not_mattermost";

const UNEXPECTED_HINTS: Readonly<Record<UnexpectedAnswerKind, string>> = {
  html: "Check the path of MATTERMOST_URL: a server below a subpath needs it, e.g. /mm.",
  redirect: "Set MATTERMOST_URL to the address that the server sends you to.",
  not_json: "Check what stands between Hermes and the server: a proxy may answer in its place.",
  not_mattermost: "Check MATTERMOST_URL: something other than Mattermost answers there.",
};

/** Something answered that is not the Mattermost API: a wrong path, a proxy, another program. */
export class UnexpectedAnswerError extends HermesError {
  override readonly name = "UnexpectedAnswerError";
  override readonly code = "mattermost.unexpected_answer";
  readonly kind: UnexpectedAnswerKind;
  readonly status: number;
  /** Where a redirect leads, without its query, which may hold a token; `""` otherwise. */
  readonly location: string;

  constructor(
    answer: {
      readonly action: string;
      readonly kind: UnexpectedAnswerKind;
      readonly status: number;
      readonly location?: string;
    },
  ) {
    const { action, kind, status, location = "" } = answer;
    const reasons: Readonly<Record<UnexpectedAnswerKind, string>> = {
      html: `a web page came with status ${status}`,
      redirect: `the server redirects to "${location}"`,
      not_json: `the answer with status ${status} is not what the API sends`,
      not_mattermost: `the answer with status ${status} does not come from Mattermost`,
    };
    super(`Cannot ${action}: ${reasons[kind]}`, { hint: UNEXPECTED_HINTS[kind] });
    this.kind = kind;
    this.status = status;
    this.location = location;
  }
}

/** The server does not know our token, or not any more. Nothing works until somebody sets another. */
export class UnauthorizedError extends HermesError {
  override readonly name = "UnauthorizedError";
  override readonly code = "mattermost.unauthorized";

  constructor(cause: unknown) {
    super("Cannot log in to Mattermost: the server does not accept the token", {
      hint: "Set MATTERMOST_TOKEN to a valid token of the bot, and check that the bot is enabled.",
      cause,
    });
  }
}

/** Whether the server refused the token. An HTML page of a proxy is no such refusal, whatever its status. */
export function isUnauthorized(error: unknown): error is MattermostApiError {
  return error instanceof MattermostApiError && error.status === 401;
}
