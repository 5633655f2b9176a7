import { nearest } from "./nearest.ts";
import type { Setting } from "./setting.ts";
import { ALL_SETTINGS } from "./settings.ts";

/** Where the value of a setting is to be written. */
export type SettingPlace =
  | { readonly kind: "env"; readonly name: string }
  | { readonly kind: "yaml"; readonly key: string };

/** They stand in `.env` also though they are no secrets: with the token they say who connects where. */
const IN_ENV = [
  "mattermost.url",
  "mattermost.allowed_users",
  "mattermost.reply_mode",
  "mattermost.home_channel",
  "mattermost.home_channel_thread_id",
];

/** Secrets and the address of the bot go to `.env`, behaviour to config.yaml. */
export function placeOfSetting(row: Setting<unknown>): SettingPlace {
  const [name] = row.env ?? [];
  const isInEnv = name !== undefined && (row.isSecret === true || IN_ENV.includes(row.key));
  return isInEnv ? { kind: "env", name } : { kind: "yaml", key: row.key };
}

/** The setting that is called so, by its key, another place of it, or its variable; in any case. */
export function findSetting(name: string): Setting<unknown> | undefined {
  const lower = name.toLowerCase();
  return ALL_SETTINGS.find((row) => namesOf(row).some((known) => known.toLowerCase() === lower));
}

/** What a name that is no setting may have been meant to be. */
export function nearestSetting(name: string): string | undefined {
  return nearest(name, ALL_SETTINGS.flatMap(namesOf));
}

function namesOf(row: Setting<unknown>): readonly string[] {
  return [row.key, ...(row.otherKeys ?? []), ...(row.env ?? [])];
}
