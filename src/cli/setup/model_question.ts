import { findLocalModelServers } from "../../models/list_models.ts";
import { findModelProvider, MODEL_PROVIDERS } from "../../models/provider_table.ts";
import { composeModelNetwork } from "../compose.ts";
import { settleModelId } from "./model_id.ts";
import { exportedKey, settleKey } from "./model_key.ts";
import {
  keepModel,
  type ModelContext,
  type ModelPlan,
  tryPlan,
  withoutGiven,
} from "./model_plan.ts";
import {
  currentModel,
  type ModelChoice,
  modelChoices,
  type ModelSource,
  namedSource,
  providerSource,
  readModelUrl,
} from "./model_source.ts";
import type { SetupContext } from "./setup_context.ts";
import type { SetupAnswers } from "./setup_options.ts";
import { settle, SetupRefusedError } from "./settle.ts";

/** Asks which model answers, and tries it with one real request. Leaves the answer in the draft. */
export async function askModel(setup: SetupContext): Promise<void> {
  const config = await setup.draft.config();
  let context: ModelContext = { ...setup, config, current: currentModel(config) };
  if (staysAsItIs(context)) return;
  for (;;) {
    keepModel(context);
    const choice = await chooseSource(context);
    if (choice.kind === "later") return;
    const plan = await makePlan(choice, context);
    if (await tryPlan(plan, context) === "settled") return;
    context = withoutGiven(context);
  }
}

/** Where nobody is asked and nothing said. A key that this shell alone knows is worth a place in `.env`. */
function staysAsItIs({ current, environment, given, prompter }: ModelContext): boolean {
  if (prompter.isInteractive || isAnyGiven(given)) return false;
  return current === undefined || exportedKey(current.source, environment) === undefined;
}

function isAnyGiven({ provider, baseUrl, model, apiKey }: SetupAnswers): boolean {
  return [provider, baseUrl, model, apiKey].some((answer) => answer !== undefined);
}

type SettledChoice = Exclude<ModelChoice, { kind: "address" }>;

async function chooseSource(context: ModelContext): Promise<SettledChoice> {
  const { clock, config, current, given, isChecked, prompter } = context;
  if (given.provider !== undefined || given.baseUrl !== undefined) {
    return { kind: "source", source: givenSource(context) };
  }
  if (current !== undefined && (isAnyGiven(given) || !prompter.isInteractive)) {
    return { kind: "current", current };
  }
  const { fetch } = composeModelNetwork(config);
  const local = isChecked
    ? await prompter.busy(
      "Looking for models on this machine",
      (signal) => findLocalModelServers(config.environment.get, { fetch, clock }, signal),
    )
    : [];
  const options = modelChoices(config, local);
  const choice = await prompter.choose({ message: "Which model answers?", options });
  if (choice.kind !== "address") return choice;
  const source = await settle<string, ModelSource>({
    given: undefined,
    ask: (before) =>
      prompter.text({
        message: "Address of the model server",
        initial: before,
        example: "http://127.0.0.1:8000/v1",
      }),
    doing: undefined,
    check: (typed) => readModelUrl(typed),
  }, prompter);
  return { kind: "source", source };
}

/** What `--provider` and `--base-url` say. @throws SetupRefusedError */
function givenSource({ config, given: { provider: wanted, baseUrl } }: ModelContext): ModelSource {
  const provider = findModelProvider(wanted ?? "custom");
  const name = wanted?.replace(/^custom:/, "") ?? "";
  const isNamed = config.providers.custom.some((custom) => custom.name === name);
  if (provider === undefined && isNamed) return namedSource(name, config);
  if (provider === undefined) {
    const known = MODEL_PROVIDERS.map(({ id }) => id).join(", ");
    throw new SetupRefusedError({
      kind: "malformed",
      problem: `The provider "${wanted}" is unknown`,
      remedy: `Give one of ${known}, or --base-url for a server of your own.`,
    });
  }
  if (baseUrl === undefined) return providerSource(provider);
  const verdict = readModelUrl(baseUrl, provider);
  if (verdict.kind === "good") return verdict.answer;
  throw new SetupRefusedError(verdict);
}

async function makePlan(
  choice: Exclude<SettledChoice, { kind: "later" }>,
  context: ModelContext,
): Promise<ModelPlan> {
  const { config, given } = context;
  if (choice.kind === "current") {
    const { source, modelId } = choice.current;
    return { source, modelId: given.model ?? modelId, newKey: given.apiKey };
  }
  const { source } = choice;
  const newKey = await settleKey(source, config, context);
  return { source, newKey, modelId: await settleModelId({ source, newKey }, context) };
}
