import type { GatewayProblem, GatewayStatus } from "../../gateway/gateway_status.ts";
import type { GatewayState } from "../../gateway/read_gateway_state.ts";
import { describeFault, type FoundService } from "./find_service.ts";

/** All that `hermes gateway status` knows. */
export interface StatusFacts {
  readonly home: string;
  readonly state: GatewayState;
  readonly service: FoundService | undefined;
  readonly logPath: string;
}

/** The same for a script: times are in ISO 8601, and what is not known is `null`. */
export function statusReport({ home, state, service, logPath }: StatusFacts): object {
  const status = state.kind === "unknown" ? undefined : state.status;
  const isRunning = state.kind === "running";
  return {
    running: isRunning,
    state: state.kind,
    home,
    pid: isRunning ? state.holder.pid : null,
    version: status?.version ?? null,
    startedAt: isoTime(isRunning ? state.holder.startedAtMs : status?.startedAtMs),
    server: status?.server ?? null,
    bot: status?.bot ? { id: status.bot.userId, username: status.bot.username } : null,
    model: status?.model ?? null,
    connection: isRunning && status !== undefined ? connectionReport(status) : null,
    lastEventAt: isoTime(status?.lastEventAtMs),
    lastProblem: problemReport(status?.lastProblem),
    sessions: status?.sessions ?? null,
    messages: isRunning ? status?.messages ?? null : null,
    answered: status?.answered ?? null,
    stoppingSince: isRunning ? isoTime(status?.stoppingSinceMs) : null,
    ended: state.kind === "stopped" && status?.ended !== undefined
      ? { at: isoTime(status.ended.atMs), problem: problemReport(status.ended.problem) }
      : null,
    service: serviceReport(service),
    log: logPath,
  };
}

function connectionReport({ connection }: GatewayStatus): object {
  const { kind, sinceMs } = connection;
  if (kind !== "disconnected") return { kind, since: isoTime(sinceMs) };
  const { reason, detail, retryAtMs } = connection;
  return { kind, since: isoTime(sinceMs), reason, detail, retryAt: isoTime(retryAtMs) };
}

function problemReport(problem: GatewayProblem | undefined): object | null {
  if (problem === undefined) return null;
  return { at: isoTime(problem.atMs), code: problem.code, message: problem.message };
}

function serviceReport(found: FoundService | undefined): object | null {
  if (found === undefined) return null;
  const { fault, manager, place, state } = found;
  return {
    manager: manager.title,
    scope: manager.scope,
    name: place.name,
    path: place.path,
    enabled: state.isEnabled,
    active: state.isActive,
    pid: state.pid ?? null,
    detail: state.detail,
    fault: fault === undefined
      ? null
      : { kind: fault, message: describeFault(fault, found).message },
  };
}

function isoTime(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
