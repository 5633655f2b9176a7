import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ConfigInput, loadConfig, type LoadedConfig } from "../../src/config/load_config.ts";
import { tempDir } from "../support/temp_dir.ts";

/** What a test writes into a home folder, besides what the environment and the flags say. */
export interface Written {
  readonly env?: string | Uint8Array;
  readonly yaml?: string | Uint8Array;
  readonly environment?: ConfigInput["environment"];
  readonly flags?: ConfigInput["flags"];
}

export const USER_ID = "u".repeat(26);
export const OTHER_USER_ID = "o".repeat(26);
export const CHANNEL_ID = "c".repeat(26);
export const TOKEN = "t0ken".repeat(5) + "z";

/** Loads a home folder of its own that holds what is given; `HOME` in the findings is its path. */
export async function load(written: Written): Promise<LoadedConfig> {
  await using dir = await tempDir();
  const home = join(dir.path, "home");
  await mkdir(home);
  if (written.env !== undefined) await writeFile(join(home, ".env"), written.env);
  if (written.yaml !== undefined) await writeFile(join(home, "config.yaml"), written.yaml);
  const { environment = {}, flags = {} } = written;
  const loaded = await loadConfig({ home, environment, flags });
  const withoutPath = (finding: LoadedConfig["problems"][number]) => ({
    ...finding,
    message: finding.message.replaceAll(home, "HOME"),
    file: finding.file?.replace(home, "HOME"),
  });
  return {
    ...loaded,
    problems: loaded.problems.map(withoutPath),
    warnings: loaded.warnings.map(withoutPath),
  };
}

export function messages(findings: LoadedConfig["problems"]): string[] {
  return findings.map((finding) => finding.message);
}
