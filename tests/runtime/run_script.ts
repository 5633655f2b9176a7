import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** A child process that ends with its scope, if it has not before. */
export interface RunningScript extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Resolves when it has written `text` to the standard output. */
  saw(text: string): Promise<void>;
  /** Resolves when it has ended. */
  readonly exited: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** Runs TypeScript in a child process of the runtime that runs the test. */
export async function runScript(
  dir: string,
  source: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningScript> {
  const path = join(dir, `script_${crypto.randomUUID()}.ts`);
  await writeFile(path, source);
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const runtime = "Deno" in globalThis ? ["run", "-A", "--config", config] : [];
  const child = spawn(process.execPath, [...runtime, path], {
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data) => stdout += data);
  child.stderr.on("data", (data) => stderr += data);
  const closed = once(child, "close");
  return {
    child,
    saw: async (text) => {
      while (!stdout.includes(text)) {
        if (child.exitCode !== null) throw new Error(`ended before "${text}": ${stdout}${stderr}`);
        await Promise.race([once(child.stdout, "data"), closed]);
      }
    },
    exited: closed.then(([code]) => ({ code, stdout, stderr })),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await closed;
    },
  };
}

/** The specifier by which a script imports one of our modules. */
export function moduleUrl(name: string): string {
  return JSON.stringify(new URL(`../../src/runtime/${name}`, import.meta.url).href);
}
