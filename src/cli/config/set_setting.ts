import process from "node:process";
import { text as readAll } from "node:stream/consumers";
import { rawText } from "../../config/raw_value.ts";
import type { Setting } from "../../config/setting.ts";
import { changesToSet, changesToUnset } from "../../config/setting_changes.ts";
import { placeOfSetting } from "../../config/setting_place.ts";
import { type SettingsChanges, writeSettings } from "../../config/write_settings.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { sentence } from "../render_error.ts";
import { nameSetting, openSettings } from "./settings_at_hand.ts";

export interface SetInput {
  readonly key: string;
  /** `-` is the standard input; `undefined` asks for it. */
  readonly value: string | undefined;
  /** Take any variable. */
  readonly env: boolean;
}

/** Names that a variable of the environment may have. */
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Most characters of a value from standard input. */
const VALUE_CHARS_MAX = 65_536;

/** `hermes config set KEY VALUE`: checks the value, then writes it where it belongs. */
export async function setSetting(input: SetInput, io: CliIo): Promise<number> {
  const named = nameSetting(input.key);
  const isPlainVariable = named.kind === "unknown" && input.env && VARIABLE.test(input.key);
  if (named.kind === "unknown" && !isPlainVariable) return refuse(named.message, io);
  const value = await readValue(input, io);
  if (value === undefined) {
    return refuse(`Give a value: hermes config set ${input.key} VALUE`, io);
  }
  if (value === "") return refuse(`The value is empty: hermes config unset ${input.key}`, io);
  if (named.kind !== "setting") {
    const name = named.kind === "provider_key" ? named.name : input.key;
    return await write({ env: { [name]: value }, yaml: {} }, `${name} is set in .env.`, io);
  }
  return await setRow(named.row, value, io);
}

async function setRow(row: Setting<unknown>, value: string, io: CliIo): Promise<number> {
  const raw = rawText(value);
  const parsed = row.parse(raw);
  if (parsed.kind === "refused") {
    for (const { predicate } of parsed.problems) io.err(sentence(`${row.key} ${predicate}`));
    return EXIT.usage;
  }
  for (const { predicate } of parsed.warnings) {
    io.err(`Warning: ${sentence(`${row.key} ${predicate}`)}`);
  }
  const at = await openSettings(io);
  const changes = changesToSet(row, value, at.loaded);
  const where = placeOfSetting(row).kind === "env" ? ".env" : "config.yaml";
  const exitCode = await write(changes, `${row.key} is set in ${where}.`, io);
  sayOverride(row, io);
  return exitCode;
}

/** `hermes config unset KEY`: takes it out wherever it stands. */
export async function unsetSetting(name: string, io: CliIo): Promise<number> {
  const named = nameSetting(name);
  if (named.kind === "unknown") {
    if (!VARIABLE.test(name) || name !== name.toUpperCase()) return refuse(named.message, io);
    return await write({ env: { [name]: undefined }, yaml: {} }, `${name} is not in .env.`, io);
  }
  if (named.kind === "provider_key") {
    const { name } = named;
    return await write({ env: { [name]: undefined }, yaml: {} }, `${name} is not in .env.`, io);
  }
  const { row } = named;
  const changes = changesToUnset(row);
  const exitCode = await write(changes, `${row.key} is not set in the files.`, io);
  sayOverride(row, io);
  return exitCode;
}

/** What is exported in the shell counts before both files. */
function sayOverride(row: Setting<unknown>, { environment, err }: CliIo): void {
  const name = row.env?.find((each) => (environment[each] ?? "").trim() !== "");
  if (name === undefined) return;
  err(`Warning: ${name} is set in the environment, and that counts: unset it there.`);
}

async function write(changes: SettingsChanges, done: string, io: CliIo): Promise<number> {
  const { paths } = await openSettings(io);
  await writeSettings(paths, changes);
  io.out(done);
  return EXIT.ok;
}

/** A secret on the command line would stay in the history of the shell, so it may also be asked for. */
async function readValue({ key, value }: SetInput, io: CliIo): Promise<string | undefined> {
  if (value !== undefined && value !== "-") return value.trim();
  if (process.stdin.isTTY === true && io.errTerminal.isTty) {
    const { askHidden } = await import("./ask_hidden.ts");
    return await askHidden(`Value of ${key}`);
  }
  if (value === undefined) return undefined;
  return (await readAll(process.stdin)).slice(0, VALUE_CHARS_MAX).trim();
}

function refuse(message: string, io: CliIo): number {
  io.err(message);
  return EXIT.usage;
}
