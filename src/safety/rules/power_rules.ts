import type { RunCommand } from "../shell/run_commands.ts";
import { type CommandFinding, type CommandRule, finding, forbidden, isNamed } from "./rule.ts";

const STOPS_MACHINE = forbidden("system shutdown/reboot", "stops the machine");
const STOPS_ALL = forbidden("kill all processes", "ends every process of the machine");

/** Commands that stop the machine or everything on it. */
export const powerRule: CommandRule = (command) => {
  const texts = command.args.map(({ text }) => text);
  const isLook = texts.some((text) => /^(?:--help|--version|-c|--show)$/.test(text));
  if (isNamed(command, "shutdown", "reboot", "halt", "poweroff") && !isLook) return [STOPS_MACHINE];
  if (isNamed(command, "init", "telinit") && texts.some((text) => /^[0156sS]$/.test(text))) {
    return [STOPS_MACHINE];
  }
  const stops =
    /^(?:poweroff|reboot|halt|kexec|soft-reboot|suspend|hibernate|hybrid-sleep|emergency|rescue|isolate)$/;
  if (isNamed(command, "systemctl", "loginctl") && texts.some((text) => stops.test(text))) {
    return [STOPS_MACHINE];
  }
  if (isNamed(command, "kexec") && texts.some((text) => /^(?:-e|--exec)$/.test(text))) {
    return [STOPS_MACHINE];
  }
  if (isNamed(command, "killall5")) return [STOPS_ALL];
  if (command.name === "kill") return judgeKill(command);
  return isForkBomb(command) ? [forbidden("fork bomb", "starts processes without end")] : [];
};

/** `kill -9 -1` ends everything; `kill -1 PID` only tells a process to start anew. */
function judgeKill({ args }: RunCommand): readonly CommandFinding[] {
  const texts = args.map(({ text }) => text);
  const [first = "", second = ""] = texts;
  const signalWords = /^-(?:s|n|-signal)$/.test(first)
    ? 2
    : /^-./.test(first) && first !== "--"
    ? 1
    : 0;
  const targets = texts.slice(signalWords).filter((text) => text !== "--");
  const isAll = targets.includes("-1") || (targets.length === 0 && first === "-1" && second === "");
  if (isAll) return [STOPS_ALL];
  return targets.includes("1") ? [finding("kill init process", "ends the first process")] : [];
}

/** A function that calls itself twice, or beside itself. */
function isForkBomb({ shell, words }: RunCommand): boolean {
  const [name] = words;
  if (name === undefined || !shell.functions.includes(name.text)) return false;
  return shell.pipeline.length > 1 || shell.isBackground;
}
