import { type Config, loadConfig } from "../../config/load_config.ts";
import { resolveHome } from "../../config/paths.ts";
import type { ModelClient } from "../../models/model_client.ts";
import { demoModel } from "../../sandbox/scripted_model.ts";
import { composeModel, type Foundations, NoModelError } from "../compose.ts";

export interface DemoModel {
  readonly model: ModelClient;
  /** Tells people which model answers, and why. */
  readonly description: string;
  readonly isBuiltIn: boolean;
}

/** The settings of the person who runs the demo; `undefined` when they cannot be used. */
export async function loadOwnConfig(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Config | undefined> {
  const home = resolveHome(environment);
  return (await loadConfig({ home, environment, flags: {} })).config;
}

/** The model that the person has configured, or else the one that needs no network. */
export function chooseDemoModel(own: Config | undefined, foundations: Foundations): DemoModel {
  if (own === undefined) {
    return builtIn(foundations, "your settings have a problem, see hermes doctor");
  }
  try {
    const { client: model } = composeModel(own, foundations);
    return { model, description: `${model.modelId}, from your settings`, isBuiltIn: false };
  } catch (error) {
    if (!(error instanceof NoModelError)) throw error;
    return builtIn(foundations, "no language model is configured");
  }
}

function builtIn({ clock }: Foundations, reason: string): DemoModel {
  const description = `the built-in scripted one (${reason})`;
  return { model: demoModel(clock), description, isBuiltIn: true };
}
