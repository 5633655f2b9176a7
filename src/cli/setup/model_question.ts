import type { Config } from "../../config/load_config.ts";
import { plainText } from "../../config/parsers.ts";
import { rawText } from "../../config/raw_value.ts";
import { findLocalModelServers, listModels } from "../../models/list_models.ts";
import { findModelProvider, MODEL_PROVIDERS } from "../../models/provider_table.ts";
import { Secret } from "../../runtime/secret.ts";
import { composeModelNetwork } from "../compose.ts";
import { askKey, keyPlace, type NewKey, settleKey } from "./model_key.ts";
import {
  type CurrentModel,
  currentModel,
  type ModelChoice,
  modelChoices,
  type ModelSource,
  namedSource,
  providerSource,
  readModelUrl,
  variableWithKey,
} from "./model_source.ts";
import type { Option } from "./prompter.ts";
import type { SetupContext } from "./setup_context.ts";
import {
  sayProblem,
  settle,
  SetupRefusedError,
  TRIES_BEFORE_KEEPING,
  type Verdict,
} from "./settle.ts";
import { tryModel } from "./try_model.ts";

/** How long a server may take to list its models. */
const LIST_MS_MAX = 5_000;
/** Longer lists are typed from and not scrolled through. */
const MODELS_SHOWN_MAX = 40;

/** What the answer to the question sets. */
const MODEL_KEYS = [
  "model.provider",
  "model.default",
  "model.base_url",
  "model.api_key",
  "model.api_mode",
  "model.context_length",
];

/** A model, as it is about to be tried. */
interface ModelPlan {
  readonly source: ModelSource;
  readonly modelId: string;
  readonly newKey: NewKey;
}

/** The context, and the settings as they were before the question. */
interface ModelContext extends SetupContext {
  readonly config: Config;
  readonly current: CurrentModel | undefined;
}

/** Asks which model answers, and tries it with one real request. Leaves the answer in the draft. */
export async function askModel(setup: SetupContext): Promise<void> {
  const config = await setup.draft.config();
  const context = { ...setup, config, current: currentModel(config) };
  for (;;) {
    for (const key of MODEL_KEYS) setup.draft.keep(key);
    setup.draft.apiKey = undefined;
    const choice = await chooseSource(context);
    if (choice.kind === "later") return;
    const plan = await makePlan(choice, context);
    if (await tryPlan(plan, context) === "settled") return;
  }
}

type SettledChoice = Exclude<ModelChoice, { kind: "address" }>;

