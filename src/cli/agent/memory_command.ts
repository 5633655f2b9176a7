import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { homePaths, resolveHome } from "../../config/paths.ts";
import { writeSettings } from "../../config/write_settings.ts";
import { countChars } from "../../memory/entries.ts";
import type { MemoryTarget } from "../../memory/memory_store.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { loadUsableConfig } from "../load_usable_config.ts";
import { openOfflineAgent } from "./offline_agent.ts";

/** `hermes memory`: everything that is remembered, with how full each file is. */
export async function showMemory(io: CliIo): Promise<number> {
  const agent = await openOfflineAgent(io);
  if (agent === undefined) return EXIT.failure;
  const { memory, paths, config } = agent;
  const people = (await readdir(join(paths.memoriesFolder, "users")).catch(() => []))
    .filter((name) => name.endsWith(".md")).map((name) => name.slice(0, -".md".length)).toSorted();
  const targets: (readonly [title: string, target: MemoryTarget])[] = [
    ["Notes", { kind: "notes" }],
    ["About whoever has no profile of their own", { kind: "profile", personId: undefined }],
    ...people.map((personId) => [`About ${personId}`, { kind: "profile", personId }] as const),
  ];
  for (const [title, target] of targets) {
    const entries = await memory.read(target);
    io.out(`${title}: ${countChars(entries)} of ${memory.charsMax(target)} characters`);
    for (const entry of entries) io.out(`  - ${entry.replaceAll("\n", "\n    ")}`);
  }
  const { notesEnabled, profilesEnabled } = config.memory;
  if (!notesEnabled && !profilesEnabled) io.out("It is switched off: hermes memory on");
  return EXIT.ok;
}

/** `hermes memory path` */
export function printMemoryPath(io: CliIo): number {
  io.out(homePaths(resolveHome(io.environment)).memoriesFolder);
  return EXIT.ok;
}

/** `hermes memory on|off` */
export async function switchMemory(isOn: boolean, io: CliIo): Promise<number> {
  const loaded = await loadUsableConfig(io);
  if (loaded === undefined) return EXIT.failure;
  const yaml = { "memory.memory_enabled": isOn, "memory.user_profile_enabled": isOn };
  await writeSettings(loaded.paths, { env: {}, yaml });
  io.out(
    isOn
      ? "Hermes remembers from its next start on."
      : "Hermes remembers nothing after its next start. The files stay.",
  );
  return EXIT.ok;
}
