import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BINARY_PATH } from "./binary.ts";
import type { ChatWorld } from "./chat_world.ts";
import type { ModelServer } from "./model_server.ts";

export interface LogLine {
  readonly event: string;
  readonly level: string;
  readonly [field: string]: unknown;
}

export interface GatewaySetup {
  /** More lines for `.env`, and in place of what is there by default. */
  readonly env?: Readonly<Record<string, string>>;
  /** More lines for `config.yaml`. */
  readonly yaml?: string;
  /** Leave the model out. */
  readonly noModel?: boolean;
  /** A home that another process used before. */
  readonly home?: string;
}

const WAIT_MS_MAX = 15_000;

/** The binary running `hermes gateway` on a home of its own. */
export class GatewayProcess {
  readonly home: string;
  readonly lines: LogLine[] = [];
  /** Whatever it printed that is no log line. */
  readonly printed: string[] = [];
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();

  /** A home that lets alice and bob talk to the bot, and a process in it. */
  static async start(
    world: ChatWorld,
    model: ModelServer,
    setup: GatewaySetup = {},
  ): Promise<GatewayProcess> {
    const home = setup.home ?? await mkdtemp(join(tmpdir(), "hermes-home-"));
    const settings: Record<string, string> = {
      MATTERMOST_URL: world.url,
      MATTERMOST_TOKEN: world.bot.token,
      MATTERMOST_ALLOWED_USERS: `${world.alice.id},${world.bob.id}`,
      ...setup.env,
    };
    const env = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`).join("");
    await mkdir(home, { recursive: true });
    await writeFile(join(home, ".env"), env, { mode: 0o600 });
    const yaml = setup.noModel === true
      ? ""
      : `model:\n  provider: custom\n  base_url: ${model.url}\n  default: test-model\n`;
    await writeFile(join(home, "config.yaml"), `${yaml}${setup.yaml ?? ""}`);
    return new GatewayProcess(home);
  }

  /** Starts and waits until the socket is up. */
  static async connected(
    world: ChatWorld,
    model: ModelServer,
    setup: GatewaySetup = {},
  ): Promise<GatewayProcess> {
    const gateway = await GatewayProcess.start(world, model, setup);
    await gateway.logged("gateway.connected");
    return gateway;
  }

  private constructor(home: string) {
    this.home = home;
    this.#child = spawn(BINARY_PATH, ["gateway", "--verbose"], {
      env: { PATH: process.env.PATH, HERMES_HOME: home, TZ: "UTC" },
      stdio: ["ignore", "pipe", "pipe"],
      cwd: home,
    });
    this.exited = new Promise((resolve) => this.#child.once("exit", (code) => resolve(code)));
    let rest = "";
    const take = (chunk: Buffer) => {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) this.#take(line);
    };
    this.#child.stderr?.on("data", take);
    this.#child.stdout?.on("data", (chunk) => this.printed.push(String(chunk)));
    this.exited.then(() => this.#notify());
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves with the first line of this event that fits, now or later. */
  logged(event: string, fits: (line: LogLine) => boolean = () => true): Promise<LogLine> {
    return this.until(
      () => this.lines.find((line) => line.event === event && fits(line)),
      `the log line "${event}"`,
    );
  }

  /** Resolves when so many lines of this event were logged. */
  async loggedTimes(event: string, count: number): Promise<void> {
    const enough = () => this.lines.filter((line) => line.event === event).length >= count;
    await this.until(() => enough() || undefined, `${count} log lines "${event}"`);
  }

  until<T>(read: () => T | undefined, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const value = read();
        if (value === undefined) return;
        clearTimeout(limit);
        this.#watchers.delete(look);
        resolve(value);
      };
      const limit = setTimeout(() => {
        this.#watchers.delete(look);
        const last = [...this.lines.slice(-8).map((line) => JSON.stringify(line)), ...this.printed];
        reject(new Error(`waited in vain for ${what}; last printed:\n${last.join("\n")}`));
      }, WAIT_MS_MAX);
      this.#watchers.add(look);
      look();
    });
  }

  signal(name: "SIGTERM" | "SIGINT" | "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(name);
  }

  /** Ends the process; its home stays. */
  async stop(name: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<number | null> {
    this.signal(name);
    return await this.exited;
  }

  /** Ends the process and removes its home. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
    await rm(this.home, { recursive: true, force: true });
  }

  #take(text: string): void {
    const line = parseLine(text);
    if (line === undefined) this.printed.push(text);
    else this.lines.push(line);
    this.#notify();
  }

  #notify(): void {
    for (const look of [...this.#watchers]) look();
  }
}

function parseLine(text: string): LogLine | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value?.event === "string" ? value : undefined;
  } catch {
    return undefined; // Not a log line: the caller keeps it as it is.
  }
}
