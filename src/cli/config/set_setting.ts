import process from "node:process";
import { text as readAll } from "node:stream/consumers";
import { homePaths, resolveHome } from "../../config/paths.ts";
import { expandVariables, rawText } from "../../config/raw_value.ts";
import { writeSettings } from "../../config/write_settings.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { sentence } from "../render_error.ts";
import { findTarget, type SettingTarget } from "./setting_target.ts";
import { nameSetting, openSettings } from "./settings_at_hand.ts";

export interface SetInput {
  readonly key: string;
  /** `-` is the standard input; `undefined` asks for it, if it is a secret. */
  readonly value: string | undefined;
  /** Write to `.env` in any case, also a variable that is no setting. */
  readonly env: boolean;
}

/** `hermes config set KEY VALUE`: checks the value, then writes it where it belongs. */
export async function setSetting(input: SetInput, io: CliIo): Promise<number> {
  const { key, env } = input;
  const found = findTarget(key, env, io);
  if (found.kind === "refused") return refuse(found.message, io);
  const { target } = found;
  const value = await readValue(input, target, io);
  if (value === undefined) return refuse(`Give a value: hermes config set ${key} VALUE`, io);
  if (value === "") return refuse(`The value is empty: hermes config unset ${key}`, io);
  const changes = await target.set(value);
  const isForYaml = Object.keys(changes.yaml).length > 0;
  if (!await isAccepted(value, isForYaml, target, io)) return EXIT.usage;
  await writeSettings(homePaths(resolveHome(io.environment)), changes);
  const file = isForYaml ? "config.yaml" : ".env";
  io.out(`${target.name} is set in ${file}, and counts from the next start on.`);
  sayOverride(target, io);
  return EXIT.ok;
}

/** `hermes config unset KEY`: takes it out wherever it stands. */
export async function unsetSetting(key: string, io: CliIo): Promise<number> {
  const isOwnVariable = nameSetting(key).kind === "unknown" && key === key.toUpperCase();
  const found = findTarget(key, isOwnVariable, io);
  if (found.kind === "refused") return refuse(found.message, io);
  const { target } = found;
  await writeSettings(homePaths(resolveHome(io.environment)), target.unset);
  io.out(`${target.name} is set in neither file.`);
  sayOverride(target, io);
  return EXIT.ok;
}

/** Says what is wrong with a value, as it will be read from its file. */
async function isAccepted(
  value: string,
  isForYaml: boolean,
  { name, parse }: SettingTarget,
  io: CliIo,
): Promise<boolean> {
  if (parse === undefined) return true;
  const { loaded } = await openSettings(io);
  const asRead = isForYaml
    ? expandVariables(rawText(value), loaded.environment.get)
    : { expanded: rawText(value), missing: [] };
  const parsed = parse(asRead.expanded);
  if (parsed.kind === "refused") {
    for (const { predicate } of parsed.problems) io.err(sentence(`${name} ${predicate}`));
    return false;
  }
  const missing = asRead.missing.map((each) => ({ predicate: `names ${each}, which is not set` }));
  for (const { predicate } of [...missing, ...parsed.warnings]) {
    io.err(`Warning: ${sentence(`${name} ${predicate}`)}`);
  }
  return true;
}

/** What is exported in the shell counts before both files. */
function sayOverride({ variables }: SettingTarget, { environment, err }: CliIo): void {
  const name = variables.find((each) => (environment[each] ?? "").trim() !== "");
  if (name === undefined) return;
  err(`Warning: ${name} is set in the environment, and that counts: unset it there.`);
}

/** A secret on the command line would stay in the history of the shell, so it may also be asked for. */
async function readValue(
  { key, value }: SetInput,
  { isSecret }: SettingTarget,
  io: CliIo,
): Promise<string | undefined> {
  if (value !== undefined && value !== "-") return value.trim();
  const isAtTerminal = process.stdin.isTTY === true && io.errTerminal.isTty;
  if (isAtTerminal && (isSecret || value === "-")) {
    const { askHidden } = await import("./ask_person.ts");
    return await askHidden(`Value of ${key}`);
  }
  return value === "-" ? (await readAll(process.stdin)).trim() : undefined;
}

function refuse(message: string, io: CliIo): number {
  io.err(sentence(message));
  return EXIT.usage;
}
