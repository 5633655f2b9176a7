import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * A `systemctl` and a `loginctl` for one person and one service: it starts what the unit says, as the
 * real one does, but for starting it again. Both write down how they were called.
 */
export class FakeSystemd {
  /** For PATH. */
  readonly binFolder: string;
  readonly #folder: string;

  static async in(folder: string): Promise<FakeSystemd> {
    const systemd = new FakeSystemd(folder);
    await mkdir(systemd.binFolder, { recursive: true });
    await writeProgram(join(systemd.binFolder, "systemctl"), SYSTEMCTL, folder);
    await writeProgram(join(systemd.binFolder, "loginctl"), LOGINCTL, folder);
    return systemd;
  }

  private constructor(folder: string) {
    this.#folder = folder;
    this.binFolder = join(folder, "bin");
  }

  /** The calls that changed something, in order; they are forgotten then. */
  async changes(): Promise<string[]> {
    const path = join(this.#folder, "calls");
    const text = await readFile(path, "utf8").catch(() => ""); // Nothing was called.
    await writeFile(path, "");
    return text.split("\n").filter((line) =>
      line !== "" && !/ show | is-system-running/.test(line)
    );
  }
}

const SYSTEMCTL = `
[ "$1" = --user ] && shift
unit="\${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user/$2"
alive() { [ -f pid ] && kill -0 "$(cat pid)" 2>/dev/null; }
case "$1" in
  is-system-running) echo running;;
  daemon-reload) ;;
  enable) touch enabled;;
  disable) rm -f enabled;;
  start)
    alive && exit 0
    rm -f pid exit
    sed -n 's/^Environment=/export /p; s/^ExecStart=/set -- /p' "$unit" > run.sh
    echo '"$@" >> journal 2>&1 & echo $! > pid.new; mv pid.new pid; wait $!; echo $? > exit; rm pid' >> run.sh
    setsid env -i HOME="$HOME" XDG_STATE_HOME="$XDG_STATE_HOME" sh run.sh </dev/null >/dev/null 2>&1 &
    while [ ! -f pid ] && [ ! -f exit ]; do sleep 0.01; done;;
  stop)
    alive && kill "$(cat pid)"
    while alive; do sleep 0.01; done;;
  show)
    if alive; then echo ActiveState=active; echo SubState=running; echo MainPID="$(cat pid)"
    elif [ -s exit ] && [ "$(cat exit)" != 0 ]; then echo ActiveState=failed; echo SubState=failed
      echo MainPID=0; echo ExecMainStatus="$(cat exit)"
    else echo ActiveState=inactive; echo SubState=dead; echo MainPID=0; fi
    [ -f enabled ] && echo UnitFileState=enabled || echo UnitFileState=disabled;;
  *) echo "Unknown command verb $1." >&2; exit 1;;
esac
`;

const LOGINCTL = `
[ "$1" = --no-ask-password ] && shift
case "$1" in
  show-user) [ -f linger ] && echo Linger=yes || echo Linger=no;;
  enable-linger) touch linger;;
esac
`;

async function writeProgram(path: string, script: string, folder: string): Promise<void> {
  const quoted = `'${folder.replaceAll("'", `'\\''`)}'`;
  const head = `#!/bin/sh\ncd ${quoted} || exit 1\necho "$(basename "$0") $*" >> calls\n`;
  await writeFile(path, head + script);
  await chmod(path, 0o755);
}
