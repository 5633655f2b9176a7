import type { LoadedConfig } from "./load_config.ts";
import type { Setting } from "./setting.ts";
import { placeOfSetting } from "./setting_place.ts";
import type { SettingsChanges } from "./write_settings.ts";
import type { YamlValue } from "./yaml_edit.ts";

/** What to write so that `value` counts, as far as the two files decide. `loaded` is as they are. */
export function changesToSet(
  row: Setting<unknown>,
  value: string,
  loaded: LoadedConfig,
): SettingsChanges {
  const place = placeOfSetting(row);
  if (place.kind === "env") return { env: { [place.name]: value }, yaml: {} };
  // What stands in .env would go before what is written to config.yaml.
  const isInEnv = loaded.sources.get(row.key) === ".env";
  const env = isInEnv ? withoutNames(row) : {};
  return { env, yaml: { [place.key]: toYaml(row, value) } };
}

/** What to write so that the setting stands in neither file. */
export function changesToUnset(row: Setting<unknown>): SettingsChanges {
  // A place without a dot, e.g. `model`, may be a whole block.
  const keys = [row.key, ...(row.otherKeys ?? [])]
    .filter((key) => key.includes(".") || key === row.key);
  return { env: withoutNames(row), yaml: Object.fromEntries(keys.map((key) => [key, undefined])) };
}

function withoutNames(row: Setting<unknown>): Record<string, undefined> {
  return Object.fromEntries((row.env ?? []).map((name) => [name, undefined]));
}

/** Numbers and switches without quotation marks, lists as lists. */
function toYaml(row: Setting<unknown>, value: string): YamlValue {
  const forms = JSON.stringify(row.parse.schema ?? {});
  if (forms.includes('"array"')) {
    return value.split(",").map((item) => item.trim()).filter((item) => item !== "");
  }
  if (/^(?:true|false)$/.test(value)) return value === "true";
  return /^(?:0|[1-9]\d{0,14})$/.test(value) && /"(?:integer|number)"/.test(forms)
    ? Number(value)
    : value;
}
