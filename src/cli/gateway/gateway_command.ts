import { type HomePaths, homePaths, resolveHome } from "../../config/paths.ts";
import { HermesError } from "../../errors.ts";
import type { GatewayStatus } from "../../gateway/gateway_status.ts";
import { decodeGatewayStatus } from "../../gateway/read_gateway_state.ts";
import { readTextFile } from "../../runtime/atomic_file.ts";
import { withStatusFile } from "../../gateway/status_file.ts";
import { watchProblems } from "../../gateway/watch_problems.ts";
import {
  MattermostApiError,
  UnauthorizedError,
  UnexpectedAnswerError,
} from "../../mattermost/errors.ts";
import { CertificateError } from "../../runtime/certificates.ts";
import { systemClock } from "../../runtime/clock.ts";
import { isTemporary } from "../../mattermost/until_answered.ts";
import { NetworkError } from "../../runtime/network_error.ts";
import { listenForStopSignals, type StopSignals } from "../../runtime/process_signals.ts";
import { systemRandom } from "../../runtime/random.ts";
import type { Secret } from "../../runtime/secret.ts";
import { createRedactor } from "../../safety/redact.ts";
import { composeMattermostNetwork, composeStatus, NoModelError } from "../compose.ts";
import { composeModels } from "../compose_models.ts";
import { EXIT } from "../exit_codes.ts";
import { createGatewayLog } from "./gateway_log.ts";
import { takeGatewayLocks } from "./gateway_locks.ts";
import { loadReadyConfig } from "./load_ready_config.ts";
import { systemWorld } from "../service/service_world.ts";
import type { StopHolderDeps } from "../service/stop_holder.ts";
import { replaceGateway } from "./replace_gateway.ts";
import type { CliIo } from "../io.ts";
import { renderError } from "../render_error.ts";
import { type GatewayHost, ServerUrlError, startGateway } from "./start_gateway.ts";

export interface GatewayOptions {
  readonly verbose: boolean;
  /** Whether the log goes to its file alone. */
  readonly quiet: boolean;
  /** Whether to stop a gateway that is in the way. */
  readonly replace: boolean;
  /** Settings from the command line, by key. */
  readonly flags: Readonly<Record<string, string>>;
}

/** What stays as it is until a person changes the configuration. */
const CONFIG_ERRORS = [
  UnauthorizedError,
  MattermostApiError,
  UnexpectedAnswerError,
  CertificateError,
  NoModelError,
  ServerUrlError,
];

/** `hermes gateway`: connects and answers until SIGINT or SIGTERM. Gives the exit code. */
export async function runGatewayCommand(options: GatewayOptions, io: CliIo): Promise<number> {
  const home = resolveHome(io.environment);
  const { environment } = io;
  const ready = await loadReadyConfig({ home, environment, flags: options.flags }, io);
  if (ready === undefined) return EXIT.config;
  const { config, token } = ready;
  const secrets: (readonly Secret[])[] = [[token]];
  const clock = systemClock;
  const status = await composeStatus(home, clock);
  const revealed = () => secrets.flat().map((secret) => secret.reveal());
  const redact = createRedactor({ secrets: revealed, hidesPatterns: true });
  const gatewayLog = createGatewayLog(config, redact, options, io);
  const log = watchProblems(gatewayLog.log, status, { clock, redact });
  const foundations = { clock, random: systemRandom, log };
  const signals = listenForStopSignals();
  try {
    const models = composeModels(config, foundations);
    secrets.push(models.apiKeys);
    const network = composeMattermostNetwork(config);
    const paths = homePaths(home);
    const owner = { ...paths, token, environment };
    await using _locks = options.replace
      ? await replaceGateway(owner, stopDeps(io, signals.stop), signals.stop)
      : await takeGatewayLocks(owner);
    gatewayLog.openFile(paths.gatewayLogFile);
    const earlier = await readEarlierStatus(paths);
    const host = {
      ...foundations,
      ...ready,
      paths,
      network,
      models,
      status,
      earlier,
      environment,
      secrets: revealed,
    };
    const statusFile = { path: paths.gatewayStatusFile, clock, log };
    await withStatusFile(status, statusFile, () => runUntilStopped(host, signals));
    return EXIT.ok;
  } catch (error) {
    const code = error instanceof HermesError ? error.code : "bug";
    gatewayLog.fileLog("error", "gateway.failed", { code, error: renderError(error) });
    io.err(renderError(error));
    return isConfigError(error) ? EXIT.config : EXIT.failure;
  } finally {
    signals.dispose();
  }
}

/** Read before this gateway writes its own. What cannot be read is no reason not to start. */
async function readEarlierStatus(paths: HomePaths): Promise<GatewayStatus | undefined> {
  return decodeGatewayStatus(await readTextFile(paths.gatewayStatusFile).catch(() => undefined));
}

function stopDeps(io: CliIo, signal: AbortSignal): StopHolderDeps {
  return { world: systemWorld(io.environment, signal), clock: systemClock, tell: io.err };
}

async function runUntilStopped(host: GatewayHost, signals: StopSignals): Promise<void> {
  try {
    await startGateway(host, signals);
  } catch (error) {
    const isAsked = signals.stop.aborted && error === signals.stop.reason; // While it started.
    if (!isAsked) throw error;
  }
  host.log("info", "gateway.stopped", {});
}

/** Errors of the network are waited out; those of TLS do not pass by themselves. */
function isConfigError(error: unknown): boolean {
  if (error instanceof NetworkError) return error.kind.startsWith("tls_");
  if (error instanceof UnexpectedAnswerError) return true;
  if (isTemporary(error)) return false;
  return CONFIG_ERRORS.some((type) => error instanceof type);
}
