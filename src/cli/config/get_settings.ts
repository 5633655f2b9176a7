import picocolors from "picocolors";
import type { Setting } from "../../config/setting.ts";
import { ALL_SETTINGS } from "../../config/settings.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import {
  nameSetting,
  openSettings,
  type SettingsAtHand,
  sourceWords,
  textOf,
} from "./settings_at_hand.ts";

/** One setting as it counts now. */
interface ShownSetting {
  readonly key: string;
  /** As one would write it; secrets as `***`; `null` when it is unset. */
  readonly value: string | null;
  readonly source: string;
  readonly description: string;
}

/** `hermes config get`: every setting. */
export async function listSettings(
  options: { readonly json: boolean },
  io: CliIo,
): Promise<number> {
  const at = await openSettings(io);
  const shown = ALL_SETTINGS.map((row) => show(row, at));
  if (options.json) {
    io.out(JSON.stringify({ settings: shown }, undefined, 2));
    return EXIT.ok;
  }
  const colors = picocolors.createColors(io.outTerminal.color);
  for (const { key, value, source } of shown) {
    if (value === null) io.out(colors.dim(`${key} is not set`));
    else if (source === "default") io.out(`${key} = ${value}`);
    else io.out(`${colors.bold(key)} = ${value}  ${colors.dim(`(${source})`)}`);
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
  const isSecret = named.kind === "provider_key" || named.row.isSecret === true;
  const value = named.kind === "provider_key"
    ? at.loaded.config?.environment.get(named.name)
    : valueOf(named.row, at);
  if (options.json) {
    const source = named.kind === "setting" ? show(named.row, at).source : ".env or environment";
    const hides = isSecret && !options.reveal && value !== undefined;
    const key = named.kind === "setting" ? named.row.key : named.name;
    io.out(JSON.stringify({ key, value: hides ? "***" : value ?? null, source }, undefined, 2));
    return value === undefined ? EXIT.failure : EXIT.ok;
  }
  if (value === undefined) {
    io.err(`${name} is not set.`);
    return EXIT.failure;
  }
  if (isSecret && !options.reveal) {
    io.err(`${name} is set. It is a secret: add --reveal to print it.`);
    return EXIT.failure;
  }
  io.out(value);
  return EXIT.ok;
}

function show(row: Setting<unknown>, at: SettingsAtHand): ShownSetting {
  const value = valueOf(row, at);
  const found = at.loaded.findWritten(row.key);
  const source = value === undefined
    ? "unset"
    : sourceWords(at.loaded.sources.get(row.key) ?? "default", found);
  const hidden = row.isSecret === true && value !== undefined;
  return { key: row.key, value: hidden ? "***" : value ?? null, source, description: row.doc };
}

function valueOf(row: Setting<unknown>, { loaded }: SettingsAtHand): string | undefined {
  const found = loaded.findWritten(row.key);
  return (found === undefined ? row.initial : textOf(found.raw)) || undefined;
}
