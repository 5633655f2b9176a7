import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { systemClock } from "../../../src/runtime/clock.ts";
import type { Clock } from "../../../src/runtime/clock.ts";
import type { SessionKey } from "../../../src/sessions/session_store.ts";
import { ToolRegistry } from "../../../src/tools/registry.ts";
import { BackgroundJobs } from "../../../src/tools/terminal/background_jobs.ts";
import { commandEnvironment } from "../../../src/tools/terminal/command_environment.ts";
import { LocalBackend } from "../../../src/tools/terminal/local_backend.ts";
import { createProcessTool } from "../../../src/tools/terminal/process_tool.ts";
import { Shells } from "../../../src/tools/terminal/shells.ts";
import type { TerminalBackend } from "../../../src/tools/terminal/terminal_backend.ts";
import {
  type AllowCommand,
  createTerminalTool,
} from "../../../src/tools/terminal/terminal_tool.ts";
import { seededRandom } from "../../support/seeded_random.ts";
import { tempDir } from "../../support/temp_dir.ts";
import { toolContext } from "../../support/tool_context.ts";

export interface LabOptions {
  readonly allow?: AllowCommand;
  readonly redact?: (text: string) => string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly backend?: (folder: string) => TerminalBackend;
  readonly clock?: Clock;
}

/** The terminal and process tools on real shells, in a folder of their own. */
export class TerminalLab implements AsyncDisposable {
  readonly folder: string;
  readonly shells: Shells;
  readonly jobs: BackgroundJobs;
  readonly woken: { readonly sessionKey: SessionKey; readonly text: string }[] = [];
  readonly #dir: AsyncDisposable;
  readonly #registry: ToolRegistry;
  #onWake = () => {};

  static async open(options: LabOptions = {}): Promise<TerminalLab> {
    const dir = await tempDir();
    const folder = join(dir.path, "work");
    await mkdir(folder);
    const backend = options.backend?.(dir.path) ?? new LocalBackend({
      startFolder: folder,
      environment: options.environment ?? commandEnvironment(process.env, NO_RULES),
      shellsFolder: join(dir.path, "shells"),
    });
    return new TerminalLab(dir, folder, backend, options);
  }

  private constructor(
    dir: AsyncDisposable,
    folder: string,
    backend: TerminalBackend,
    options: LabOptions,
  ) {
    this.#dir = dir;
    this.folder = folder;
    const { allow = () => Promise.resolve(), redact = (text) => text, clock = systemClock } =
      options;
    const random = seededRandom(5);
    this.shells = new Shells(backend, random);
    this.jobs = new BackgroundJobs({ clock, random });
    const wake = (sessionKey: SessionKey, text: string) => {
      this.woken.push({ sessionKey, text });
      this.#onWake();
    };
    const { shells, jobs } = this;
    this.#registry = new ToolRegistry([
      createTerminalTool({ shells, jobs, wake, allow, redact, clock, timeoutMs: 180_000 }),
      createProcessTool({ jobs, workPlace: shells, allow, redact, clock, waitMs: 20_000 }),
    ]);
  }

  run(command: string, more: Record<string, unknown> = {}, options: RunOptions = {}) {
    return this.call("terminal", { command, ...more }, options);
  }

  process(action: string, more: Record<string, unknown> = {}, options: RunOptions = {}) {
    return this.call("process", { action, ...more }, options);
  }

  /** Starts a background job. Gives its id. */
  async start(command: string, more: Record<string, unknown> = {}): Promise<string> {
    const answer = await this.run(command, { background: true, ...more });
    const id = answer.match(/proc_\w+/)?.[0];
    if (id === undefined) throw new Error(`started nothing: ${answer}`);
    return id;
  }

  async call(name: string, input: Record<string, unknown>, options: RunOptions): Promise<string> {
    const resolved = this.#registry.resolve({ id: "c1", name, arguments: input });
    if (resolved.kind === "refused") throw new Error(resolved.reason);
    const { session, signal = new AbortController().signal } = options;
    const context = toolContext(session === undefined ? {} : { sessionKey: session as SessionKey });
    return await resolved.tool.run(resolved.input, context, signal);
  }

  /** Resolves when a conversation has been woken `count` times. */
  async wokenTimes(count: number): Promise<void> {
    while (this.woken.length < count) {
      await new Promise<void>((resolve) => this.#onWake = resolve);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.jobs.close();
    await this.shells.close();
    await this.#dir[Symbol.asyncDispose]();
  }
}

interface RunOptions {
  readonly session?: string;
  readonly signal?: AbortSignal;
}

const NO_RULES = { ownSecrets: new Set<string>(), secrets: [], passed: new Set<string>() };
