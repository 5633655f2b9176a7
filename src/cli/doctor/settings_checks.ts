import type { Finding } from "../../config/finding.ts";
import type { LoadedConfig } from "../../config/load_config.ts";
import type { HomePaths } from "../../config/paths.ts";
import { requireMattermost } from "../../config/require_mattermost.ts";
import { findSetting } from "../../config/setting_place.ts";
import { type Check, failure, ok, warning } from "./check.ts";
import type { DoctorInput } from "./doctor_input.ts";

/** Whether the two files can be read, and whether what they say makes sense. */
export function checkSettings({ loaded, paths }: DoctorInput): readonly Check[] {
  const name = "settings";
  const ready = requireMattermost(loaded);
  const problems = ready.kind === "refused" ? ready.problems : [];
  if (isNothingSet(loaded)) {
    const message = `Nothing is set up yet: ${paths.envFile} names no server and no token`;
    return [failure(name, message, "Run: hermes gateway setup")];
  }
  return [
    ...problems.map((found) =>
      failure(name, found.message, remedyFor(found, paths), aboutSetting(found))
    ),
    ...loaded.warnings.map((found) => warning(name, found.message, "", aboutSetting(found))),
    ...(problems.length > 0 ? [] : [ok(name, `Read from ${paths.home}`)]),
  ];
}

/** Whether this is a home that nobody has set up. */
export function isNothingSet({ draft: { mattermost }, problems }: LoadedConfig): boolean {
  const { url, token } = mattermost;
  return url === undefined && token === undefined && problems.length === 0;
}

/** The sentence says what to write; this is where. */
function remedyFor({ file }: Finding, { envFile, configFile }: HomePaths): string {
  if (file === configFile) return "Run: hermes config edit";
  if (file === envFile) return "Run: hermes config edit --env";
  return "";
}

/** The sentence of a finding says where and what to do; scripts want the setting on its own. */
function aboutSetting({ key }: Finding): { settings?: readonly string[] } {
  const row = key === undefined ? undefined : findSetting(key);
  return row === undefined ? {} : { settings: [row.key] };
}
