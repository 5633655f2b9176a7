import type { EnvChanges } from "../../config/env_file.ts";
import { loadConfig, type LoadedConfig } from "../../config/load_config.ts";
import { changesToSet, changesToUnset } from "../../config/setting_changes.ts";
import { findSetting, placeOfSetting } from "../../config/setting_place.ts";
import type { SettingsChanges } from "../../config/write_settings.ts";
import type { YamlChanges } from "../../config/yaml_edit.ts";
import { writtenText } from "../../config/written_text.ts";
import { Secret } from "../../runtime/secret.ts";
import type { DraftAnswer, DraftKey, SetupDraft } from "./draft.ts";

/** One line of what will be written. */
export interface PlannedLine {
  readonly file: ".env" | "config.yaml";
  readonly name: string;
  /** For people, secrets as `***`; `undefined` when it is taken out. */
  readonly shown: string | undefined;
}

/** What the answers come to, before anything is written. */
export interface SetupPlan {
  readonly changes: SettingsChanges;
  /** Only what differs from the files as they are. */
  readonly lines: readonly PlannedLine[];
  /** Exported variables that say something else, and count before what will be written. */
  readonly overriding: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Compares the answers with the two files, and with the environment. */
export async function planChanges(
  draft: SetupDraft,
  { home, environment }: { readonly home: string; readonly environment: Environment },
): Promise<SetupPlan> {
  const files = await loadConfig({ home, environment: {}, flags: {} });
  const { apiKey } = draft;
  const parts = [
    ...[...draft.answers].map(([key, answer]) => planAnswer(key, answer, files, environment)),
    ...(apiKey === undefined ? [] : [planApiKey(apiKey, files, environment)]),
  ];
  const env: EnvChanges = Object.assign({}, ...parts.map((part) => part.changes.env));
  const yaml: YamlChanges = Object.assign({}, ...parts.map((part) => part.changes.yaml));
  return {
    changes: { env, yaml },
    lines: parts.flatMap((part) => part.lines)
      .sort((a, b) => a.file.localeCompare(b.file)),
    overriding: parts.flatMap((part) => part.overriding),
  };
}

const NO_CHANGES: SettingsChanges = { env: {}, yaml: {} };

function planAnswer(
  key: string,
  { value, shown }: DraftAnswer,
  files: LoadedConfig,
  environment: Environment,
): SetupPlan {
  const row = findSetting(key);
  if (row === undefined) throw new Error(`There is no setting ${key}`);
  const found = files.findWritten(key);
  const text = value instanceof Secret ? value.reveal() : value;
  const isExported = (name: string) => isOther(environment[name], text);
  const overriding = (row.env ?? []).filter(isExported).slice(0, 1);
  if (text === undefined) {
    if (found === undefined) return { changes: NO_CHANGES, lines: [], overriding };
    const file = found.source === "config.yaml" ? "config.yaml" : ".env";
    const lines = [{ file, name: found.name, shown: undefined } as const];
    return { changes: changesToUnset(row), lines, overriding };
  }
  if (found !== undefined && writtenText(found.raw) === text) {
    return { changes: NO_CHANGES, lines: [], overriding };
  }
  const place = placeOfSetting(row);
  const line = place.kind === "env"
    ? { file: ".env", name: place.name, shown } as const
    : { file: "config.yaml", name: place.key, shown } as const;
  return { changes: changesToSet(row, text, files), lines: [line], overriding };
}

function planApiKey(
  { variable, secret }: DraftKey,
  files: LoadedConfig,
  environment: Environment,
): SetupPlan {
  const key = secret.reveal();
  const isThere = files.config?.environment.get(variable) === key;
  return {
    changes: { env: { [variable]: key }, yaml: {} },
    lines: isThere ? [] : [{ file: ".env", name: variable, shown: "***" }],
    overriding: isOther(environment[variable], key) ? [variable] : [],
  };
}

/** Whether a variable is exported, and not with this value. */
function isOther(exported: string | undefined, text: string | undefined): boolean {
  const value = exported?.trim() ?? "";
  return value !== "" && value !== text;
}
