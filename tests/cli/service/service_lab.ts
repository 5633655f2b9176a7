import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ServiceContext } from "../../../src/cli/service/service_context.ts";
import type { ServiceScope } from "../../../src/cli/service/service_manager.ts";
import type { ServiceWorld } from "../../../src/cli/service/service_world.ts";
import { systemWorld } from "../../../src/cli/service/service_world.ts";
import { homePaths } from "../../../src/config/paths.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { tempDir } from "../../support/temp_dir.ts";

/** What a program of the fake machine answers to a call that begins with these words. */
export interface FakeAnswer {
  readonly call: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly code?: number;
}

/** A machine whose `systemctl`, `loginctl` and `launchctl` only write down how they were called. */
export class ServiceLab implements AsyncDisposable {
  readonly userHome: string;
  readonly home: string;
  readonly systemUnitsFolder: string;
  readonly binary: string;
  readonly #dir: { path: string } & AsyncDisposable;

  static async open(answers: readonly FakeAnswer[] = []): Promise<ServiceLab> {
    const dir = await tempDir();
    const lab = new ServiceLab(dir);
    for (const folder of ["bin", "user", "system"]) await mkdir(join(dir.path, folder));
    await lab.answer(answers);
    for (const name of ["systemctl", "loginctl", "launchctl", "getent"]) {
      await writeExecutable(join(dir.path, "bin", name), fakeProgram(dir.path, name));
    }
    await writeExecutable(lab.binary, "#!/bin/sh\n");
    return lab;
  }

  private constructor(dir: { path: string } & AsyncDisposable) {
    this.#dir = dir;
    this.userHome = join(dir.path, "user");
    this.home = join(this.userHome, ".hermes");
    this.systemUnitsFolder = join(dir.path, "system");
    this.binary = join(dir.path, "bin", "hermes");
  }

  /** From now on the programs answer so; what is not listed is answered with nothing and 0. */
  async answer(answers: readonly FakeAnswer[]): Promise<void> {
    const lines = answers.map(({ call, stdout = "", stderr = "", code = 0 }) =>
      `${quote(call)}*) printf %s ${quote(stdout)}; printf %s ${
        quote(stderr)
      } >&2; exit ${code};;\n`
    );
    await writeFile(
      join(this.#dir.path, "answers.sh"),
      `case "$called" in\n${lines.join("")}esac\n`,
    );
  }

  world(
    signal: AbortSignal,
    { platform = "linux", environment = {} }: {
      readonly platform?: NodeJS.Platform;
      readonly environment?: Readonly<Record<string, string>>;
    } = {},
  ): ServiceWorld {
    const path = `${join(this.#dir.path, "bin")}:/usr/bin:/bin`;
    return {
      ...systemWorld({ PATH: path, ...environment }, signal),
      platform,
      userId: 501,
      userHome: this.userHome,
      environment: { PATH: path, ...environment },
      systemUnitsFolder: this.systemUnitsFolder,
    };
  }

  /** What a subcommand works with on this machine; what it says to a person comes out of `said`. */
  context(
    options: {
      readonly scopes?: readonly ServiceScope[];
      readonly binary?: string | undefined;
      readonly home?: string;
      readonly userId?: number;
      readonly platform?: NodeJS.Platform;
      readonly environment?: Readonly<Record<string, string>>;
    } = {},
  ): { readonly context: ServiceContext; readonly said: string[] } {
    const { signal } = new AbortController();
    const { scopes = ["user", "system"], home = this.home, binary = this.binary } = options;
    const world = { ...this.world(signal, options), userId: options.userId ?? 501 };
    const said: string[] = [];
    const say = (line: string) => void said.push(line);
    const terminal = { isTty: false, color: false, widthColumns: 80 };
    const io = {
      environment: world.environment,
      out: say,
      err: say,
      outTerminal: terminal,
      errTerminal: terminal,
    };
    const paths = homePaths(home);
    const clock = systemClock;
    return { context: { io, clock, signal, world, scopes, home, paths, binary }, said };
  }

  /** The calls so far, in order; they are forgotten then. */
  async calls(): Promise<string[]> {
    const path = join(this.#dir.path, "calls");
    const text = await readFile(path, "utf8").catch(() => ""); // Nothing was called.
    await writeFile(path, "");
    return text.split("\n").filter((line) => line !== "");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#dir[Symbol.asyncDispose]());
  }
}

function fakeProgram(folder: string, name: string): string {
  return `#!/bin/sh
called="${name} $*"
echo "$called" >> ${quote(join(folder, "calls"))}
. ${quote(join(folder, "answers.sh"))}
`;
}

async function writeExecutable(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o755);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
