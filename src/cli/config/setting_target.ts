import { loadConfig } from "../../config/load_config.ts";
import type { Parser } from "../../config/parsers.ts";
import { resolveHome } from "../../config/paths.ts";
import type { Setting } from "../../config/setting.ts";
import { changesToSet, changesToUnset } from "../../config/setting_changes.ts";
import type { SettingsChanges } from "../../config/write_settings.ts";
import type { CliIo } from "../io.ts";
import { nameSetting } from "./settings_at_hand.ts";

/** What a name on the command line stands for, and how it is changed. */
export interface SettingTarget {
  readonly name: string;
  readonly isSecret: boolean;
  /** `undefined` for a variable of which nothing is known. */
  readonly parse: Parser<unknown> | undefined;
  /** Names in the environment, which counts before both files. */
  readonly variables: readonly string[];
  readonly set: (value: string) => Promise<SettingsChanges>;
  readonly unset: SettingsChanges;
}

export type FoundTarget =
  | { readonly kind: "found"; readonly target: SettingTarget }
  | { readonly kind: "refused"; readonly message: string };

/** Names that a variable of the environment may have. */
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** `isForEnv`: only `.env` is meant, and any variable may stand there. */
export function findTarget(key: string, isForEnv: boolean, io: CliIo): FoundTarget {
  const named = nameSetting(key);
  switch (named.kind) {
    case "setting":
      return settingTarget(key, named.row, isForEnv, io);
    case "variable":
      return {
        kind: "found",
        target: { ...variableTarget(named.variable.name), ...named.variable },
      };
    case "unknown":
      if (isForEnv && VARIABLE.test(key)) return { kind: "found", target: variableTarget(key) };
      return { kind: "refused", message: named.message };
  }
}

function settingTarget(
  key: string,
  row: Setting<unknown>,
  isForEnv: boolean,
  { environment }: CliIo,
): FoundTarget {
  const { key: name, parse, isSecret = false, env: variables = [] } = row;
  const unset = changesToUnset(row);
  const variable = variables.find((each) => each === key.toUpperCase()) ?? variables[0];
  if (isForEnv && variable === undefined) {
    return { kind: "refused", message: `${name} has no name in .env: leave --env out` };
  }
  const set = async (value: string): Promise<SettingsChanges> => {
    if (isForEnv && variable !== undefined) {
      return { env: { ...unset.env, [variable]: value }, yaml: {} };
    }
    // Without the environment, since it is the files that are to agree with each other.
    const home = resolveHome(environment);
    return changesToSet(row, value, await loadConfig({ home, environment: {}, flags: {} }));
  };
  return { kind: "found", target: { name, parse, isSecret, variables, set, unset } };
}

function variableTarget(name: string): SettingTarget {
  return {
    name,
    isSecret: true,
    parse: undefined,
    variables: [name],
    set: (value) => Promise.resolve({ env: { [name]: value }, yaml: {} }),
    unset: { env: { [name]: undefined }, yaml: {} },
  };
}
