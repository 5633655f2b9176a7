import { isAbsolute } from "node:path";
import type { PathPlaces } from "../path_rules.ts";
import type { RunCommand } from "../shell/run_commands.ts";
import {
  type CommandFinding,
  type CommandRule,
  finding,
  forbidden,
  isNamed,
  partsOf,
  pathsOf,
} from "./rule.ts";
import { type ProtectedPlace, protectedPlace } from "./protected_places.ts";

/** Commands that delete files and folders. */
export const deleteRule: CommandRule = (command, places) => {
  if (isNamed(command, "rm", "unlink", "srm")) return judgeRemove(command, places);
  if (command.name === "find") return judgeFind(command, places);
  if (isNamed(command, "shred", "wipe")) {
    return [finding("shred", "overwrites files so that nobody can get them back")];
  }
  if (
    command.name === "rsync" &&
    command.args.some(({ text }) => /^--(?:del|remove-source)/.test(text))
  ) {
    return [finding("rsync with delete", "deletes what the other side does not have")];
  }
  if (command.name === "mv") return judgeMove(command, places);
  return [];
};

const RECURSIVE = finding("recursive delete", "deletes a folder with all that is in it");

const FORBIDDEN: Readonly<Record<ProtectedPlace, CommandFinding>> = {
  root: forbidden("recursive delete of root filesystem", "deletes everything on the machine"),
  home: forbidden("recursive delete of home directory", "deletes somebody's whole home folder"),
  system: forbidden("recursive delete of system directory", "deletes a part of the system"),
};

function judgeRemove(command: RunCommand, places: PathPlaces): readonly CommandFinding[] {
  const { flags, rest } = partsOf(command);
  const isRecursive = flags.has("-r") || flags.has("-R") || hasLong(flags, "--recursive");
  if (hasLong(flags, "--no-preserve-root", 6)) return [FORBIDDEN.root];
  const findings: CommandFinding[] = [];
  if (command.runBy.includes("xargs")) {
    findings.push(finding("xargs with rm", "deletes every file of a list"));
  }
  if (isRecursive) findings.push(RECURSIVE);
  for (const { text } of rest) {
    for (const path of pathsOf(text, command, places)) {
      const place = protectedPlace(path, places);
      if (isRecursive && place !== undefined) return [FORBIDDEN[place]];
      const isNear = !isAbsolute(text) || path.startsWith("/tmp/") ||
        command.shell.folders.some((folder) => folder !== "/" && path.startsWith(`${folder}/`));
      if (!isNear) {
        findings.push(finding("delete in root path", "deletes files outside of its folder"));
      }
    }
  }
  return findings;
}

/** Tests of `find` that leave most files out. */
const NARROWING =
  /^-(?:i?name|i?path|i?wholename|i?regex|[acm]time|[acm]min|newer\w*|size|empty|user|uid|group|perm|maxdepth|links|inum|i?lname)$/;

function judgeFind(command: RunCommand, places: PathPlaces): readonly CommandFinding[] {
  const texts = command.args.map(({ text }) => text);
  const findings: CommandFinding[] = [];
  if (texts.includes("-delete")) {
    findings.push(finding("find -delete", "deletes every file that is found"));
  }
  const runs = texts.some((text, index) =>
    /^-(?:exec|execdir|ok|okdir)$/.test(text) &&
    /(?:^|\/)(?:rm|unlink|shred|srm)$/.test(texts[index + 1] ?? "")
  );
  if (runs) findings.push(finding("find -exec rm", "deletes every file that is found"));
  if (findings.length === 0 || texts.some((text) => NARROWING.test(text))) return findings;
  const first = texts.findIndex((text) => /^[-(!]/.test(text));
  const starts = first === 0 ? ["."] : texts.slice(0, first);
  const [lost] = starts.flatMap((text) => pathsOf(text, command, places))
    .map((path) => protectedPlace(path, places)).filter((place) => place !== undefined);
  return lost === undefined ? findings : [FORBIDDEN[lost]];
}

function judgeMove(command: RunCommand, places: PathPlaces): readonly CommandFinding[] {
  const { rest } = partsOf(command, "-t -S --target-directory --suffix");
  const isLoss = rest.slice(0, -1).some(({ text }) =>
    pathsOf(text, command, places).some((path) => protectedPlace(path, places) !== undefined)
  );
  return isLoss ? [finding("move system directory", "moves a part of the system away")] : [];
}

/** Long options may be shortened, as `--rec` for `--recursive`. */
function hasLong(flags: ReadonlySet<string>, name: string, lengthMin = 3): boolean {
  return [...flags].some((flag) =>
    flag.length >= lengthMin && flag.startsWith("--") && name.startsWith(flag)
  );
}
