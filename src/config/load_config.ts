import { HermesError } from "../errors.ts";
import { type EnvFile, parseEnv } from "./env_file.ts";
import { type Finding, findingAbout, findingInFile, type Place } from "./finding.ts";
import { findValue, type FoundValue, type SettingSource } from "./find_value.ts";
import { nearest } from "./nearest.ts";
import type { Remark } from "./parsers.ts";
import { homePaths } from "./paths.ts";
import { type RawMap, rawText } from "./raw_value.ts";
import type { Setting } from "./setting.ts";
import { ALL_SETTINGS, SETTINGS, type SettingValues } from "./settings.ts";
import { readSettingsFile } from "./settings_file.ts";
import {
  unknownInEnvironment,
  type UnknownKey,
  unknownKeys,
  unknownVariables,
} from "./unknown_keys.ts";
import { parseYaml } from "./yaml_file.ts";

/** All settings of one run, read once at the start and then frozen. Printing it shows no secret. */
export interface Config extends SettingValues {
  readonly environment: Environment;
}

/** The environment, and below it what `.env` says; for keys of providers and of tools. */
export interface Environment {
  /** The value, or `undefined` where it is missing or empty. */
  get(name: string): string | undefined;
}

export interface LoadedConfig {
  /** `undefined` when there are problems. */
  readonly config: Config | undefined;
  /** The same with the default in place of what was refused: to look further, not to run on. */
  readonly draft: Config;
  /** What stands in the way of starting: all of it, in the order of the files and of the table. */
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** Where each setting came from, by its key, e.g. `mattermost.url`. */
  readonly sources: ReadonlyMap<string, SettingSource>;
  /** What was written for a setting, secrets included, and where; printing it shows none of it. */
  readonly findWritten: (key: string) => FoundValue | undefined;
  /** That of `config`, also when there are problems. */
  readonly environment: Environment;
}

export interface ConfigInput {
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Values from the command line by the key of the setting, e.g. `model.default`. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  /** Keys of settings of which only the command line counts: others are about to be replaced. */
  readonly ignored?: ReadonlySet<string>;
}

/** Most problems, and most warnings, that are told at once; a home of the original has some 60. */
export const FINDINGS_MAX = 200;

const KEYS = ALL_SETTINGS.map((row) => row.key);

/** A setting that the command line names does not exist. */
export class UnknownSettingError extends HermesError {
  override readonly name = "UnknownSettingError";
  override readonly code = "config.unknown_setting";

  constructor(key: string) {
    const meant = nearest(key, KEYS);
    super(`No setting is called "${key}"`, {
      hint: meant === undefined ? "See docs/config.example.yaml." : `Did you mean ${meant}?`,
    });
  }
}

/**
 * Reads `.env` and config.yaml and makes one `Config` of them: a flag beats the environment, that
 * beats `.env`, that beats config.yaml, that beats the default. Empty values count as unset.
 *
 * @throws UnknownSettingError for a flag that is no setting.
 */
export async function loadConfig(input: ConfigInput): Promise<LoadedConfig> {
  const unknownFlag = Object.keys(input.flags).find((key) => !KEYS.includes(key));
  if (unknownFlag !== undefined) throw new UnknownSettingError(unknownFlag);
  const paths = homePaths(input.home);
  const problems: Finding[] = [];
  const warnings: Finding[] = [];
  const env = await loadEnvFile(paths.envFile, problems, warnings);
  const environment = layeredEnvironment(input.environment, env);
  const yaml = await loadYamlFile(paths.configFile, environment, problems, warnings);
  const unknown = unknownInEnvironment(Object.keys(input.environment));
  warnings.push(...aboutUnknown(unknown, () => ({ kind: "environment" })));

  const origins = { ...input, ...paths, env, yaml };
  const onlyFlags = { ...origins, environment: {}, env: [], yaml: undefined };
  const sources = new Map<string, SettingSource>();
  const written = new Map<string, FoundValue>();
  const values = mapSettings((row) => {
    const found = findValue(row, input.ignored?.has(row.key) === true ? onlyFlags : origins);
    sources.set(row.key, found?.source ?? "default");
    if (found !== undefined) written.set(row.key, found);
    return valueOf(row, found, problems, warnings);
  });
  const draft = deepFreeze({ ...values, environment });
  return {
    config: problems.length > 0 ? undefined : draft,
    draft,
    problems: bounded(problems),
    warnings: bounded(warnings),
    sources,
    findWritten: (key) => written.get(key),
    environment,
  };
}

