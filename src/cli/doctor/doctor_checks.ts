import { stat } from "node:fs/promises";
import type { LoadedConfig } from "../../config/load_config.ts";
import { homePaths } from "../../config/paths.ts";
import { type MattermostConfig, requireMattermost } from "../../config/require_mattermost.ts";
import { HermesError } from "../../errors.ts";
import { MattermostApi } from "../../mattermost/api.ts";
import { parseServerUrl, type ServerUrl } from "../../mattermost/base_url.ts";
import { checkToken, type TokenCheck } from "../../mattermost/check_token.ts";
import { MattermostApiError } from "../../mattermost/errors.ts";
import { probeSocket } from "../../mattermost/probe_socket.ts";
import type { Channel, User } from "../../mattermost/types.ts";
import { isTemporary } from "../../mattermost/until_answered.ts";
import type { Clock } from "../../runtime/clock.ts";
import { silentLog } from "../../runtime/log.ts";
import type { Network } from "../../runtime/network.ts";
import type { Random } from "../../runtime/random.ts";
import { composeMattermostNetwork, composeModel } from "../compose.ts";

/** The rights of group and others in the mode of a file. */
const OTHERS_MASK = 0o077;

/** One thing looked at. */
export interface Check {
  readonly name: string;
  readonly status: "ok" | "warning" | "failure";
  /** One sentence, without a full stop. */
  readonly message: string;
  /** What to do about it; `""` when there is nothing to do. */
  readonly remedy: string;
}

export interface DoctorInput {
  readonly home: string;
  readonly loaded: LoadedConfig;
  readonly clock: Clock;
  readonly random: Random;
}

/** A server that is reached, with a token that is accepted. */
interface Reached {
  readonly ready: Extract<MattermostConfig, { kind: "ready" }>;
  readonly serverUrl: ServerUrl;
  readonly network: Network;
  readonly api: MattermostApi;
}

/** Checks one thing after the other, each as the gateway does it; what builds on a failure is left out. */
export async function* runChecks(input: DoctorInput, signal: AbortSignal): AsyncGenerator<Check> {
  const ready = requireMattermost(input.loaded);
  yield* checkConfiguration(input, ready);
  yield* await checkEnvFile(homePaths(input.home).envFile);
  if (input.loaded.config !== undefined) yield checkModel(input);
  if (ready.kind === "refused") return;

  const serverUrl = parseServerUrl(ready.url);
  if ("problem" in serverUrl) {
    return yield failure("address", serverUrl.problem, "Correct MATTERMOST_URL.");
  }
  yield ok("address", `The API is expected at ${serverUrl.restUrl}`);
  const network = composeMattermostNetwork(ready.config);
  const deps = { ...input, ...ready, serverUrl, fetch: network.fetch, log: silentLog };
  const reached: Reached = { ready, serverUrl, network, api: new MattermostApi(deps) };

  const account = yield* askToken(reached, signal);
  if (account === undefined) return;
  yield await checkSocket(reached, input.clock, signal);
  yield checkMembership(account.channels);
  yield checkAccess(reached, account.me);
}

function* checkConfiguration(input: DoctorInput, ready: MattermostConfig): Generator<Check> {
  const { home, loaded } = input;
  const problems = ready.kind === "refused" ? ready.problems : [];
  for (const problem of problems) yield failure("configuration", problem.message, "");
  for (const warning of loaded.warnings) yield warn("configuration", warning.message, "");
  if (problems.length === 0) yield ok("configuration", `Read from ${home}`);
}

/** Nothing to say when nobody else can read it, or when there is none. */
async function checkEnvFile(path: string): Promise<readonly Check[]> {
  const mode = await stat(path).then((found) => found.mode, () => 0);
  if ((mode & OTHERS_MASK) === 0) return [];
  const message = `Other users of this machine can read ${path}, which holds the token`;
  return [warn("files", message, `Run: chmod 600 ${path}`)];
}

function checkModel({ loaded, clock, random }: DoctorInput): Check {
  if (loaded.config === undefined) throw new Error("there is no configuration to check");
  try {
    const { client } = composeModel(loaded.config, { clock, random, log: silentLog });
    return ok("model", `Answers would come from ${client.modelId}, which was not asked`);
  } catch (error) {
    return explain("model", error);
  }
}

async function* askToken(
  { api }: Reached,
  signal: AbortSignal,
): AsyncGenerator<Check, Extract<TokenCheck, { me: User }> | undefined> {
  const checked = await checkToken(api, signal);
  switch (checked.kind) {
    case "bot":
      yield ok("token", `The server knows the bot as @${checked.me.username}`);
      return checked;
    case "person":
      yield warn(
        "token",
        `The token belongs to @${checked.me.username}, a person, who cannot talk to the bot`,
        "Create a bot account and use its token.",
      );
      return checked;
    case "failed": {
      const { error } = checked;
      const isRefusal = error instanceof MattermostApiError && !isTemporary(error);
      yield explain(isRefusal ? "token" : "server", error);
      return undefined;
    }
    default:
      yield explain("token", checked.error);
      return undefined;
  }
}

async function checkSocket(
  { ready, serverUrl, network, api }: Reached,
  clock: Clock,
  signal: AbortSignal,
): Promise<Check> {
  const deps = { serverUrl, token: ready.token, openSocket: network.openSocket, clock, api };
  const probe = await probeSocket(deps, signal);
  switch (probe.kind) {
    case "hello":
      return ok("socket", `Mattermost ${probe.serverVersion} says hello`);
    case "failed":
    case "upgrade_dropped":
      return explain("socket", probe.error);
    case "token_dropped":
    case "silent":
      return failure(
        "socket",
        "The socket opened, and the server said nothing",
        "Let the reverse proxy pass the headers Upgrade, Connection and Authorization on.",
      );
  }
}

function checkMembership(channels: readonly Channel[]): Check {
  const open = channels.filter((channel) => channel.delete_at === 0);
  const named = open.filter((channel) => channel.type === "O" || channel.type === "P");
  if (named.length > 0) return ok("channels", `The bot is in ${named.length} channels`);
  return warn(
    "channels",
    "The bot is in no channel: only direct messages reach it",
    "Add it to a team, then to a channel with /invite.",
  );
}

function checkAccess({ ready }: Reached, me: User): Check {
  const { access } = ready;
  if (access.kind === "everyone") {
    const remedy = "List the people in MATTERMOST_ALLOWED_USERS.";
    return warn("people", "Everyone on the server may talk to the bot", remedy);
  }
  const people = [...access.userIds].filter((userId) => userId !== me.id);
  if (people.length > 0) return ok("people", `${people.length} may talk to the bot`);
  const remedy = "Set MATTERMOST_ALLOWED_USERS to the ids of the people who may.";
  return failure("people", "Nobody may talk to the bot, so nobody is answered", remedy);
}

function explain(name: string, error: unknown): Check {
  if (!(error instanceof HermesError)) throw error;
  return failure(name, error.message, error.hint);
}

function ok(name: string, message: string): Check {
  return { name, status: "ok", message, remedy: "" };
}

function warn(name: string, message: string, remedy: string): Check {
  return { name, status: "warning", message, remedy };
}

function failure(name: string, message: string, remedy: string): Check {
  return { name, status: "failure", message, remedy };
}
