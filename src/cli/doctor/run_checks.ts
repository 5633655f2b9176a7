import type { Clock } from "../../runtime/clock.ts";
import { ownProgram } from "../../runtime/own_program.ts";
import { withinTime } from "../../runtime/within_time.ts";
import { checkChannels } from "./access_checks.ts";
import { checkAccount, checkLimits, checkSocket } from "./account_checks.ts";
import { checkCallbacks } from "./callback_checks.ts";
import { type Check, failure, failureOf, type Look } from "./check.ts";
import { checkJobs } from "./cron_checks.ts";
import type { DoctorInput } from "./doctor_input.ts";
import { checkFiles } from "./file_checks.ts";
import { checkGateway } from "./gateway_checks.ts";
import { checkEcho } from "./live_checks.ts";
import { checkTools } from "./machine_checks.ts";
import { checkModel } from "./model_checks.ts";
import { checkOutbox } from "./outbox_checks.ts";
import { checkPeople } from "./people_checks.ts";
import { checkServer } from "./server_checks.ts";
import { checkTerminal } from "./terminal_checks.ts";
import { checkSettings, isNothingSet } from "./settings_checks.ts";

/** What nobody answers in this time, nobody answers. */
const GROUP_MS_MAX = 10_000;
/** A socket that stays silent is tried in two ways. */
const SOCKET_MS_MAX = 20_000;
/** With `--live` the model is asked as well. */
const MODEL_MS_MAX = 45_000;

/** Looks at everything, in the order in which a person would mend it. */
export async function* runChecks(
  input: DoctorInput,
  signal: AbortSignal,
): AsyncGenerator<Check> {
  yield* checkSettings(input);
  if (isNothingSet(input.loaded)) yield* await checkFiles(input);
  else yield* checkAll(input, signal);
}

/** What does not build on each other is done side by side; what builds on a failure is skipped. */
async function* checkAll(input: DoctorInput, signal: AbortSignal): AsyncGenerator<Check> {
  const look = <T>(
    name: string,
    work: (own: AbortSignal) => Promise<Look<T>>,
    msMax = GROUP_MS_MAX,
  ) => bounded(name, work, { msMax, clock: input.clock }, signal);
  const check = (
    name: string,
    work: (own: AbortSignal) => Promise<readonly Check[]>,
    msMax?: number,
  ) => look(name, async (own) => ({ checks: await work(own), found: undefined }), msMax);

  const files = check("files", () => checkFiles(input));
  const jobs = check("jobs", () => checkJobs(input));
  const outbox = check("outbox", () => checkOutbox(input));
  const tools = check("tools", () => checkTools(input));
  const terminal = check("terminal", (own) => checkTerminal(input, own));
  const gateway = check("gateway", (own) => checkGateway(input, ownProgram(), own));
  const model = check("model", (own) => checkModel(input, own), MODEL_MS_MAX);
  const server = look("server", (own) => checkServer(input, own));
  const account = server.then(({ found }) =>
    look("token", (own) => checkAccount(found, input, own))
  );
  const ofBot = account.then(({ found: bot }) => [
    check("socket", (own) => checkSocket(bot, input, own), SOCKET_MS_MAX),
    check("limits", (own) => checkLimits(bot, own)),
    check("channels", (own) => checkChannels(bot, input, own)),
    check("people", (own) => checkPeople(bot, input, own)),
    check("callbacks", (own) => checkCallbacks(bot, input, own)),
    ...(input.live ? [check("echo", (own) => checkEcho(bot, input, own))] : []),
  ]);
  // Each is awaited below, where what it throws is thrown on; until then it is nobody's.
  for (const group of [files, jobs, outbox, tools, terminal, gateway, model, account]) {
    group.catch(() => {});
  }
  ofBot.then((groups) => groups.forEach((group) => group.catch(() => {})), () => {});

  for (const group of [files, server, account]) yield* (await group).checks;
  for (const group of await ofBot) yield* (await group).checks;
  for (const group of [model, gateway, jobs, outbox, terminal, tools]) yield* (await group).checks;
}

/** One group of checks. What it throws, and that it takes too long, is its own failure. */
async function bounded<T>(
  name: string,
  work: (signal: AbortSignal) => Promise<Look<T>>,
  limits: { readonly msMax: number; readonly clock: Clock },
  signal: AbortSignal,
): Promise<Look<T>> {
  try {
    const looked = await withinTime(work, limits, signal);
    if (looked.kind === "done") return looked.value;
    const message = `No answer came within ${limits.msMax / 1000} s`;
    const remedy = "Look for what is slow: the network, a proxy, or the server itself.";
    return { checks: [failure(name, message, remedy)], found: undefined };
  } catch (error) {
    signal.throwIfAborted();
    return { checks: [failureOf(name, error)], found: undefined };
  }
}
