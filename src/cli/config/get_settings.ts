import picocolors from "picocolors";
import type { SettingSource } from "../../config/find_value.ts";
import { ALL_SETTINGS } from "../../config/settings.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import {
  type NamedSetting,
  nameSetting,
  openSettings,
  PROVIDER_VARIABLES,
  type SettingsAtHand,
  type ShownValue,
  showValue,
  showVariable,
} from "./settings_at_hand.ts";

/** One setting as it counts now. */
interface CountingSetting {
  readonly key: string;
  /** `undefined` when it is unset. */
  readonly value: ShownValue | undefined;
  readonly source: SettingSource | undefined;
  /** The name under which it stands in the environment. */
  readonly variable: string | undefined;
  /** In the file that `source` names. */
  readonly line: number | undefined;
}

/** `hermes config get`: every setting, and the keys of providers that are there. */
export async function listSettings(
  options: { readonly json: boolean },
  io: CliIo,
): Promise<number> {
  const at = await openSettings(io);
  const rows = ALL_SETTINGS.map((row) => look({ kind: "setting", row }, at, io));
  const keys = PROVIDER_VARIABLES.map((variable) => look({ kind: "variable", variable }, at, io));
  const all = [...rows, ...keys.filter(({ value }) => value !== undefined)];
  sayProblems(at, io);
  if (options.json) {
    io.out(JSON.stringify({ settings: all.map((each) => toJson(each, false)) }, undefined, 2));
    return EXIT.ok;
  }
  const { bold, dim } = picocolors.createColors(io.outTerminal.color);
  for (const each of all) {
    const { key, value, source } = each;
    if (value === undefined) io.out(dim(`${key} is not set`));
    else if (source === "default") io.out(`${key} = ${value.text}`);
    else io.out(`${bold(key)} = ${value.text}  ${dim(`(${placeWords(each)})`)}`);
  }
  return EXIT.ok;
}

/** `hermes config get KEY`: the value alone. Exit code 1 when it is unset. */
export async function getSetting(
  name: string,
  options: { readonly json: boolean; readonly reveal: boolean },
  io: CliIo,
): Promise<number> {
  const named = nameSetting(name);
  if (named.kind === "unknown") {
    io.err(named.message);
    return EXIT.usage;
  }
  const at = await openSettings(io);
  const found = look(named, at, io);
  const { key, value } = found;
  sayProblems(at, io);
  if (options.json) {
    io.out(JSON.stringify(toJson(found, options.reveal), undefined, 2));
    return value === undefined ? EXIT.failure : EXIT.ok;
  }
  if (value === undefined) {
    io.err(`${key} is not set.`);
    return EXIT.failure;
  }
  if (value.text !== value.wholeText && !options.reveal) {
    io.err(`${key} is set and holds a secret: add --reveal to print it.`);
    return EXIT.failure;
  }
  io.out(value.wholeText);
  return EXIT.ok;
}

function look(
  named: Exclude<NamedSetting, { kind: "unknown" }>,
  { loaded }: SettingsAtHand,
  { environment }: CliIo,
): CountingSetting {
  if (named.kind === "setting") {
    const { row } = named;
    const found = loaded.findWritten(row.key);
    const value = showValue(row, found);
    const source = value === undefined ? undefined : found?.source ?? "default";
    const variable = source === "environment" ? found?.name : undefined;
    return { key: row.key, value, source, variable, line: found?.raw.line };
  }
  const { name } = named.variable;
  const value = showVariable(named.variable, loaded);
  const isExported = (environment[name] ?? "").trim() !== "";
  const source = value === undefined ? undefined : isExported ? "environment" : ".env";
  return { key: name, value, source, variable: isExported ? name : undefined, line: undefined };
}

function toJson({ key, value, source, variable, line }: CountingSetting, reveals: boolean) {
  return {
    key,
    value: (reveals ? value?.wholeText : value?.text) ?? null,
    source: source ?? null,
    variable: variable ?? null,
    line: line ?? null,
  };
}

/** `.env, line 3`, or `the environment, HERMES_MODEL`. */
function placeWords({ source, variable, line }: CountingSetting): string {
  if (source === "environment") return `the environment, ${variable}`;
  return line === undefined ? `${source}` : `${source}, line ${line}`;
}

/** What is wrong is not repeated here, but whoever trusts these values should know of it. */
function sayProblems({ loaded }: SettingsAtHand, io: CliIo): void {
  if (loaded.problems.length === 0) return;
  io.err("Warning: there are problems with these settings: hermes config check names them.");
}
