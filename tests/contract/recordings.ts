import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The exchanges of a real Mattermost 11.6: see INDEX.md beside them. */
const RECORDINGS_DIR = join(
  dirname(fileURLToPath(import.meta.url)),
  "../fixtures/mattermost-contract",
);

export interface RestRecording {
  readonly about: string;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly body_text?: string;
  };
  /** What the server calls an integration with on the way, and what that answers. */
  readonly callback_request_sent_by_server?: readonly RecordedCall[];
  readonly callback_answer?: unknown;
}

export interface RecordedCall {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of a form. */
  readonly decoded?: Readonly<Record<string, string>>;
  /** Of JSON. */
  readonly body?: Readonly<Record<string, unknown>>;
}

export interface RecordedFrame {
  readonly dir: "in" | "out";
  readonly text?: string;
}

export interface SocketRecording {
  readonly about: string;
  readonly frames?: readonly RecordedFrame[];
  readonly frames_seen_by_alice?: readonly RecordedFrame[];
  readonly frames_second_connection?: readonly RecordedFrame[];
  readonly cases?: readonly {
    readonly message: string;
    readonly mentions_field: string | null;
    readonly attachments?: unknown;
  }[];
}

/** Names of all recordings without `.json`, in order. */
export const RECORDING_NAMES: readonly string[] = readdirSync(RECORDINGS_DIR)
  .filter((name) => /^(rest|ws)-.*\.json$/.test(name))
  .map((name) => name.slice(0, -".json".length))
  .sort();

export function loadRest(name: string): RestRecording {
  return load(name) as RestRecording;
}

export function loadSocket(name: string): SocketRecording {
  return load(name) as SocketRecording;
}

/** Who is who: ids by name. */
export const ENTITIES = load("_entities") as {
  readonly bot: { readonly user_id: string };
  readonly users: Readonly<Record<string, string>>;
  readonly sysadmin: string;
  readonly other_bots: Readonly<Record<string, string>>;
  readonly team: { readonly id: string };
  readonly channels: Readonly<Record<string, string>>;
};

function load(name: string): unknown {
  return JSON.parse(readFileSync(join(RECORDINGS_DIR, `${name}.json`), "utf8"));
}
