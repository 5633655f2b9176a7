import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BINARY_PATH } from "./binary.ts";
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
  /** Its settings stay as they are. */
  readonly keepFiles?: boolean;
  /** The environment of the process, beside the files of the home. */
  readonly processEnv?: Readonly<Record<string, string>>;
  /** Another copy of the binary. */
  readonly binary?: string;
  /** Options behind `hermes gateway`. */
  readonly args?: readonly string[];
}

/** As much of a world as a home has to name. */
export interface Workplace {
  readonly url: string;
  readonly bot: { readonly token: string };
  readonly alice: { readonly id: string };
  readonly bob: { readonly id: string };
}

const WAIT_MS_MAX = 15_000;
/** One for all gateways, as they would have it, and not the one of the person who runs the tests. */
export const STATE_DIR = join(tmpdir(), "hermes-test-state");

/** The binary running `hermes gateway` on a home of its own. */
export class GatewayProcess {
  readonly home: string;
  readonly lines: LogLine[] = [];
  /** Whatever it printed that is no log line. */
  readonly printed: string[] = [];
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;
  #exit: { readonly code: number | null } | undefined;
  readonly #watchers = new Set<() => void>();

  /** A home that lets alice and bob talk to the bot, and a process in it. */
  static async start(
    world: Workplace,
    model: ModelServer,
    setup: GatewaySetup = {},
  ): Promise<GatewayProcess> {
    const home = setup.home ?? await mkdtemp(join(tmpdir(), "hermes-home-"));
    if (setup.keepFiles !== true) await writeHome(home, world, model, setup);
    return new GatewayProcess(home, setup);
  }

  /** Starts and waits until the socket is up. */
  static async connected(
    world: Workplace,
    model: ModelServer,
    setup: GatewaySetup = {},
  ): Promise<GatewayProcess> {
    const gateway = await GatewayProcess.start(world, model, setup);
    await gateway.logged("gateway.connected");
    return gateway;
  }

  private constructor(home: string, setup: GatewaySetup) {
    this.home = home;
    this.#child = spawn(
      setup.binary ?? BINARY_PATH,
      ["gateway", "--verbose", ...setup.args ?? []],
      {
        env: {
          PATH: process.env.PATH,
          HERMES_HOME: home,
          XDG_STATE_HOME: STATE_DIR,
          TZ: "UTC",
          ...setup.processEnv,
        },
        stdio: ["ignore", "pipe", "pipe"],
        cwd: home,
      },
    );
    // Not "exit": what it printed last has to be read by then.
    this.exited = new Promise((resolve) => this.#child.once("close", (code) => resolve(code)));
    let rest = "";
    const take = (chunk: string) => {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) this.#take(line);
    };
    this.#child.stderr?.setEncoding("utf8").on("data", take);
    this.#child.stdout?.on("data", (chunk) => this.printed.push(String(chunk)));
    this.exited.then((code) => {
      this.#exit = { code };
      this.#notify();
    });
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

  /** Resolves when the message of this id has been answered. */
  answered(postId: string): Promise<LogLine> {
    return this.logged("gateway.answered", (line) => line.postId === postId);
  }

  /** The exit code, once there is one; unlike `exited` it does not wait for ever. */
  async ended(): Promise<number | null> {
    return (await this.until(() => this.#exit, "the end of the process")).code;
  }

  /** Resolves when so many lines of this event were logged. */
  async loggedTimes(event: string, count: number): Promise<void> {
    const enough = () => this.lines.filter((line) => line.event === event).length >= count;
    await this.until(() => enough() || undefined, `${count} log lines "${event}"`);
  }

  until<T>(read: () => T | undefined, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const give = (settle: () => void) => {
        clearTimeout(limit);
        this.#watchers.delete(look);
        settle();
      };
      const look = () => {
        const value = read();
        if (value !== undefined) give(() => resolve(value));
        else if (this.#exit !== undefined) fail();
      };
      const fail = () => {
        const last = [...this.lines.slice(-8).map((line) => JSON.stringify(line)), ...this.printed];
        const error = new Error(`waited in vain for ${what}; last printed:\n${last.join("\n")}`);
        give(() => reject(error));
      };
      const limit = setTimeout(fail, WAIT_MS_MAX);
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

/** The two files of a home that lets alice and bob talk to the bot. */
export async function writeHome(
  home: string,
  world: Workplace,
  model: ModelServer,
  setup: GatewaySetup = {},
): Promise<void> {
  const settings: Record<string, string> = {
    MATTERMOST_URL: world.url,
    MATTERMOST_TOKEN: world.bot.token,
    MATTERMOST_ALLOWED_USERS: `${world.alice.id},${world.bob.id}`,
    ...setup.env,
  };
  const env = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`).join("");
  await mkdir(home, { recursive: true, mode: 0o700 });
  await writeFile(join(home, ".env"), env, { mode: 0o600 });
  const yaml = setup.noModel === true
    ? ""
    : `model:\n  provider: custom\n  base_url: ${model.url}\n  default: test-model\n`;
  await writeFile(join(home, "config.yaml"), `${yaml}${setup.yaml ?? ""}`);
}

function parseLine(text: string): LogLine | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value?.event === "string" ? value : undefined;
  } catch {
    return undefined; // Not a log line: the caller keeps it as it is.
  }
}
