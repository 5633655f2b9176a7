import { HermesError } from "../errors.ts";

/** What is known of a call that failed, whichever library, provider or runtime reported it. */
export interface FailureFacts {
  /** HTTP status, or 0 when there was none. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The provider's own names for the failure, e.g. `insufficient_quota`, joined by blanks. */
  readonly code: string;
  /** The provider's own words, as they came: not fit to be shown. */
  readonly text: string;
  readonly isHtml: boolean;
  /** The connection failed: nothing, or not all, of an answer came. */
  readonly isBroken: boolean;
  /** What a person can do about it, where the failure itself knows. */
  readonly hint?: string;
}

/** A response that is no model's answer; thrown by our own check, before the library looks at it. */
export class UnexpectedResponseError extends Error {
  override readonly name = "UnexpectedResponseError";
  readonly statusCode: number;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly responseBody: string;

  constructor(response: Response, body: string) {
    super(`unexpected response with status ${response.status}`);
    this.statusCode = response.status;
    this.responseHeaders = Object.fromEntries(response.headers);
    this.responseBody = body;
  }
}

/** The connection failed, before there was an answer or in the middle of one. */
export class BrokenConnectionError extends Error {
  override readonly name = "BrokenConnectionError";
  /** 0 when there was no answer. */
  readonly status: number;

  constructor(status: number, cause?: unknown) {
    super("the connection broke", { cause });
    this.status = status;
  }
}

/** An error that came as a part of the stream; `reported` is the provider's own object. */
export class ReportedError extends Error {
  override readonly name = "ReportedError";
  readonly reported: unknown;

  constructor(reported: unknown) {
    super("the stream reports an error");
    this.reported = reported;
  }
}

/** Reads a thrown value or an error of the stream; `undefined` for what is no failure of a call. */
export function readFailure(error: unknown): FailureFacts | undefined {
  if (error instanceof BrokenConnectionError) return brokenConnection(error, error.status);
  if (error instanceof UnexpectedResponseError) return refusal(error);
  if (error instanceof ReportedError) return readFailure(error.reported);
  if (!(error instanceof Error)) return reported(error);
  switch (error.name) {
    case "AI_APICallError": {
      const answer = error as Answer;
      const hasAnswer = (answer.statusCode ?? 0) >= 300 || Boolean(answer.responseBody);
      return hasAnswer ? refusal(answer) : brokenConnection(error, answer.statusCode ?? 0);
    }
    case "AI_InvalidResponseDataError":
      return /stream ended/i.test(error.message) ? brokenConnection(error, 200) : NOTHING_KNOWN;
    case "AI_EmptyResponseBodyError":
    case "AI_JSONParseError": // Their messages quote the answer.
    case "AI_TypeValidationError":
      return NOTHING_KNOWN;
    default:
      return undefined;
  }
}

function brokenConnection(error: Error, status: number): FailureFacts {
  const facts = { ...NOTHING_KNOWN, status, isBroken: true };
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof HermesError) return { ...facts, code: cause.code, hint: cause.hint };
    const code = (cause as { code?: unknown }).code;
    if (typeof code === "string") return { ...facts, code };
  }
  return facts;
}

/** The fields that the library's error and ours have in common. */
interface Answer {
  readonly statusCode?: number | undefined;
  readonly responseHeaders?: Readonly<Record<string, string>> | undefined;
  readonly responseBody?: string | undefined;
}

/** An answer with an error status, or with a body that is no stream. */
function refusal(answer: Answer): FailureFacts {
  const responseBody = answer.responseBody ?? "";
  const headers = answer.responseHeaders ?? {};
  const isHtml = /html/.test(headers["content-type"] ?? "") ||
    /^\s*<(!doctype|html)/i.test(responseBody);
  const body = isHtml ? "" : parseJson(responseBody) ?? responseBody;
  const facts = reported(Array.isArray(body) ? body[0] : body);
  const status = answer.statusCode ?? 0;
  // Some servers send an error with status 200, and its own status inside.
  return {
    ...facts,
    status: status < 300 && facts.status > 0 ? facts.status : status,
    headers,
    isHtml,
  };
}

/** The error object of a body or of a stream: `{ error: { … } }`, the inner part alone, or words. */
function reported(value: unknown): FailureFacts {
  if (typeof value === "string") return { ...NOTHING_KNOWN, text: value };
  const outer = asObject(value) ?? {};
  const inner = asObject(outer["error"]) ?? outer;
  const join = (parts: readonly unknown[]) =>
    [...new Set(parts)].filter((part) => typeof part === "string").join(" ");
  return {
    ...NOTHING_KNOWN,
    status: toStatus(outer["statusCode"]) || toStatus(inner["code"]),
    code: join([inner["code"], inner["type"], inner["status"], outer["code"]]),
    text: join([inner["message"], outer["error"], asObject(inner["metadata"])?.["raw"]]),
  };
}

const NOTHING_KNOWN: FailureFacts = {
  status: 0,
  headers: {},
  code: "",
  text: "",
  isHtml: false,
  isBroken: false,
};

function toStatus(value: unknown): number {
  const status = Number(value);
  return Number.isInteger(status) && status >= 100 && status < 600 ? status : 0;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON: the caller looks at it as text.
  }
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Record<string, unknown>
    : undefined;
}
