import { loadConfig } from "../config/load_config.ts";
import { homePaths, resolveHome } from "../config/paths.ts";
import { requireMattermost } from "../config/require_mattermost.ts";
import { UnauthorizedError, UnexpectedAnswerError } from "../mattermost/errors.ts";
import { CertificateError } from "../runtime/certificates.ts";
import { systemClock } from "../runtime/clock.ts";
import { createLog } from "../runtime/log_sink.ts";
import { listenForStopSignals } from "../runtime/process_signals.ts";
import { systemRandom } from "../runtime/random.ts";
import { composeMattermostNetwork, composeModel, NoModelError } from "./compose.ts";
import { EXIT } from "./exit_codes.ts";
import { takeGatewayLocks } from "./gateway_locks.ts";
import type { CliIo } from "./io.ts";
import { renderError } from "./render_error.ts";
import { ServerUrlError, startGateway } from "./start_gateway.ts";

export interface GatewayOptions {
  readonly verbose: boolean;
  /** Settings from the command line, by key. */
  readonly flags: Readonly<Record<string, string>>;
}

/** What stays as it is until a person changes the configuration. */
const CONFIG_ERRORS = [
  UnauthorizedError,
  UnexpectedAnswerError,
  CertificateError,
  NoModelError,
  ServerUrlError,
];

/** `hermes gateway`: connects and answers until SIGINT or SIGTERM. Gives the exit code. */
export async function runGatewayCommand(options: GatewayOptions, io: CliIo): Promise<number> {
  const home = resolveHome(io.environment);
  const { environment } = io;
  const loaded = await loadConfig({ home, environment, flags: options.flags });
  for (const warning of loaded.warnings) io.err(`Warning: ${warning.message}.`);
  const ready = requireMattermost(loaded);
  if (ready.kind === "refused") {
    for (const problem of ready.problems) io.err(`${problem.message}.`);
    return EXIT.config;
  }
  const { config, token } = ready;
  const format = io.errTerminal.isTty && config.log.format !== "json" ? "pretty" : "json";
  const log = createLog({
    format,
    levelMin: options.verbose ? "debug" : config.log.level,
    write: io.err,
    clock: systemClock,
    color: io.errTerminal.color,
    secrets: () => [token.reveal(), config.model.apiKey?.reveal() ?? ""],
  });
  const foundations = { clock: systemClock, random: systemRandom, log };
  const signals = listenForStopSignals();
  try {
    const model = composeModel(config, foundations);
    const network = composeMattermostNetwork(config);
    const paths = homePaths(home);
    await using _locks = await takeGatewayLocks({ ...paths, token }, environment);
    await startGateway({ ...foundations, ...ready, paths, network, model }, signals);
    return EXIT.ok;
  } catch (error) {
    if (signals.stop.aborted) return EXIT.ok;
    io.err(renderError(error));
    return CONFIG_ERRORS.some((type) => error instanceof type) ? EXIT.config : EXIT.failure;
  } finally {
    signals.dispose();
  }
}
