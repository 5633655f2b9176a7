import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import process from "node:process";
import type { Finding } from "../../config/finding.ts";
import { loadConfig } from "../../config/load_config.ts";
import { type HomePaths, homePaths, resolveHome } from "../../config/paths.ts";
import { readSettingsText, replaceSettingsFile } from "../../config/write_settings.ts";
import { readTextFile } from "../../runtime/atomic_file.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { sentence } from "../render_error.ts";
import { askYesNo } from "./ask_person.ts";
import { openEditor } from "./open_editor.ts";

/** `hermes config edit`: the file is replaced when its editor is closed and it is valid. */
export async function editSettings(isEnv: boolean, io: CliIo): Promise<number> {
  if (process.stdin.isTTY !== true || !io.errTerminal.isTty) {
    io.err("There is no terminal to edit in: use hermes config set KEY VALUE.");
    return EXIT.usage;
  }
  const paths = homePaths(resolveHome(io.environment));
  const file = isEnv ? paths.envFile : paths.configFile;
  const before = {
    env: await readSettingsText(paths.envFile),
    yaml: await readSettingsText(paths.configFile),
  };
  await mkdir(paths.home, { recursive: true, mode: 0o700 });
  const trial = homePaths(await mkdtemp(join(paths.home, ".edit-"))); // For its owner alone.
  try {
    // What is valid can depend on the other file.
    await writeFile(trial.envFile, before.env, { mode: 0o600 });
    await writeFile(trial.configFile, before.yaml, { mode: 0o600 });
    const after = await editUntilValid(isEnv ? trial.envFile : trial.configFile, trial, io);
    return await putInPlace(file, isEnv ? before.env : before.yaml, after, paths, io);
  } finally {
    await rm(trial.home, { recursive: true, force: true });
  }
}

async function putInPlace(
  file: string,
  before: string,
  after: string | undefined,
  paths: HomePaths,
  io: CliIo,
): Promise<number> {
  const isWanted = after !== undefined && after !== before && await isStillFree(file, before);
  if (isWanted) await replaceSettingsFile(file, after, paths);
  io.out(
    isWanted ? `${file} is written, and counts from the next start on.` : `${file} is as it was.`,
  );
  return isWanted || after === before ? EXIT.ok : EXIT.failure;
}

/** The text that came out, or `undefined` when the person gives up or the editor fails. */
async function editUntilValid(
  copy: string,
  { home }: HomePaths,
  io: CliIo,
): Promise<string | undefined> {
  for (;;) {
    if (!await openEditor(copy, io)) return undefined;
    const { problems, warnings } = await loadConfig({
      home,
      environment: io.environment,
      flags: {},
    });
    // Problems elsewhere are no reason to refuse this file.
    const say = (sign: string, findings: readonly Finding[]) =>
      findings.filter((finding) => finding.file === copy).map(({ message }) =>
        io.err(`${sign} ${sentence(message.replaceAll(join(home, "/"), ""))}`)
      ).length;
    const problemCount = say("✗", problems);
    say("!", warnings);
    if (problemCount === 0) return await readTextFile(copy);
    if (!await askYesNo("Edit it again? No keeps the file as it was.", true)) return undefined;
  }
}

/** Whether nobody else has written the file meanwhile, or it may be overwritten. */
async function isStillFree(file: string, before: string): Promise<boolean> {
  if (await readSettingsText(file) === before) return true;
  return await askYesNo(`${basename(file)} was changed meanwhile. Write yours over it?`, false);
}
