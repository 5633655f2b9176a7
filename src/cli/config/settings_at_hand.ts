import type { FoundValue } from "../../config/find_value.ts";
import { loadConfig, type LoadedConfig } from "../../config/load_config.ts";
import { nearest } from "../../config/nearest.ts";
import { type Parser, secret } from "../../config/parsers.ts";
import { type HomePaths, homePaths, resolveHome } from "../../config/paths.ts";
import { MODEL_URL } from "../../config/provider_settings.ts";
import type { Setting } from "../../config/setting.ts";
import { findSetting, nearestSetting } from "../../config/setting_place.ts";
import { writtenText } from "../../config/written_text.ts";
import { MODEL_PROVIDERS } from "../../models/provider_table.ts";
import { createRedactor } from "../../safety/redact.ts";
import type { CliIo } from "../io.ts";

/** The settings of the home as they count now, whether or not they are valid. */
export interface SettingsAtHand {
  readonly paths: HomePaths;
  readonly loaded: LoadedConfig;
}

export async function openSettings({ environment }: CliIo): Promise<SettingsAtHand> {
  const home = resolveHome(environment);
  return { paths: homePaths(home), loaded: await loadConfig({ home, environment, flags: {} }) };
}

/** A variable for a provider of models, which is no row of the table: its key or its address. */
export interface ProviderVariable {
  readonly name: string;
  readonly parse: Parser<unknown>;
  readonly isSecret: boolean;
}

/** What somebody may mean by a name on the command line. */
export type NamedSetting =
  | { readonly kind: "setting"; readonly row: Setting<unknown> }
  | { readonly kind: "variable"; readonly variable: ProviderVariable }
  | { readonly kind: "unknown"; readonly message: string };

/** Every variable that a provider of models is set up with. */
export const PROVIDER_VARIABLES: readonly ProviderVariable[] = [
  ...new Set(MODEL_PROVIDERS.flatMap((provider) => provider.environmentKeys)),
].map((name): ProviderVariable => ({ name, parse: secret, isSecret: true })).concat(
  [...new Set(MODEL_PROVIDERS.flatMap((provider) => provider.baseUrlKeys))]
    .map((name) => ({ name, parse: MODEL_URL, isSecret: false })),
);

export function nameSetting(name: string): NamedSetting {
  const row = findSetting(name);
  if (row !== undefined) return { kind: "setting", row };
  const upper = name.toUpperCase();
  const variable = PROVIDER_VARIABLES.find((each) => each.name === upper);
  if (variable !== undefined) return { kind: "variable", variable };
  const meant = nearestSetting(name) ?? nearest(upper, PROVIDER_VARIABLES.map((each) => each.name));
  const remedy = meant === undefined
    ? "hermes config get lists them all"
    : `did you mean ${meant}?`;
  return { kind: "unknown", message: `No setting is called "${name}": ${remedy}` };
}

const HIDDEN = "***";
const redact = createRedactor({ secrets: () => [], hidesPatterns: true });
/** Names below which a block such as `custom_providers` holds a secret. */
const SECRET_NAME = /(?:key|token|secret|password)$/i;

/** What was written for a setting, as one would write it, and without what may be a secret. */
export interface ShownValue {
  readonly text: string;
  /** The same with nothing hidden. */
  readonly wholeText: string;
}

/** `undefined` for a setting that is unset. */
export function showValue(
  row: Setting<unknown>,
  found: FoundValue | undefined,
): ShownValue | undefined {
  const wholeText = found === undefined ? row.initial : writtenText(found.raw);
  if (wholeText === undefined || wholeText === "") return undefined;
  if (row.isSecret === true) return { text: HIDDEN, wholeText };
  if (found === undefined) return { text: wholeText, wholeText };
  const hide = (name: string, text: string) => SECRET_NAME.test(name) ? HIDDEN : redact(text);
  return { text: writtenText(found.raw, hide), wholeText };
}

/** `undefined` for a variable that is unset. */
export function showVariable(
  { name, isSecret }: ProviderVariable,
  { environment }: LoadedConfig,
): ShownValue | undefined {
  const wholeText = environment.get(name);
  if (wholeText === undefined) return undefined;
  return { text: isSecret ? HIDDEN : redact(wholeText), wholeText };
}
