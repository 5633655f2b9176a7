import { stat } from "node:fs/promises";
import { readTextFile, writeFileAtomic } from "../runtime/atomic_file.ts";
import { HermesError } from "../errors.ts";
import { type EnvChanges, upsertEnv } from "./env_file.ts";
import type { HomePaths } from "./paths.ts";
import { readSettingsFile } from "./settings_file.ts";
import { editYaml, type YamlChanges } from "./yaml_edit.ts";

/** What is to be changed in the two files of a home. */
export interface SettingsChanges {
  /** By the name of the variable. */
  readonly env: EnvChanges;
  /** By the key of the setting. */
  readonly yaml: YamlChanges;
}

/** A file of settings cannot be read, so nothing is written to it. */
export class SettingsFileError extends HermesError {
  override readonly name = "SettingsFileError";
  override readonly code = "config.unreadable_file";

  constructor(message: string) {
    super(message, { hint: "Mend the file first: nothing was changed." });
  }
}

const OWNER_ONLY = 0o600;

/**
 * Writes changes into `.env` and config.yaml, each as a whole or not at all. Both new texts are made
 * before the first is written, so a value that cannot be written leaves both files as they are; a
 * file that would not change is not touched. `.env` is for its owner alone afterwards.
 *
 * @throws EnvWriteError, YamlEditError, SettingsFileError or a `FileError`
 */
export async function writeSettings(paths: HomePaths, changes: SettingsChanges): Promise<void> {
  const env = await readSettingsText(paths.envFile);
  const yaml = await readSettingsText(paths.configFile);
  const nextEnv = upsertEnv(env, changes.env);
  const nextYaml = await editYaml(yaml, changes.yaml);
  if (nextEnv !== env) await replaceSettingsFile(paths.envFile, nextEnv, paths);
  if (nextYaml !== yaml) await replaceSettingsFile(paths.configFile, nextYaml, paths);
}

/** Puts a whole text in place: `.env` for its owner alone, config.yaml with the mode that it has. */
export async function replaceSettingsFile(
  file: string,
  text: string,
  { configFile }: HomePaths,
): Promise<void> {
  const mode = file === configFile ? await modeOf(file) : OWNER_ONLY;
  await writeFileAtomic(file, text, { mode });
}

/**
 * The text with its byte order mark, if it has one; `""` when there is no file.
 *
 * @throws SettingsFileError for a file that is no text.
 */
export async function readSettingsText(file: string): Promise<string> {
  const checked = await readSettingsFile(file);
  if (checked.kind === "refused") throw new SettingsFileError(checked.problem.message);
  return await readTextFile(file) ?? "";
}

async function modeOf(file: string): Promise<number> {
  return await stat(file).then((facts) => facts.mode & 0o777, () => OWNER_ONLY);
}