async function chooseSource(context: ModelContext): Promise<SettledChoice> {
  const { clock, config, current, given, isChecked, prompter } = context;
  if (given.provider !== undefined || given.baseUrl !== undefined) {
    return { kind: "source", source: givenSource(context) };
  }
  const isPartGiven = given.model !== undefined || given.apiKey !== undefined;
  if (current !== undefined && (isPartGiven || !prompter.isInteractive)) {
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
  const modelId = await settleModelId({ source, newKey, before: undefined }, context);
  return { source, modelId, newKey };
}

/** `before` is the id that did not work. */
async function settleModelId(
  wanted: { source: ModelSource; newKey: NewKey; before: string | undefined },
  context: ModelContext,
): Promise<string> {
  const { current, given, prompter } = context;
  const { source, before } = wanted;
  const ofSameSource = current?.source.providerId === source.providerId
    ? current.modelId
    : undefined;
  const suggested = before ?? ofSameSource ?? source.provider.defaultModel;
  const models = given.model === undefined ? await knownModels(wanted, context) : [];
  if (models.length > 0 && models.length <= MODELS_SHOWN_MAX) {
    const options: Option<string | undefined>[] = models.map((id) => ({ value: id, label: id }));
    const another = { value: undefined, label: "Another one" };
    const message = `Which model of ${source.name}?`;
    const chosen = await prompter.choose({
      message,
      options: [...options, another],
      initial: suggested,
    });
    if (chosen !== undefined) return chosen;
  }
  const isGiven = given.model ?? (prompter.isInteractive ? undefined : suggested);
  return await settle<string, string>({
    given: isGiven,
    ask: (wrong) => prompter.text({ message: "Id of the model", initial: wrong ?? suggested }),
    doing: undefined,
    check: readModelId,
  }, prompter);
}

/** What the source serves, asked for only where no default helps. */
async function knownModels(
  { source, newKey }: { source: ModelSource; newKey: NewKey },
  { clock, config, isChecked, prompter }: ModelContext,
): Promise<readonly string[]> {
  const { address, models, name, provider } = source;
  if (models.length > 0 || !isChecked || !prompter.isInteractive) return models;
  if (provider.defaultModel !== undefined || provider.wire !== "openai-compatible") return [];
  const variable = variableWithKey(provider, config);
  const stored = variable === undefined ? undefined : config.environment.get(variable);
  const apiKey = newKey ?? (stored === undefined ? undefined : new Secret(stored));
  const { fetch } = composeModelNetwork(config);
  const list = (signal: AbortSignal) =>
    listModels(address, { apiKey, msMax: LIST_MS_MAX }, { fetch, clock }, signal);
  return await prompter.busy(`Asking ${name} for its models`, list) ?? [];
}

function readModelId(typed: string): Verdict<string> {
  const parsed = plainText(rawText(typed));
  const problem = "The id of the model is empty";
  const remedy = "Write it as the provider spells it.";
  if (parsed.kind === "refused" || typed.trim() === "") {
    return { kind: "malformed", problem, remedy };
  }
  return { kind: "good", answer: parsed.value };
}

async function tryPlan(
  first: ModelPlan,
  context: ModelContext,
): Promise<"settled" | "other_source"> {
  const { given, isChecked, prompter } = context;
  const isGiven = [given.provider, given.baseUrl, given.model, given.apiKey]
    .some((answer) => answer !== undefined);
  let plan = first;
  for (let tries = 1;; tries++) {
    putPlan(plan, context);
    if (!isChecked) return "settled";
    const verdict = await prompter.busy(
      `Asking ${plan.modelId}`,
      (signal) => tryModel(context, signal),
    );
    if (verdict.kind === "good") {
      prompter.say("good", verdict.says ?? "");
      return "settled";
    }
    if (isGiven || !prompter.isInteractive) throw new SetupRefusedError(verdict);
    sayProblem(verdict, prompter);
    const mayKeep = verdict.kind === "unknown" && tries >= TRIES_BEFORE_KEEPING;
    switch (await prompter.choose({ message: "What now?", options: waysOut(mayKeep) })) {
      case "again":
        continue;
      case "model":
        plan = {
          ...plan,
          modelId: await settleModelId({ ...plan, before: plan.modelId }, context),
        };
        continue;
      case "key":
        plan = { ...plan, newKey: await askKey(plan.source, context) };
        continue;
      case "source":
        return "other_source";
      case "keep":
        return "settled";
    }
  }
}

type WayOut = "again" | "model" | "key" | "source" | "keep";

function waysOut(mayKeep: boolean): Option<WayOut>[] {
  return [
    { value: "model", label: "Give another model id" },
    { value: "key", label: "Give another key" },
    { value: "source", label: "Choose another provider" },
    { value: "again", label: "Try the same once more" },
    ...(mayKeep ? [{ value: "keep" as const, label: "Keep it all the same, unchecked" }] : []),
  ];
}

function putPlan({ source, modelId, newKey }: ModelPlan, context: ModelContext): void {
  const { config, current, draft } = context;
  const isSameSource = current?.source.providerId === source.providerId &&
    current.source.baseUrl === source.baseUrl;
  for (const key of MODEL_KEYS) draft.keep(key);
  if (!isSameSource) {
    draft.set("model.provider", source.providerId);
    if (source.baseUrl === undefined) draft.remove("model.base_url");
    else draft.set("model.base_url", source.baseUrl);
    draft.remove("model.api_mode");
    draft.remove("model.api_key");
  }
  if (!isSameSource || current.modelId !== modelId) {
    draft.set("model.default", modelId);
    draft.remove("model.context_length");
  }
  draft.apiKey = undefined;
  if (newKey === undefined) return;
  const place = keyPlace(source, config);
  draft.apiKey = { ...place, secret: newKey };
  if (place.isReferenced) draft.set("model.api_key", `\${${place.variable}}`);
  else draft.remove("model.api_key");
}
