import type { Config } from "../../config/load_config.ts";
import { type ChosenModel, CONTEXT_TOKENS_DEFAULT } from "../../models/choose_model.ts";
import type { ModelClient } from "../../models/model_client.ts";
import { probeModel } from "../../models/probe_model.ts";
import type { Log } from "../../runtime/log.ts";
import { NetworkError } from "../../runtime/network_error.ts";
import { withinTime } from "../../runtime/within_time.ts";
import { chooseConfiguredModel, composeModelNetwork } from "../compose.ts";
import { composeModels } from "../compose_models.ts";
import { type Check, failure, failureOf, ok, skipped, warning } from "./check.ts";
import type { DoctorInput } from "./doctor_input.ts";

const SETTINGS = ["model.default", "model.provider", "model.base_url"];
const ENDPOINT_MS_MAX = 10_000;
/** Longer no person waits for the first word. */
const ANSWER_MS_MAX = 30_000;

/** The model that answers: chosen, reachable, and with `--live` asked once. */
export async function checkModel(
  input: DoctorInput,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const config = input.loaded.draft;
  const settings = SETTINGS.filter((key) => input.loaded.findWritten(key) !== undefined);
  const leftOut: Check[] = [];
  const log: Log = (_level, event, { setting, error, hint } = {}) => {
    if (event !== "model.left_out") return;
    leftOut.push(warning("model", `${setting} is left out: ${error}`, String(hint ?? "")));
  };
  const chosen = chooseConfiguredModel(config);
  if (chosen.kind === "no_model") {
    return [
      failure("model", `Cannot choose a model: ${chosen.problem}`, chosen.hint, { settings }),
      ...skipped(["model-endpoint"], "There is no model"),
    ];
  }
  const { chain } = composeModels(config, { ...input, log });
  const endpoint = await checkEndpoint(chosen, input, signal);
  const isReached = endpoint.status === "ok";
  return [
    ok("model", describeModel(chosen, config), { settings }),
    ...leftOut,
    endpoint,
    ...(isReached && input.live ? [await askModel(chain.primary, chosen, input, signal)] : []),
  ];
}

function describeModel(chosen: ChosenModel, config: Config): string {
  const { contextTokensMax, modelId, providerName } = chosen;
  const isGuess = config.model.contextTokensMax === undefined &&
    contextTokensMax === CONTEXT_TOKENS_DEFAULT;
  const context = `${contextTokensMax} tokens of context`;
  const known = isGuess ? `taken to have ${context}: model.context_length can tell` : context;
  return `${modelId} of ${providerName} answers, ${known}`;
}

const ENDPOINT_REMEDY = "Check model.base_url, the network, and that the model server runs.";

/** Any answer will do: what the server says to somebody without a key tells nothing of the key. */
async function checkEndpoint(
  { baseUrl }: ChosenModel,
  { loaded: { draft: config }, clock }: DoctorInput,
  signal: AbortSignal,
): Promise<Check> {
  const name = "model-endpoint";
  const { host } = new URL(baseUrl);
  try {
    const network = composeModelNetwork(config);
    const asked = await withinTime(
      async (limited) => {
        const init = { redirect: "manual", signal: limited } as const;
        await (await network.fetch(`${baseUrl}/models`, init)).body?.cancel();
      },
      { msMax: ENDPOINT_MS_MAX, clock },
      signal,
    );
    if (asked.kind === "done") return ok(name, `${host} answers`);
    const message = `${host} did not answer within ${ENDPOINT_MS_MAX / 1000} s`;
    return failure(name, message, ENDPOINT_REMEDY);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof NetworkError)) return failureOf(name, error);
    const isTls = error.kind.startsWith("tls_");
    return failure(name, error.message, isTls ? error.hint : ENDPOINT_REMEDY);
  }
}

async function askModel(
  client: ModelClient,
  { modelId }: ChosenModel,
  { clock }: DoctorInput,
  signal: AbortSignal,
): Promise<Check> {
  const name = "model-answer";
  try {
    const asked = await withinTime(
      (limited) => probeModel({ client, clock }, limited),
      { msMax: ANSWER_MS_MAX, clock },
      signal,
    );
    if (asked.kind === "late") {
      const message = `${modelId} did not answer within ${ANSWER_MS_MAX / 1000} s`;
      return failure(name, message, "Choose a faster model, or look what keeps its server busy.");
    }
    const { durationMs, usage } = asked.value;
    const { inputTokens, outputTokens } = usage;
    const cost = `${inputTokens} tokens in, ${outputTokens} out`;
    return ok(name, `${modelId} answered in ${(durationMs / 1000).toFixed(1)} s (${cost})`);
  } catch (error) {
    signal.throwIfAborted();
    return failureOf(name, error);
  }
}
