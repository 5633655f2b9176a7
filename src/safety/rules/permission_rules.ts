import type { PathPlaces } from "../path_rules.ts";
import type { RunCommand } from "../shell/run_commands.ts";
import { protectedPlace } from "./protected_places.ts";
import {
  type CommandFinding,
  type CommandRule,
  finding,
  forbidden,
  isNamed,
  partsOf,
  pathsOf,
} from "./rule.ts";

/** Commands that change who may do what, or run with the rights of somebody else. */
export const permissionRule: CommandRule = (command, places) => {
  const { name } = command;
  if (name === "chmod") return judgeModes(command, places);
  if (isNamed(command, "chown", "chgrp")) return judgeOwner(command, places);
  if (name === "sudo") return judgeSudo(command);
  if (isNamed(command, "doas", "su", "pkexec", "run0", "gosu", "runuser", "sudoedit")) {
    return [AS_ADMINISTRATOR];
  }
  if (
    /^(?:visudo|passwd|chpasswd|(?:user|group)(?:add|del|mod)|(?:add|del)(?:user|group)|dscl|vipw|gpasswd)$/
      .test(name)
  ) {
    return [finding("change users", "changes the users of the machine")];
  }
  return name === "setcap"
    ? [finding("set setuid", "gives a program the rights of its owner")]
    : [];
};

const AS_ADMINISTRATOR = finding("run as administrator", "runs as another user or administrator");

function judgeModes(command: RunCommand, places: PathPlaces): readonly CommandFinding[] {
  const { flags, rest } = partsOf(command, "--reference");
  const modes = command.args.map(({ text }) => text)
    .filter((text) =>
      /^(?:[0-7]{3,5}|[ugoa]*[-+=][rwxXstugo]*(?:,[ugoa]*[-+=][rwxXstugo]*)*)$/.test(text)
    );
  const findings: CommandFinding[] = [];
  const isOpen = (mode: string) =>
    /[2367]$/.test(mode) ||
    mode.split(",").some((clause) => /^[ugoa]*[oa][ugoa]*[+=][rxXst]*w/.test(clause));
  const isSetuid = (mode: string) =>
    /^0?[4-7][0-7]{3}$/.test(mode) ||
    mode.split(",").some((clause) => /^[ugoa]*[+=][rwxX]*s/.test(clause));
  if (modes.some(isOpen)) {
    findings.push(finding("world/other-writable permissions", "lets everyone change files"));
  }
  if (modes.some(isSetuid)) {
    findings.push(finding("set setuid", "gives a program the rights of its owner"));
  }
  if (isRecursive(flags) && isSystem(rest, command, places)) findings.push(SYSTEM_RIGHTS);
  return findings;
}

const SYSTEM_RIGHTS = finding("permissions of system directory", "changes who may use the system");

function judgeOwner(command: RunCommand, places: PathPlaces): readonly CommandFinding[] {
  const { flags, rest } = partsOf(command, "--reference --from");
  const toRoot = /^(?:root|0)(?::|$)/.test(rest[0]?.text ?? "");
  if (isRecursive(flags) && isSystem(rest, command, places)) return [SYSTEM_RIGHTS];
  if (!toRoot) return [];
  const pattern = isRecursive(flags) ? "recursive chown to root" : "chown to root";
  return [finding(pattern, "makes files belong to the administrator")];
}

/** The password must come from a person, not from a model that tries some. */
function judgeSudo(command: RunCommand): readonly CommandFinding[] {
  const { flags } = partsOf(command, "-u -g -h -p -C -T -R -D -r -t -U");
  if (flags.has("-S") || flags.has("--stdin")) {
    return [forbidden("sudo password guessing", "gives sudo a password that no person typed")];
  }
  const isShell = ["-s", "-i", "-A", "--shell", "--login", "--askpass"].some((flag) =>
    flags.has(flag)
  );
  return isShell
    ? [finding("sudo with privilege flag", "opens a shell of the administrator")]
    : [AS_ADMINISTRATOR];
}

function isRecursive(flags: ReadonlySet<string>): boolean {
  return flags.has("-R") || flags.has("--recursive");
}

function isSystem(
  words: readonly { readonly text: string }[],
  command: RunCommand,
  places: PathPlaces,
): boolean {
  return words.some(({ text }) =>
    pathsOf(text, command, places).some((path) => protectedPlace(path, places) !== undefined)
  );
}
