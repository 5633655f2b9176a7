import type { HomePaths } from "../config/paths.ts";
import { asNumber, asObject, asText, parseJson } from "../mattermost/decode.ts";
import { readTextFile } from "../runtime/atomic_file.ts";
import { type LockHolder, readLockHolder } from "../runtime/lock_file.ts";
import type { GatewayConnection, GatewayProblem, GatewayStatus } from "./gateway_status.ts";

/** What became of the gateway of a home. */
export type GatewayState =
  /** The status is missing for the moment in which it starts. */
  | {
    readonly kind: "running";
    readonly holder: LockHolder;
    readonly status: GatewayStatus | undefined;
  }
  /** It ended in order: asked to, or by the problem that the status tells. */
  | { readonly kind: "stopped"; readonly status: GatewayStatus }
  /** It is gone and could not say why: killed, out of memory, a power failure. */
  | { readonly kind: "crashed"; readonly status: GatewayStatus }
  /** It does not run, and nothing is known of an earlier one. */
  | { readonly kind: "unknown" };

/** Asks the lock whether a gateway runs, and the status file what it does. @throws FileError */
export async function readGatewayState(
  paths: Pick<HomePaths, "gatewayLockFile" | "gatewayStatusFile">,
): Promise<GatewayState> {
  // In this order: what ends after the look at the lock has written its last word before.
  const holder = await readLockHolder(paths.gatewayLockFile);
  const status = decodeGatewayStatus(await readTextFile(paths.gatewayStatusFile));
  if (holder !== undefined) {
    const isOfHolder = status?.pid === holder.pid && status.process === holder.process;
    return { kind: "running", holder, status: isOfHolder ? status : undefined };
  }
  if (status === undefined) return { kind: "unknown" };
  return { kind: status.ended === undefined ? "crashed" : "stopped", status };
}

/** `undefined` for what is damaged, or of a version that writes something else. */
export function decodeGatewayStatus(text: string | undefined): GatewayStatus | undefined {
  const value = asObject(parseJson(text ?? ""));
  const pid = asNumber(value?.pid);
  const startedAtMs = asNumber(value?.startedAtMs);
  const connection = decodeConnection(value?.connection);
  if (value === undefined || pid === undefined || startedAtMs === undefined) return undefined;
  if (connection === undefined) return undefined;
  const bot = asObject(value.bot);
  const messages = asObject(value.messages);
  const ended = asObject(value.ended);
  return {
    pid,
    ...(typeof value.process === "string" ? { process: value.process } : {}),
    version: asText(value.version),
    startedAtMs,
    home: asText(value.home),
    server: asText(value.server) || undefined,
    model: asText(value.model) || undefined,
    bot: bot && { userId: asText(bot.userId), username: asText(bot.username) },
    connection,
    lastEventAtMs: asNumber(value.lastEventAtMs),
    lastProblem: decodeProblem(value.lastProblem),
    sessions: asNumber(value.sessions),
    messages: {
      running: asNumber(messages?.running) ?? 0,
      waiting: asNumber(messages?.waiting) ?? 0,
    },
    answered: asNumber(value.answered) ?? 0,
    stoppingSinceMs: asNumber(value.stoppingSinceMs),
    drainMs: asNumber(value.drainMs),
    ended: ended && { atMs: asNumber(ended.atMs) ?? 0, problem: decodeProblem(ended.problem) },
  };
}

function decodeConnection(value: unknown): GatewayConnection | undefined {
  const connection = asObject(value);
  const sinceMs = asNumber(connection?.sinceMs);
  if (connection === undefined || sinceMs === undefined) return undefined;
  const { kind } = connection;
  if (kind === "connecting" || kind === "connected") return { kind, sinceMs };
  if (kind !== "disconnected") return undefined;
  return {
    kind,
    sinceMs,
    reason: asText(connection.reason),
    detail: asText(connection.detail),
    retryAtMs: asNumber(connection.retryAtMs) ?? sinceMs,
  };
}

function decodeProblem(value: unknown): GatewayProblem | undefined {
  const problem = asObject(value);
  const atMs = asNumber(problem?.atMs);
  if (atMs === undefined) return undefined;
  return { code: asText(problem?.code), message: asText(problem?.message), atMs };
}
