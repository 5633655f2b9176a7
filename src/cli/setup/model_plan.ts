import type { Config } from "../../config/load_config.ts";
import { askKey, exportedKey, keyPlace, type NewKey, wantsKey } from "./model_key.ts";
import { settleModelId } from "./model_id.ts";
import type { CurrentModel, ModelSource } from "./model_source.ts";
import type { Option } from "./prompter.ts";
import type { SetupContext } from "./setup_context.ts";
import { sayProblem, SetupRefusedError, TRIES_BEFORE_KEEPING } from "./settle.ts";
import { tryModel } from "./try_model.ts";

/** The context, and the settings as they were before the question. */
export interface ModelContext extends SetupContext {
  readonly config: Config;
  readonly current: CurrentModel | undefined;
}

/** A model, as it is about to be tried. */
export interface ModelPlan {
  readonly source: ModelSource;
  readonly modelId: string;
  readonly newKey: NewKey;
}

/** What the answer to the question sets. */
const MODEL_KEYS = [
  "model.provider",
  "model.default",
  "model.base_url",
  "model.api_key",
  "model.api_mode",
  "model.context_length",
];

/**
 * Tries the model with one real request, and lets the person mend what is wrong. Leaves what was
 * settled in the draft. @throws SetupRefusedError when nobody was asked for any part of it.
 */
export async function tryPlan(
  first: ModelPlan,
  context: ModelContext,
): Promise<"settled" | "other_source"> {
  const { isChecked, prompter } = context;
  let plan = first;
  for (let tries = 1;; tries++) {
    putPlan(plan, context);
    if (!isChecked) return "settled";
    const ask = (signal: AbortSignal) => tryModel(context, signal);
    const verdict = await prompter.busy(`Asking ${plan.modelId}`, ask);
    if (verdict.kind === "good") {
      prompter.say("good", verdict.says ?? "");
      return "settled";
    }
    if (isWhollyGiven(plan, context)) throw new SetupRefusedError(verdict);
    sayProblem(verdict, prompter);
    const mayKeep = verdict.kind === "unknown" && tries >= TRIES_BEFORE_KEEPING;
    switch (await prompter.choose({ message: "What now?", options: waysOut(mayKeep) })) {
      case "again":
        continue;
      case "model":
        plan = { ...plan, modelId: await settleModelId(plan, withoutGiven(context)) };
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

/** What the command line says of the model did not work. */
export function withoutGiven<Context extends SetupContext>(context: Context): Context {
  const { given } = context;
  const nothing = { provider: undefined, baseUrl: undefined, model: undefined, apiKey: undefined };
  return { ...context, given: { ...given, ...nothing } };
}

/** Leaves everything about the model as it is in the files. */
export function keepModel({ draft }: SetupContext): void {
  for (const key of MODEL_KEYS) draft.keep(key);
  draft.apiKey = undefined;
}

function isWhollyGiven({ source }: ModelPlan, { given, prompter }: ModelContext): boolean {
  const hasSource = given.provider !== undefined || given.baseUrl !== undefined;
  const hasKey = given.apiKey !== undefined || !wantsKey(source);
  return !prompter.isInteractive || (hasSource && given.model !== undefined && hasKey);
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
  const { config, current, draft, environment } = context;
  const isSameSource = current?.source.providerId === source.providerId &&
    current.source.baseUrl === source.baseUrl;
  keepModel(context);
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
  if (newKey === undefined) {
    draft.apiKey = exportedKey(source, environment);
    return;
  }
  draft.apiKey = { ...keyPlace(source, config), secret: newKey };
  const { isReferenced, variable } = draft.apiKey;
  if (isReferenced) draft.set("model.api_key", `\${${variable}}`);
  else draft.remove("model.api_key");
}
