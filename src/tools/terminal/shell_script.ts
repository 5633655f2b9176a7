import { basename } from "node:path";

/** What a command finds of the commands before it in its session, and leaves for the next ones. */
export interface ShellMemory {
  /** Where its exported variables are kept, and in `<path>.cwd` its folder: paths of the shell. */
  readonly path: string;
  /** Whether the command leaves anything: one in the background does not. */
  readonly isKept: boolean;
}

/**
 * Reads the memory, goes to the folder, runs the command in the same shell, and writes the memory
 * however that ends, unless the command replaces the shell or its exit trap. Both outputs become one,
 * in the order in which they are written. It runs in every POSIX shell.
 */
const SCRIPT = `exec 2>&1
if [ -r "$1" ]; then . "$1"; fi
cd -- "$2" || exit 1
__hermes_memory=$1 __hermes_keep=$3 __hermes_command=$4
set --
__hermes_leave() {
  trap - EXIT
  if [ "$__hermes_keep" = yes ]; then
    (
      umask 077
      export -p > "$__hermes_memory.new" && mv -f "$__hermes_memory.new" "$__hermes_memory"
      printf '%s' "$PWD" > "$__hermes_memory.cwd.new" &&
        mv -f "$__hermes_memory.cwd.new" "$__hermes_memory.cwd"
    ) 2>/dev/null
  fi
  exit $__hermes_code
}
trap '{ __hermes_code=$?; set +eux; } 2>/dev/null; __hermes_leave' EXIT
eval "$__hermes_command"`;

/**
 * What a shell has to be given besides. Without it bash takes an input that is no terminal and no file
 * for somebody who logs in from afar, and runs `.bashrc`.
 */
export function shellCall(shell: string, args: readonly string[]): [string, ...string[]] {
  return basename(shell) === "bash" ? [shell, "--norc", ...args] : [shell, ...args];
}

/** The arguments with which a shell runs `command` in `folder`. */
export function shellArguments(command: string, folder: string, memory: ShellMemory): string[] {
  return ["-c", SCRIPT, "sh", memory.path, folder, memory.isKept ? "yes" : "no", command];
}
