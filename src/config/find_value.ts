import type { EnvEntry } from "./env_file.ts";
import type { Place } from "./finding.ts";
import { type RawMap, rawText, type RawValue, rawValueAt } from "./raw_value.ts";
import type { Setting } from "./setting.ts";

export type SettingSource = "flag" | "environment" | ".env" | "config.yaml" | "default";

/** Everything a value can come from. */
export interface Origins {
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly envFile: string;
  readonly env: readonly EnvEntry[];
  readonly configFile: string;
  /** `undefined` when there is no config.yaml that can be used. */
  readonly yaml: RawMap | undefined;
}

export interface FoundValue {
  readonly source: Exclude<SettingSource, "default">;
  /** The name under which it stands there. */
  readonly name: string;
  readonly raw: RawValue;
  /** How a finding says where; a long value has several lines. */
  readonly placeAt: (line: number | undefined) => Place;
}

/** What is written for a setting in the place that counts; `undefined` when it is set nowhere. */
export function findValue(row: Setting<unknown>, origins: Origins): FoundValue | undefined {
  const flag = rawText(origins.flags[row.key] ?? "");
  if (flag.kind === "text") {
    return { source: "flag", name: row.key, raw: flag, placeAt: () => ({ kind: "flag" }) };
  }
  return inEnvironment(row, origins) ?? inEnvFile(row, origins) ?? inYaml(row, origins);
}

function inEnvironment(row: Setting<unknown>, { environment }: Origins): FoundValue | undefined {
  const placeAt = () => ({ kind: "environment" as const });
  for (const name of row.env ?? []) {
    const raw = rawText(environment[name] ?? "");
    if (raw.kind === "text") return { source: "environment", name, raw, placeAt };
  }
  return undefined;
}

function inEnvFile(row: Setting<unknown>, { env, envFile }: Origins): FoundValue | undefined {
  const placeAt = (line: number | undefined) => ({ kind: "file" as const, file: envFile, line });
  for (const name of row.env ?? []) {
    const entry = env.findLast((each) => each.name === name);
    const raw = rawText(entry?.value ?? "", entry?.line);
    if (raw.kind === "text") return { source: ".env", name, raw, placeAt };
  }
  return undefined;
}

function inYaml(row: Setting<unknown>, { yaml, configFile }: Origins): FoundValue | undefined {
  if (yaml === undefined) return undefined;
  const placeAt = (line: number | undefined) => ({ kind: "file" as const, file: configFile, line });
  for (const name of [row.key, ...(row.otherKeys ?? [])]) {
    const raw = rawValueAt(yaml, name);
    if (raw === undefined || raw.kind === "empty") continue;
    // `model: name` is a value, and `model:` with settings below it is a block.
    if (name !== row.key && raw.kind === "map") continue;
    return { source: "config.yaml", name, raw, placeAt };
  }
  return undefined;
}
