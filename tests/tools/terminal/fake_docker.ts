import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import type { Log } from "../../../src/runtime/log.ts";
import type { ContainerOptions } from "../../../src/tools/terminal/container_arguments.ts";
import { ContainerBackend } from "../../../src/tools/terminal/container_backend.ts";
import { ContainerProgram } from "../../../src/tools/terminal/container_program.ts";
import { seededRandom } from "../../support/seeded_random.ts";

/**
 * Stands for docker: a container is a file that says who owns it, a mount is a link, and what is run
 * in the container is run here, in a session of its own as docker does it.
 */
const SCRIPT = `#!/bin/sh
for each in "$@"; do printf '%s\\n' "$each"; done >> "$FAKE/calls"; echo >> "$FAKE/calls"
case "$1" in
  run)
    if [ -e "$FAKE/refuses" ]; then cat "$FAKE/refuses" >&2; exit 125; fi
    if [ -e "$FAKE/no-quota" ] && echo "$*" | grep -q storage-opt; then
      echo "Error response: --storage-opt is supported only for overlay over xfs with pquota" >&2
      exit 125
    fi
    while [ $# -gt 0 ]; do
      case "$1" in
        --name) name=$2 ;;
        --label) label=$2 ;;
        --mount)
          from=$(echo "$2" | sed 's/.*source=\\([^,]*\\).*/\\1/')
          to=$(echo "$2" | sed 's/.*target=\\([^,]*\\).*/\\1/')
          if [ "$from" != "$to" ]; then ln -sfn "$from" "$to"; fi ;;
      esac
      shift
    done
    echo "\${label#hermes.pid=}" > "$FAKE/up/$name"
    echo 0123456789abcdef ;;
  inspect) if [ -e "$FAKE/up/$4" ]; then echo true; else echo "No such object" >&2; exit 1; fi ;;
  ps) for each in "$FAKE"/up/*; do [ -e "$each" ] && echo "\${each##*/} $(cat "$each")"; done; exit 0 ;;
  rm) rm "$FAKE/up/$3" ;;
  exec)
    shift
    if [ "$1" = --interactive ]; then shift; fi
    if [ ! -e "$FAKE/up/$1" ]; then echo "container $1 is not running" >&2; exit 1; fi
    shift
    exec setsid --wait "$@" ;;
esac
`;

/** A docker that is none, in a folder of its own. */
export class FakeDocker {
  readonly folder: string;
  readonly logged: { readonly event: string; readonly fields: unknown }[] = [];

  static async install(folder: string): Promise<FakeDocker> {
    const docker = new FakeDocker(folder);
    await mkdir(join(folder, "up"), { recursive: true });
    await mkdir(join(folder, "in"));
    await writeFile(docker.path, SCRIPT);
    await chmod(docker.path, 0o755);
    return docker;
  }

  private constructor(folder: string) {
    this.folder = folder;
  }

  get path(): string {
    return join(this.folder, "docker");
  }

  /** What the folder of this name is called in containers. */
  inContainer(name: string): string {
    return join(this.folder, "in", name);
  }

  backend(
    workspace: string,
    change: Partial<ContainerOptions> = {},
    volumes: ContainerOptions["mounts"] = [],
  ): ContainerBackend {
    const log: Log = (_level, event, fields) => this.logged.push({ event, fields });
    return new ContainerBackend({
      container: { ...CONTAINER, ...change },
      program: new ContainerProgram(this.path, {
        PATH: process.env.PATH ?? "",
        FAKE: this.folder,
        CANARY: "of the client alone",
      }),
      workspace: { hostPath: workspace, containerPath: this.inContainer("workspace") },
      startFolder: this.inContainer("workspace"),
      volumes,
      readableFolders: [join(this.folder, "cache", "documents")],
      shells: { hostPath: join(this.folder, "shells"), containerPath: this.inContainer("shells") },
      home: "/home/of/this/test",
      random: seededRandom(7),
      log,
    });
  }

  /** The arguments of each call so far. */
  async calls(): Promise<readonly (readonly string[])[]> {
    const text = await readFile(join(this.folder, "calls"), "utf8").catch(() => "");
    return text.split("\n\n").slice(0, -1).map((call) => call.split("\n"));
  }

  /** The containers that are there. */
  up(): Promise<string[]> {
    return readdir(join(this.folder, "up"));
  }

  /** A container as another process has left it. */
  async leave(name: string, pid: number): Promise<void> {
    await writeFile(join(this.folder, "up", name), `${pid}\n`);
  }

  /** From now on `run` fails with these words; `no-quota`: only with a limit of the disk. */
  async refuse(kind: "refuses" | "no-quota", words = ""): Promise<void> {
    await writeFile(join(this.folder, kind), words);
  }
}

export const CONTAINER: Omit<ContainerOptions, "mounts"> = {
  program: "docker",
  image: "image:tag",
  cpus: 1,
  memoryMb: 5_120,
  diskMb: 0,
  hasNetwork: true,
  user: { uid: 1_000, gid: 1_000 },
  variables: [],
  extraArguments: [],
};
