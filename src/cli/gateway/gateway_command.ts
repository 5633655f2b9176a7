import type { Finding } from "../../config/finding.ts";
import { loadConfig } from "../../config/load_config.ts";
import { homePaths, resolveHome } from "../../config/paths.ts";
import { requireMattermost } from "../../config/require_mattermost.ts";
import { HermesError } from "../../errors.ts";
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
import { createRedactor } from "../../safety/redact.ts";
import { composeMattermostNetwork, composeStatus, NoModelError } from "../compose.ts";
import { composeModels } from "../compose_models.ts";
import { EXIT } from "../exit_codes.ts";
import { createGatewayLog } from "./gateway_log.ts";
import { takeGatewayLocks } from "./gateway_locks.ts";
import type { CliIo } from "../io.ts";
import { renderError, sentence } from "../render_error.ts";
import { type GatewayHost, ServerUrlError, startGateway } from "./start_gateway.ts";

export interface GatewayOptions {
  readonly verbose: boolean;
  /** Whether the log goes to its file alone. */
  readonly quiet: boolean;
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

/** Warnings told at the start; a home of the Python original may give dozens. */
const WARNINGS_SHOWN_MAX = 5;

/** `hermes gateway`: connects and answers until SIGINT or SIGTERM. Gives the exit code. */
export async function runGatewayCommand(options: GatewayOptions, io: CliIo): Promise<number> {
  const home = resolveHome(io.environment);
  const { environment } = io;
  const loaded = await loadConfig({ home, environment, flags: options.flags });
  printWarnings(loaded.warnings, io);
  const ready = requireMattermost(loaded);
  if (ready.kind === "refused") {
    for (const problem of ready.problems) io.err(sentence(problem.message));
    io.err(`Settings are read from ${home}.`);
    return EXIT.config;
  }
  const { config, token } = ready;
  const secrets = [token];
  const clock = systemClock;
  const status = await composeStatus(home, clock);
  const revealed = () => secrets.map((secret) => secret.reveal());
  const redact = createRedactor({ secrets: revealed, hidesPatterns: true });
  const gatewayLog = createGatewayLog(config, redact, options, io);
  const log = watchProblems(gatewayLog.log, status, { clock, redact });
  const foundations = { clock, random: systemRandom, log };
  const signals = listenForStopSignals();
  try {
    const models = composeModels(config, foundations);
    secrets.push(...models.apiKeys);
    const network = composeMattermostNetwork(config);
    const paths = homePaths(home);
    await using _locks = await takeGatewayLocks({ ...paths, token }, environment);
    gatewayLog.openFile(paths.gatewayLogFile);
    const host = {
      ...foundations,
      ...ready,
      paths,
      network,
      models,
      status,
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

function printWarnings(warnings: readonly Finding[], io: CliIo): void {
  for (const { message } of warnings.slice(0, WARNINGS_SHOWN_MAX)) {
    io.err(`Warning: ${sentence(message)}`);
  }
  const more = warnings.length - WARNINGS_SHOWN_MAX;
  if (more > 0) io.err(`Warning: ${more} more; hermes doctor tells them all.`);
}
