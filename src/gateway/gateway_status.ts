import type { ProcessId } from "../runtime/process_id.ts";
import type { BotIdentity } from "./inbound.ts";

/** What a gateway tells of itself to whoever asks from outside. Holds no secret and no text of a message. */
export interface GatewayStatus extends ProcessId {
  /** The version of Hermes. */
  readonly version: string;
  /** All times are in milliseconds since 1970-01-01 UTC. */
  readonly startedAtMs: number;
  readonly home: string;
  /** The server, as people open it; `undefined` until the address is understood. */
  readonly server?: string | undefined;
  /** Id of the model that answers; `undefined` until it is chosen. */
  readonly model?: string | undefined;
  /** `undefined` until the server has said who the token belongs to. */
  readonly bot?: BotIdentity | undefined;
  readonly connection: GatewayConnection;
  /** When the server last told something on the socket. */
  readonly lastEventAtMs?: number | undefined;
  readonly lastProblem?: GatewayProblem | undefined;
  /** Conversations that are kept; `undefined` while nobody has counted them. */
  readonly sessions?: number | undefined;
  /** Messages that are being answered, and that wait for their turn. */
  readonly messages: { readonly running: number; readonly waiting: number };
  /** Messages answered since the start. */
  readonly answered: number;
  /** Since when it takes no new messages and finishes those that it has. */
  readonly stoppingSinceMs?: number | undefined;
  /** How long it gives them. */
  readonly drainMs?: number | undefined;
  /** How it ended; `undefined` while it runs, and for ever when it crashed. */
  readonly ended?:
    | { readonly atMs: number; readonly problem?: GatewayProblem | undefined }
    | undefined;
}

export type GatewayConnection =
  /** For the first time since the start. */
  | { readonly kind: "connecting"; readonly sinceMs: number }
  | { readonly kind: "connected"; readonly sinceMs: number }
  | {
    readonly kind: "disconnected";
    readonly sinceMs: number;
    readonly reason: string;
    /** One line for a person. */
    readonly detail: string;
    readonly retryAtMs: number;
  };

/** Something that failed. */
export interface GatewayProblem {
  /** The code of an error, or the name of the log's event. */
  readonly code: string;
  /** One line for a person, without secrets. */
  readonly message: string;
  readonly atMs: number;
}

/** What is known of a gateway before it does anything. */
export type StartedGateway =
  & ProcessId
  & Pick<GatewayStatus, "version" | "startedAtMs" | "home">;

/** The status while the gateway runs: its parts note what changes, and wait for nothing. */
export class LiveStatus {
  #current: GatewayStatus;
  #urgent = new AbortController();

  constructor(started: StartedGateway) {
    this.#current = {
      ...started,
      connection: { kind: "connecting", sinceMs: started.startedAtMs },
      messages: { running: 0, waiting: 0 },
      answered: 0,
    };
  }

  get current(): GatewayStatus {
    return this.#current;
  }

  /** Aborts when the connection comes or goes, and at the stop: somebody may be waiting for that. */
  get urgent(): AbortSignal {
    return this.#urgent.signal;
  }

  note(change: Partial<GatewayStatus>): void {
    this.#current = { ...this.#current, ...change };
    if (change.connection === undefined && change.stoppingSinceMs === undefined) return;
    this.#urgent.abort();
    this.#urgent = new AbortController();
  }
}