async function loadEnvFile(
  file: string,
  problems: Finding[],
  warnings: Finding[],
): Promise<EnvFile["entries"]> {
  const read = await readSettingsFile(file);
  if (read.kind === "refused") problems.push(read.problem);
  if (read.kind !== "read") return [];
  const env = parseEnv(read.text);
  const about = (remark: { line: number; predicate: string }) =>
    findingInFile(file, remark.line, remark.predicate);
  problems.push(...env.problems.slice(0, FINDINGS_MAX).map(about));
  warnings.push(...env.warnings.slice(0, FINDINGS_MAX).map(about));
  warnings.push(...aboutUnknown(unknownVariables(env.entries), fileAt(file)));
  return env.entries;
}

async function loadYamlFile(
  file: string,
  environment: Environment,
  problems: Finding[],
  warnings: Finding[],
): Promise<RawMap | undefined> {
  const read = await readSettingsFile(file);
  if (read.kind === "refused") problems.push(read.problem);
  if (read.kind !== "read") return undefined;
  const yaml = await parseYaml(read.text, environment.get);
  const about = (remark: { line: number | undefined; predicate: string }) =>
    findingInFile(file, remark.line, remark.predicate);
  if (yaml.kind === "refused") {
    problems.push(...yaml.problems.map(about));
    return undefined;
  }
  warnings.push(...yaml.warnings.slice(0, FINDINGS_MAX).map(about));
  warnings.push(...aboutUnknown(unknownKeys(yaml.root), fileAt(file)));
  return yaml.root;
}

function aboutUnknown(
  unknown: Iterator<UnknownKey>,
  placeOf: (found: UnknownKey) => Place,
): Finding[] {
  return Iterator.from(unknown).take(FINDINGS_MAX + 1)
    .map((found) => findingAbout(found.key, placeOf(found), found.predicate)).toArray();
}

function fileAt(file: string): (found: { readonly line: number | undefined }) => Place {
  return ({ line }) => ({ kind: "file", file, line });
}

function layeredEnvironment(
  process: ConfigInput["environment"],
  env: EnvFile["entries"],
): Environment {
  const inFile = new Map(env.map(({ name, value }) => [name, value]));
  return {
    get(name) {
      const own = Object.hasOwn(process, name) ? process[name] : undefined;
      return own?.trim() || inFile.get(name)?.trim() || undefined;
    },
  };
}

function valueOf(
  row: Setting<unknown>,
  found: FoundValue | undefined,
  problems: Finding[],
  warnings: Finding[],
): unknown {
  if (found === undefined) return initialValue(row);
  const parsed = row.parse(found.raw);
  const about = (remark: Remark) =>
    findingAbout(
      found.name + (remark.below ?? ""),
      found.placeAt(remark.line ?? found.raw.line),
      remark.predicate,
    );
  if (parsed.kind === "refused") {
    problems.push(...parsed.problems.slice(0, FINDINGS_MAX + 1).map(about));
    return initialValue(row);
  }
  warnings.push(...[...parsed.warnings, ...secretOutsideEnv(row, found)].map(about));
  return parsed.value;
}

function initialValue(row: Setting<unknown>): unknown {
  if (row.initial === undefined) return undefined;
  const parsed = row.parse(rawText(row.initial));
  if (parsed.kind === "refused") throw new Error(`The default of ${row.key} is not valid`);
  return parsed.value;
}

function secretOutsideEnv(row: Setting<unknown>, { source, raw }: FoundValue): Remark[] {
  if (row.isSecret === undefined || source !== "config.yaml") return [];
  if (raw.kind === "text" && raw.fromVariable) return [];
  const variable = row.env?.[0];
  const remedy = variable === undefined
    ? "move it to .env under a name of your own and write ${NAME} here"
    : `move it to .env as ${variable}`;
  return [{ predicate: `is a secret outside of .env: ${remedy}` }];
}

/** The values of all rows in the shape of the table. */
function mapSettings(read: (row: Setting<unknown>) => unknown): SettingValues {
  const values = Object.entries(SETTINGS).map(([section, rows]) => [
    section,
    Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, read(row)])),
  ]);
  return Object.fromEntries(values) as SettingValues; // Each value is of its own row's parser.
}

function bounded(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= FINDINGS_MAX) return findings;
  const message = "There is more to say about these settings once this is mended";
  const more = { message, file: undefined, key: undefined, line: undefined };
  return [...findings.slice(0, FINDINGS_MAX), more];
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
