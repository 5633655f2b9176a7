import { access } from "node:fs/promises";
import type { GatewayStatus } from "../../gateway/gateway_status.ts";
import { type GatewayState, readGatewayState } from "../../gateway/read_gateway_state.ts";
import { acquireLock, readLockHolder } from "../../runtime/lock_file.ts";
import { tokenLockFile } from "../gateway/gateway_locks.ts";
import { describeFault, findService } from "../service/find_service.ts";
import { installService, planService } from "../service/install_service.ts";
import { openServiceContext } from "../service/service_context.ts";
import { systemWorld } from "../service/service_world.ts";
import { durationText } from "../time_text.ts";
import { type Check, failure, failureOf, ok, warning } from "./check.ts";
import type { DoctorInput } from "./doctor_input.ts";

const NAME = "gateway";
/** What went wrong longer ago is told by the log. */
const PROBLEM_MS_MAX = 3_600_000;

/** Whether the gateway of this home runs, how it fares, and whether another one is in its way. */
export async function checkGateway(
  input: DoctorInput,
  binary: string | undefined,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const nowMs = input.clock.nowMs();
  const state = await readGatewayState(input.paths);
  return [
    ...judgeState(state, nowMs),
    ...judgeLastProblem(state, nowMs),
    ...await checkStaleLock(state, input),
    ...await checkSecondGateway(input),
    ...await checkService(input, binary, signal),
  ];
}

function judgeState(state: GatewayState, nowMs: number): readonly Check[] {
  switch (state.kind) {
    case "running":
      return [judgeRunning(state.status, state.holder.pid, nowMs)];
    case "crashed": {
      const { startedAtMs, pid } = state.status;
      const started = durationText(nowMs - startedAtMs);
      const message =
        `The gateway was killed or crashed: it started ${started} ago, and process ${pid} is gone`;
      return [failure(NAME, message, "Look into its log with hermes logs, and start it again.")];
    }
    case "stopped":
      return [judgeStopped(state.status, nowMs)];
    case "unknown":
      return [notRunning("The gateway does not run, so nobody is answered")];
  }
}

function judgeRunning(
  status: GatewayStatus | undefined,
  pid: number,
  nowMs: number,
): Check {
  if (status === undefined) return ok(NAME, `The gateway starts (pid ${pid})`);
  const { connection } = status;
  const time = durationText(nowMs - connection.sinceMs);
  switch (connection.kind) {
    case "connected":
      return ok(NAME, `The gateway runs (pid ${pid}) and has been connected for ${time}`);
    case "connecting":
      return warning(
        NAME,
        `The gateway runs (pid ${pid}) and has tried to connect for ${time}`,
        "Mend what the other checks name: it tries again by itself.",
      );
    case "disconnected":
      return failure(
        NAME,
        withoutStop(
          `The gateway (pid ${pid}) lost its connection ${time} ago: ${connection.detail}`,
        ),
        "Mend what the other checks name: it tries again by itself.",
      );
  }
}

function judgeStopped({ ended }: GatewayStatus, nowMs: number): Check {
  const when = ended === undefined ? "" : ` ${durationText(nowMs - ended.atMs)} ago`;
  if (ended?.problem === undefined) return notRunning(`The gateway was stopped${when}`);
  const message = withoutStop(`The gateway ended${when}: ${ended.problem.message}`);
  return failure(NAME, message, "Mend this, and start it with hermes gateway start.");
}

function notRunning(message: string): Check {
  return warning(NAME, message, "Run: hermes gateway start");
}

/** The sentences of the status have one. */
function withoutStop(text: string): string {
  return text.replace(/\.$/, "");
}

function judgeLastProblem(state: GatewayState, nowMs: number): readonly Check[] {
  const problem = state.kind === "running" ? state.status?.lastProblem : undefined;
  if (problem === undefined || nowMs - problem.atMs > PROBLEM_MS_MAX) return [];
  const time = durationText(nowMs - problem.atMs);
  const message = withoutStop(`Its last problem, ${time} ago: ${problem.message}`);
  const remedy = "See what was done about it: hermes logs --level warn";
  return [warning("gateway-problem", message, remedy)];
}

/** Of a process that is gone. The next gateway would take it over as well. */
async function checkStaleLock(
  state: GatewayState,
  { paths: { gatewayLockFile } }: DoctorInput,
): Promise<readonly Check[]> {
  const isThere = await access(gatewayLockFile).then(() => true, () => false);
  if (!isThere || state.kind === "running") return [];
  const message =
    `${gatewayLockFile} was left by a gateway that is gone; the next one takes it over`;
  const repair = async () => {
    const lock = await acquireLock(gatewayLockFile, { description: "hermes doctor" });
    if (lock.kind === "held") return `${gatewayLockFile} is held again, by pid ${lock.by.pid}`;
    await lock.release();
    return `${gatewayLockFile} is removed`;
  };
  return [ok("lock", message, { repair })];
}

/** Two gateways with one token answer every message twice. */
async function checkSecondGateway(
  { io, loaded, paths }: DoctorInput,
): Promise<readonly Check[]> {
  const { token } = loaded.draft.mattermost;
  if (token === undefined) return [];
  const holder = await readLockHolder(tokenLockFile(token, io.environment));
  const home = holder?.description;
  if (holder === undefined || home === paths.home) return [];
  const message = `Another gateway uses this token (pid ${holder.pid}, home ${home})`;
  const remedy = "Stop one of them, or give this home a bot of its own.";
  return [failure("second-gateway", message, remedy, { settings: ["mattermost.token"] })];
}

async function checkService(
  input: DoctorInput,
  binary: string | undefined,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const name = "service";
  try {
    const { io, paths: { home } } = input;
    const found = await findService(systemWorld(io.environment, signal), { home, binary });
    if (found === undefined) return [];
    const { fault } = found;
    if (fault !== undefined) {
      const { message, remedy } = describeFault(fault, found);
      // Of two programs that are both there, a person has to say which one is meant.
      const canRepair = fault === "binary_missing" && found.manager.scope === "user";
      return [
        warning(name, message, remedy, canRepair ? { repair: reinstall(input, signal) } : {}),
      ];
    }
    const { manager, place, state } = found;
    const message = `${place.name} is a service of ${manager.title}: ${state.detail}`;
    if (state.isEnabled) return [ok(name, message)];
    const remedy = "Run: hermes gateway install";
    return [warning(name, `${message}, and does not start by itself`, remedy)];
  } catch (error) {
    signal.throwIfAborted();
    return [failureOf(name, error)];
  }
}

/** Lets the service run the program that asks. */
function reinstall(
  { io, loaded: { draft: { gateway: { drainMs } } } }: DoctorInput,
  signal: AbortSignal,
): () => Promise<string> {
  return async () => {
    const said: string[] = [];
    const quietly = { ...io, out: (line: string) => said.push(line) };
    const context = await openServiceContext({ system: false }, quietly, signal);
    const options = { runAs: undefined, force: false, drainMs };
    await installService(context, await planService(context, options), options);
    return withoutStop(said.join(" "));
  };
}
