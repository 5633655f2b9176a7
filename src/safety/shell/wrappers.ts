/** How a command is called that runs another one. */
export interface Wrapper {
  /** Options whose value is the next word; single letters also at the end of a cluster. */
  readonly withValue: string;
  /** Operands that come before the command. */
  readonly operands?: number;
  /** `NAME=value` may stand before the command. */
  readonly takesVariables?: true;
  /** The rest is put together and read by a shell. */
  readonly isScript?: true;
  /** Options with which nothing is run. */
  readonly queries?: string;
}

/** Commands that run the command that follows. */
export const WRAPPERS: ReadonlyMap<string, Wrapper> = new Map(Object.entries<Wrapper>({
  builtin: { withValue: "" },
  busybox: { withValue: "" },
  caffeinate: { withValue: "-t -w" },
  chroot: { withValue: "", operands: 1 },
  chrt: { withValue: "-T -P -D", operands: 1, queries: "-p -m" },
  command: { withValue: "", queries: "-v -V" },
  doas: { withValue: "-u -C -a" },
  env: { withValue: "-u -C -S --unset --chdir --split-string -a --argv0", takesVariables: true },
  eval: { withValue: "", isScript: true },
  exec: { withValue: "-a" },
  fakeroot: { withValue: "-l -s -i -b" },
  firejail: { withValue: "" },
  gosu: { withValue: "", operands: 1 },
  ionice: { withValue: "-c -n --class --classdata", queries: "-p -P -u" },
  linux32: { withValue: "" },
  linux64: { withValue: "" },
  ltrace: { withValue: "-e -o -p -s -u -n -l -x" },
  nice: { withValue: "-n --adjustment" },
  nohup: { withValue: "" },
  nsenter: { withValue: "-t -S -G --target --setuid --setgid" },
  numactl: { withValue: "-C -N -m -i -p" },
  pkexec: { withValue: "--user" },
  prlimit: { withValue: "-p --pid" },
  proxychains: { withValue: "-f" },
  proxychains4: { withValue: "-f" },
  run0: { withValue: "-u -g --user --group --unit --property -D" },
  "run-parts": { withValue: "" },
  rlwrap: { withValue: "-f -H -p" },
  setarch: { withValue: "", operands: 1 },
  setpriv: { withValue: "--reuid --regid --groups --bounding-set" },
  setsid: { withValue: "" },
  ssh: {
    withValue: "-b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w -B",
    operands: 1,
    isScript: true,
  },
  sshpass: { withValue: "-p -f -d -P" },
  stdbuf: { withValue: "-i -o -e --input --output --error" },
  strace: { withValue: "-e -o -p -s -u -a -I -O -S -P -E" },
  sudo: {
    withValue:
      "-u -g -h -p -C -T -R -D -r -t -U --user --group --host --prompt --chdir --chroot --role --type",
    takesVariables: true,
    queries: "-l -v -K -V",
  },
  "systemd-run": { withValue: "-p -u -M -H --unit --property --uid --gid --slice -E --setenv" },
  taskset: { withValue: "", operands: 1, queries: "-p" },
  time: { withValue: "-o -f --output --format" },
  timeout: { withValue: "-k -s --kill-after --signal", operands: 1 },
  toybox: { withValue: "" },
  torify: { withValue: "" },
  torsocks: { withValue: "" },
  tsocks: { withValue: "" },
  unbuffer: { withValue: "" },
  unshare: { withValue: "-S -G -R -w --root --wd --setuid --setgid" },
  watch: { withValue: "-n --interval", isScript: true },
  xargs: {
    withValue:
      "-I -n -P -L -d -E -s -a --replace --max-args --max-procs --max-lines --delimiter --arg-file",
  },
  "xvfb-run": { withValue: "-n -s -e -f -p" },
}));

/** Shells, by what they read as a script. */
export const SHELLS: ReadonlySet<string> = new Set([
  ...["sh", "bash", "zsh", "dash", "ksh", "ash", "mksh", "rbash", "yash", "fish", "csh", "tcsh"],
]);

/** Commands that read shell commands from their input alone. */
export const SCHEDULERS: ReadonlySet<string> = new Set(["at", "batch"]);
