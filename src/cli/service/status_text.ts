import type { GatewayProblem, GatewayStatus } from "../../gateway/gateway_status.ts";
import type { GatewayState } from "../../gateway/read_gateway_state.ts";
import { sentence } from "../render_error.ts";
import { durationText } from "../time_text.ts";
import { describeFault, type FoundService } from "./find_service.ts";
import type { StatusFacts } from "./status_report.ts";

const LABEL_WIDTH = 12;

/** What `hermes gateway status` says to a person: one sentence, and then a line for each fact. */
export function statusText(facts: StatusFacts, nowMs: number): readonly string[] {
  const { home, logPath, service, state } = facts;
  const ago = (ms: number) => `${durationText(Math.max(0, nowMs - ms))} ago`;
  const rows: (readonly [label: string, value: string])[] = [
    ["Home", home],
    ...(state.kind === "running" ? runningRows(state.status, nowMs, ago) : []),
    ["Service", serviceText(service)],
    ["Log", logPath],
  ];
  const lines = rows.map(([label, value]) => `  ${label.padEnd(LABEL_WIDTH)} ${value}`);
  return [headline(state, nowMs), ...lines, ...advice(service)];
}

function headline(state: GatewayState, nowMs: number): string {
  const since = (ms: number) => durationText(Math.max(0, nowMs - ms));
  switch (state.kind) {
    case "running": {
      const { holder, status } = state;
      const version = status === undefined ? "" : `, version ${status.version}`;
      const stopping = status?.stoppingSinceMs === undefined ? "" : " It is about to stop.";
      const time = since(holder.startedAtMs);
      return `The gateway has been running for ${time} (pid ${holder.pid}${version}).${stopping}`;
    }
    case "stopped": {
      const { atMs, problem } = state.status.ended ?? { atMs: nowMs, problem: undefined };
      if (problem === undefined) {
        return `The gateway does not run: it was stopped ${since(atMs)} ago.`;
      }
      return `The gateway does not run: it ended ${since(atMs)} ago. ${sentence(problem.message)}`;
    }
    case "crashed":
      return "The gateway does not run: it was killed, or crashed. " +
        `It had been started ${since(state.status.startedAtMs)} ago.`;
    case "unknown":
      return "The gateway does not run, and has not yet in this home.";
  }
}

function runningRows(
  status: GatewayStatus | undefined,
  nowMs: number,
  ago: (ms: number) => string,
): (readonly [string, string])[] {
  if (status === undefined) return [["Connection", "not known yet"]];
  const { answered, bot, lastEventAtMs, lastProblem, messages, model, server, sessions } = status;
  const { running, waiting } = messages;
  return [
    ["Server", server ?? "not known yet"],
    ["Bot", bot === undefined ? "not known yet" : `@${bot.username}`],
    ["Connection", connectionText(status, nowMs)],
    ["Model", model ?? "not known yet"],
    ["Last event", lastEventAtMs === undefined ? "none yet" : ago(lastEventAtMs)],
    ["Last problem", lastProblem === undefined ? "none" : problemText(lastProblem, ago)],
    ["Sessions", sessions === undefined ? "not counted yet" : String(sessions)],
    ["Answers", `${answered} since the start, ${running} under way, ${waiting} waiting`],
  ];
}

function connectionText({ connection }: GatewayStatus, nowMs: number): string {
  const time = durationText(Math.max(0, nowMs - connection.sinceMs));
  if (connection.kind === "connected") return `connected for ${time}`;
  if (connection.kind === "connecting") return `connecting for ${time}`;
  const retry = durationText(Math.max(0, connection.retryAtMs - nowMs));
  return `disconnected for ${time}, next try in ${retry}: ${sentence(connection.detail)}`;
}

function problemText({ atMs, message }: GatewayProblem, ago: (ms: number) => string): string {
  return `${ago(atMs)}: ${sentence(message)}`;
}

function serviceText(found: FoundService | undefined): string {
  if (found === undefined) return "not installed";
  const { manager, place, state } = found;
  const enabled = state.isEnabled ? "enabled" : "not enabled";
  const whose = manager.scope === "system" ? ", of the machine" : "";
  return `${place.name} (${manager.title}${whose}), ${enabled}, ${state.detail}`;
}

function advice(found: FoundService | undefined): readonly string[] {
  if (found?.fault === undefined) return [];
  const { message, remedy } = describeFault(found.fault, found);
  return [`${sentence(message)} ${remedy}`];
}
