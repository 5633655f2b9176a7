import { plainText } from "../../config/parsers.ts";
import { rawText } from "../../config/raw_value.ts";
import { listModels } from "../../models/list_models.ts";
import { Secret } from "../../runtime/secret.ts";
import { composeModelNetwork } from "../compose.ts";
import type { ModelContext, ModelPlan } from "./model_plan.ts";
import { variableWithKey } from "./model_source.ts";
import { settle, type Verdict } from "./settle.ts";

/** How long a server may take to list its models. */
const LIST_MS_MAX = 5_000;
/** Longer lists are typed from and not scrolled through. */
const MODELS_SHOWN_MAX = 40;

/** Which model of the source; `modelId` is the one that did not work. */
export async function settleModelId(
  { source, newKey, modelId: before }: Omit<ModelPlan, "modelId"> & { readonly modelId?: string },
  context: ModelContext,
): Promise<string> {
  const { current, given, prompter } = context;
  const isSameSource = current?.source.providerId === source.providerId;
  const suggested = before ?? (isSameSource ? current.modelId : source.provider.defaultModel);
  const models = given.model === undefined ? await knownModels({ source, newKey }, context) : [];
  if (models.length > 0 && models.length <= MODELS_SHOWN_MAX) {
    const chosen = await prompter.choose<string | undefined>({
      message: `Which model of ${source.name}?`,
      options: [
        ...models.map((id) => ({ value: id, label: id })),
        { value: undefined, label: "Another one" },
      ],
      initial: suggested,
    });
    if (chosen !== undefined) return chosen;
  }
  return await settle<string, string>({
    given: given.model ?? (prompter.isInteractive ? undefined : suggested),
    ask: (wrong) => prompter.text({ message: "Id of the model", initial: wrong ?? suggested }),
    doing: undefined,
    check: readModelId,
  }, prompter);
}

/** What the source serves, asked for only where no default helps. */
async function knownModels(
  { source, newKey }: Pick<ModelPlan, "source" | "newKey">,
  { clock, config, isChecked, prompter }: ModelContext,
): Promise<readonly string[]> {
  const { address, models, name, provider } = source;
  if (!prompter.isInteractive) return [];
  if (models.length > 0 || !isChecked) return models;
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
  if (parsed.kind === "accepted" && parsed.value !== "") {
    return { kind: "good", answer: parsed.value };
  }
  const remedy = "Write it as the provider spells it.";
  return { kind: "malformed", problem: "The id of the model is empty", remedy };
}
