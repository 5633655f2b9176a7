import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline/promises";
import { loadConfig } from "../../config/load_config.ts";
import { homePaths } from "../../config/paths.ts";
import { readTextFile, writeFileAtomic } from "../../runtime/atomic_file.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { sentence } from "../render_error.ts";
import { openSettings } from "./settings_at_hand.ts";

const OWNER_ONLY = 0o600;

/**
 * `hermes config edit`: opens a copy in the person's editor, and puts it in place of the file only
 * when the settings are valid with it.
 */
export async function editSettings(isEnv: boolean, io: CliIo): Promise<number> {
  if (process.stdin.isTTY !== true || !io.outTerminal.isTty) {
    io.err("There is no terminal to edit in: use hermes config set KEY VALUE.");
    return EXIT.usage;
  }
  const { paths } = await openSettings(io);
  const file = isEnv ? paths.envFile : paths.configFile;
  const before = await readTextFile(file) ?? "";
  const folder = await mkdtemp(join(tmpdir(), "hermes-edit-"));
  try {
    const trial = homePaths(folder);
    for (
      const [from, to] of [[paths.envFile, trial.envFile], [paths.configFile, trial.configFile]]
    ) {
      await copyFile(from ?? "", to ?? "").catch(() => {}); // A home may lack either.
    }
    const copy = isEnv ? trial.envFile : trial.configFile;
    await writeFile(copy, before, { mode: OWNER_ONLY });
    if (!await editUntilValid(copy, folder, io)) {
      io.err("Nothing was changed.");
      return EXIT.failure;
    }
    const after = await readFile(copy, "utf8");
    if (after === before) {
      io.out("Nothing was changed.");
      return EXIT.ok;
    }
    await mkdir(paths.home, { recursive: true, mode: 0o700 });
    await writeFileAtomic(file, after, { mode: OWNER_ONLY });
    io.out(`${file} is written. A running gateway takes it at its next start.`);
    return EXIT.ok;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** False when the person gives up, or the editor fails. */
async function editUntilValid(copy: string, home: string, io: CliIo): Promise<boolean> {
  for (;;) {
    if (!await openEditor(copy, io)) return false;
    const { problems } = await loadConfig({ home, environment: io.environment, flags: {} });
    if (problems.length === 0) return true;
    // The person knows nothing of the folder in which the copies are.
    for (const { message } of problems) {
      io.err(`✗ ${sentence(message.replaceAll(join(home, "/"), ""))}`);
    }
    if (!await askAgain()) return false;
  }
}

async function openEditor(file: string, { environment, err }: CliIo): Promise<boolean> {
  const editors = [environment["VISUAL"], environment["EDITOR"], "nano", "vi"]
    .filter((editor) => editor !== undefined && editor.trim() !== "");
  for (const editor of editors) {
    // As git does: the variable may hold options, so a shell takes it apart.
    const child = spawn("/bin/sh", ["-c", `${editor} "$1"`, "sh", file], { stdio: "inherit" });
    const [exitCode] = await once(child, "exit");
    if (exitCode === 127) continue; // There is no such editor.
    if (exitCode !== 0) err(`The editor ended with ${exitCode ?? "a signal"}.`);
    return exitCode === 0;
  }
  err("There is no editor: set EDITOR to the one that you use.");
  return false;
}

async function askAgain(): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question("Edit it again? [Y/n] ");
    return !/^n/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
