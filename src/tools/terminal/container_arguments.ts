import { PLAIN_TERMINAL } from "./command_environment.ts";

/** How a container is to be. Numbers that are 0 set no limit. */
export interface ContainerOptions {
  readonly program: "docker" | "podman";
  readonly image: string;
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskMb: number;
  readonly hasNetwork: boolean;
  /** Whom the files belong to that it makes; `undefined` for root. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  readonly mounts: readonly Mount[];
  /** Variables it gets; their values come from the environment of the program that starts it. */
  readonly variables: readonly string[];
  readonly extraArguments: readonly string[];
}

/** A folder of this machine in the container. */
export interface Mount {
  readonly hostPath: string;
  readonly containerPath: string;
  readonly isReadOnly: boolean;
}

/** By these the containers of a home are found again, and those whose process has died. */
export interface ContainerLabels {
  readonly home: string;
  readonly pid: number;
}

const HOME_LABEL = "hermes.home";
const PID_LABEL = "hermes.pid";
const HOME_FOLDER = "/home/hermes";
const PROCESSES_MAX = 256;
/** It needs no `init` in the image: a shell that waits also ends the orphans that come to it. */
const FIRST_PROCESS = "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done";
/** What root needs to own files and to let go of being root; everything else is taken away. */
const ROOT_CAPABILITIES = ["DAC_OVERRIDE", "CHOWN", "FOWNER", "SETUID", "SETGID"];

/** Everything behind `docker` that starts a container in the background. */
export function runArguments(
  options: ContainerOptions,
  name: string,
  labels: ContainerLabels,
): string[] {
  return [
    ...["run", "--detach", "--name", name],
    ...["--label", `${HOME_LABEL}=${labels.home}`, "--label", `${PID_LABEL}=${labels.pid}`],
    ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
    ...["--pids-limit", String(PROCESSES_MAX)],
    ...limit("--cpus", options.cpus, ""),
    ...limit("--memory", options.memoryMb, "m"),
    ...options.diskMb === 0 ? [] : ["--storage-opt", `size=${options.diskMb}m`],
    ...options.hasNetwork ? [] : ["--network", "none"],
    ...["--tmpfs", "/tmp:rw,exec,nosuid,nodev,size=1g"],
    ...userArguments(options),
    ...options.mounts.flatMap((mount) => ["--mount", mountOption(mount)]),
    ...Object.entries(PLAIN_TERMINAL).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...options.variables.flatMap((name) => ["--env", name]),
    ...options.extraArguments,
    ...["--entrypoint", "sh", options.image, "-c", FIRST_PROCESS],
  ];
}

function limit(option: string, value: number, unit: string): string[] {
  return value === 0 ? [] : [option, `${value}${unit}`];
}

function userArguments({ program, user }: ContainerOptions): string[] {
  if (user === undefined) return ROOT_CAPABILITIES.flatMap((each) => ["--cap-add", each]);
  const home = ["--env", `HOME=${HOME_FOLDER}`];
  home.push("--tmpfs", `${HOME_FOLDER}:rw,exec,nosuid,nodev,size=1g,mode=1777`);
  // Without root, podman gives the container numbers of users of its own unless it is told not to.
  const isRootless = program === "podman" && user.uid !== 0;
  return [...isRootless ? ["--userns", "keep-id"] : ["--user", `${user.uid}:${user.gid}`], ...home];
}

/** The option is a line of CSV. */
function mountOption({ hostPath, containerPath, isReadOnly }: Mount): string {
  const fields = ["type=bind", `source=${hostPath}`, `target=${containerPath}`];
  if (isReadOnly) fields.push("readonly");
  return fields.map((field) => /[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)
    .join(",");
}

/** Runs a program in the container. Its process leaves its number in `pidFile`. */
export function execArguments(
  container: string,
  argv: readonly string[],
  options: { readonly pidFile: string; readonly hasInput: boolean },
): string[] {
  const script = 'echo $$ > "$1"; shift; exec "$@"';
  const input = options.hasInput ? ["--interactive"] : [];
  return ["exec", ...input, container, "sh", "-c", script, "sh", options.pidFile, ...argv];
}

/**
 * Ends what `execArguments` started with all that it started, by force when it does not within the
 * time: the end of the client reaches nothing in the container.
 */
export function killArguments(container: string, pidFile: string, graceMs: number): string[] {
  const tries = Math.ceil(graceMs / KILL_POLL_MS);
  return ["exec", container, "sh", "-c", KILL_SCRIPT, "sh", pidFile, String(tries)];
}

const KILL_POLL_MS = 100;
const KILL_SCRIPT = `exec 2>/dev/null
pid=$(cat "$1") || exit 0
kill -s TERM -- "-$pid" || kill -s TERM "$pid"
while [ "$2" -gt 0 ]; do
  kill -s 0 -- "-$pid" || exit 0
  sleep 0.1 || sleep 1
  set -- "$1" $(($2 - 1))
done
kill -s KILL -- "-$pid"`;

/** Lists the containers of a home, each with the process that it belongs to. */
export function listArguments(home: string): string[] {
  const format = `{{.ID}} {{.Label "${PID_LABEL}"}}`;
  return ["ps", "--all", "--filter", `label=${HOME_LABEL}=${home}`, "--format", format];
}
