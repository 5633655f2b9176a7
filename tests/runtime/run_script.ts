import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

export interface RunningScript {
  readonly child: ChildProcess;
  /** What it wrote to the standard output, when it has ended. */
  readonly exited: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** Runs TypeScript in a child process of the runtime that runs the test. */
export async function runScript(
  dir: string,
  source: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningScript> {
  const path = join(dir, `script_${Math.random().toString(36).slice(2)}.ts`);
  await writeFile(path, source);
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const runtime = "Deno" in globalThis ? ["run", "-A", "--config", config] : [];
  const child = spawn(process.execPath, [...runtime, path], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const outputs = Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]);
  const exited = outputs.then(([[code], stdout, stderr]) => ({ code, stdout, stderr }));
  return { child, exited };
}

/** The specifier by which a script imports one of our modules. */
export function moduleUrl(name: string): string {
  return JSON.stringify(new URL(`../../src/runtime/${name}`, import.meta.url).href);
}
