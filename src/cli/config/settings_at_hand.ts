import type { FoundValue, SettingSource } from "../../config/find_value.ts";
import { loadConfig, type LoadedConfig } from "../../config/load_config.ts";
import { type HomePaths, homePaths, resolveHome } from "../../config/paths.ts";
import type { RawValue } from "../../config/raw_value.ts";
import type { Setting } from "../../config/setting.ts";
import { findSetting, nearestSetting } from "../../config/setting_place.ts";
import { MODEL_PROVIDERS } from "../../models/provider_table.ts";
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

/** What somebody may mean by a name on the command line. */
export type NamedSetting =
  | { readonly kind: "setting"; readonly row: Setting<unknown> }
  /** The key of a provider of models, which is no row of the table. */
  | { readonly kind: "provider_key"; readonly name: string }
  | { readonly kind: "unknown"; readonly message: string };

export function nameSetting(name: string): NamedSetting {
  const row = findSetting(name);
  if (row !== undefined) return { kind: "setting", row };
  const upper = name.toUpperCase();
  const isKey = MODEL_PROVIDERS.some(({ environmentKeys, baseUrlKeys }) =>
    [...environmentKeys, ...baseUrlKeys].includes(upper)
  );
  if (isKey) return { kind: "provider_key", name: upper };
  const meant = nearestSetting(name);
  const remedy = meant === undefined
    ? "hermes config get lists them all"
    : `did you mean ${meant}?`;
  return { kind: "unknown", message: `No setting is called "${name}": ${remedy}` };
}

/** A value as one would write it; a block as JSON. `undefined` for one that is empty. */
export function textOf(raw: RawValue): string | undefined {
  switch (raw.kind) {
    case "empty":
      return undefined;
    case "text":
      return raw.text;
    case "list":
      return raw.items.every((item) => item.kind === "text")
        ? raw.items.map((item) => textOf(item)).join(",")
        : JSON.stringify(toPlain(raw));
    case "map":
      return JSON.stringify(toPlain(raw));
  }
}

/** Secrets may also stand within a block, as in custom_providers. */
function toPlain(raw: RawValue, name = ""): unknown {
  switch (raw.kind) {
    case "empty":
      return null;
    case "text":
      return /key$|token|secret|password/i.test(name) && name !== "key_env" ? "***" : raw.text;
    case "list":
      return raw.items.map((item) => toPlain(item));
    case "map":
      return Object.fromEntries(
        [...raw.entries].map(([inner, value]) => [inner, toPlain(value, inner)]),
      );
  }
}

/** Where a value comes from, for people: `.env, line 3` or `the environment (MATTERMOST_URL)`. */
export function sourceWords(source: SettingSource, found: FoundValue | undefined): string {
  if (source === "environment") return `the environment (${found?.name})`;
  const line = found?.raw.line;
  return line === undefined ? source : `${source}, line ${line}`;
}
