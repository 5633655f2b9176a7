// deno-lint-ignore-file no-control-regex -- escape sequences begin with a control character.
import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { existsSync } from "node:fs";
import process from "node:process";
import { BINARY_PATH, type BinaryResult } from "./binary.ts";
import { TerminalScreen } from "./terminal_screen.ts";

/** Gives a program a terminal. The one of util-linux; that of macOS takes other arguments. */
const SCRIPT_PATH = "/usr/bin/script";
/** Why nothing can be tried in a terminal here; `false` when it can. */
export const noTerminal = process.platform !== "linux" || !existsSync(SCRIPT_PATH)
  ? "there is no util-linux to make a terminal with"
  : false;

const WAIT_MS_MAX = 20_000;

export interface DrivenOptions {
  /** The whole environment but PATH and TERM. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** The binary with somebody at its keyboard: its output can be waited for, and answered. */
export class DrivenProcess implements AsyncDisposable {
  readonly ended: Promise<BinaryResult>;
  readonly output = { stdout: "", stderr: "" };
  readonly #child: ChildProcess;
  readonly #changes = new EventEmitter();
  #hasEnded = false;

  static start(args: readonly string[], options: DrivenOptions): DrivenProcess {
    return new DrivenProcess(BINARY_PATH, args, options, () => {});
  }

  protected constructor(
    file: string,
    args: readonly string[],
    { env, cwd }: DrivenOptions,
    onOutput: (text: string) => void,
  ) {
    const child = spawn(file, args, {
      cwd,
      env: { PATH: "/usr/bin:/bin", TERM: "xterm", ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child = child;
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        this.output[name] += text;
        if (name === "stdout") onOutput(text);
        this.#changes.emit("change");
      });
    }
    this.ended = once(child, "close").then(([exitCode]): BinaryResult => {
      this.#hasEnded = true;
      this.#changes.emit("change");
      return { exitCode, stdout: readable(this.output.stdout), stderr: this.output.stderr };
    });
  }

  /** Waits for a text, without colours and moves of the cursor, that is or was printed. */
  async printed(pattern: RegExp): Promise<void> {
    await this.until(
      () => pattern.test(readable(this.output.stdout)) || undefined,
      String(pattern),
    );
  }

  /** Resolves with what `read` gives, as soon as it is not `undefined`; looks after each output. */
  async until<T>(read: () => T | undefined, what: string): Promise<T> {
    const limit = AbortSignal.timeout(WAIT_MS_MAX);
    for (;;) {
      const found = read();
      if (found !== undefined) return found;
      if (this.#hasEnded || limit.aborted) {
        throw new Error(`Waited in vain for ${what}\n${this.seen}`);
      }
      await once(this.#changes, "change", { signal: limit }).catch(() => {}); // The loop sees it.
    }
  }

  /** What a person would see by now, for a failing test to show. */
  get seen(): string {
    return readable(this.output.stdout) + this.output.stderr;
  }

  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  closeInput(): void {
    this.#child.stdin?.end();
  }

  kill(signal: NodeJS.Signals): void {
    process.kill(this.#child.pid ?? 0, signal); // Deno gives a child that its own `kill` has hit no exit code.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }
}

export interface TerminalOptions extends DrivenOptions {
  /** Another copy of the binary. */
  readonly binary?: string;
  readonly columns?: number;
  readonly rows?: number;
}

/** The same in a terminal, with the screen that it shows. Everything comes by `stdout`. */
export class TerminalProcess extends DrivenProcess {
  readonly screen: TerminalScreen;

  static override start(args: readonly string[], options: TerminalOptions): TerminalProcess {
    const { binary = BINARY_PATH, columns = 80, rows = 24 } = options;
    const command = [binary, ...args].map((word) => `'${word}'`).join(" ");
    const script = `stty cols ${columns} rows ${rows}; exec ${command}`;
    return new TerminalProcess(script, new TerminalScreen(columns, rows), options);
  }

  private constructor(script: string, screen: TerminalScreen, options: TerminalOptions) {
    super(SCRIPT_PATH, ["-qec", script, "/dev/null"], options, (text) => screen.write(text));
    this.screen = screen;
  }

  override get seen(): string {
    return this.screen.rows.join("\n");
  }
}

function readable(text: string): string {
  return text.replaceAll(/\x1b\[[\d;?]*[A-Za-z]|\r/g, "");
}
