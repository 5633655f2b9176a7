import { judgeWrite, type PathVerdict } from "../path_rules.ts";
import {
  type CommandFinding,
  type CommandRule,
  finding,
  forbidden,
  isNamed,
  pathsOf,
} from "./rule.ts";
import { writesOf } from "./writes_of.ts";

type Refusal = Extract<PathVerdict, { kind: "refused" }>["why"];

const FINDINGS: Readonly<Record<Refusal, CommandFinding>> = {
  system: finding("overwrite system config", "changes files of the system"),
  secret: finding("overwrite credentials file", "changes a file that may hold keys or passwords"),
  hermes: finding("overwrite hermes config", "changes files of Hermes itself"),
  startup: finding("overwrite shell startup file", "changes what programs run by themselves"),
  outside_write_root: finding(
    "write outside of safe root",
    "writes outside of the folder for files",
  ),
};

/** Files that a command writes where tools may not write. */
export const writeRule: CommandRule = (command, places) => {
  const findings = new Set<CommandFinding>();
  for (const text of writesOf(command)) {
    for (const path of pathsOf(text, command, places)) {
      if (path === "/proc/sysrq-trigger") {
        return [forbidden("system shutdown/reboot", "stops the machine")];
      }
      if (path.startsWith("/dev/")) continue; // Disks have a rule of their own, the rest is harmless.
      const verdict = judgeWrite(path, places);
      if (verdict.kind === "refused") findings.add(FINDINGS[verdict.why]);
    }
  }
  if (isNamed(command, "crontab") && !command.args.some(({ text }) => text === "-l")) {
    findings.add(finding("change scheduled jobs", "changes what runs by itself at set times"));
  }
  return [...findings];
};
