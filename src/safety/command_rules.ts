import type { PathPlaces } from "./path_rules.ts";
import { codeRule, inlineCode } from "./rules/code_rules.ts";
import { containerRule } from "./rules/container_rules.ts";
import { deleteRule } from "./rules/delete_rules.ts";
import { diskRule } from "./rules/disk_rules.ts";
import { gitRule } from "./rules/git_rules.ts";
import { networkRule } from "./rules/network_rules.ts";
import { permissionRule } from "./rules/permission_rules.ts";
import { powerRule } from "./rules/power_rules.ts";
import { processRule } from "./rules/process_rules.ts";
import { type CommandFinding, type CommandRule, finding, forbidden } from "./rules/rule.ts";
import { secretRule } from "./rules/secret_rules.ts";
import { sqlRule } from "./rules/sql_rules.ts";
import { writeRule } from "./rules/write_rules.ts";
import { findInvisible } from "./invisible_characters.ts";
import { Reading } from "./shell/reading.ts";
import { type HiddenRun, type RunCommand, type Runs, runsOf } from "./shell/run_commands.ts";
import { ShellLimitError, ShellSyntaxError } from "./shell/syntax.ts";

export type { CommandFinding };

/** Where commands run, as far as their verdict depends on it. */
export type CommandPlaces = PathPlaces;

/** `forbidden`: never run, whatever the settings say. */
export type CommandVerdict =
  | { readonly kind: "free" }
  | { readonly kind: "needs_approval"; readonly findings: readonly CommandFinding[] }
  | { readonly kind: "forbidden"; readonly findings: readonly CommandFinding[] };

/**
 * What a command of the shell would do, in whatever disguise: its words are put together as the shell
 * does it, and what it runs through other commands and scripts is looked at as well. A disguise is
 * recognised as far as the command itself tells; what it does not tell needs a person's yes, and so
 * does what cannot be read. Takes time in proportion to the length of the command.
 */
export function judgeCommand(
  command: string,
  places: CommandPlaces & { readonly cwd: string },
): CommandVerdict {
  const findings = [
    ...[...spellingsOf(command)].flatMap((spelling) => judgeSpelling(spelling, places)),
    ...judgeCharacters(command),
  ];
  const never = findings.filter(({ isForbidden }) => isForbidden === true);
  if (never.length > 0) return { kind: "forbidden", findings: unique(never) };
  return findings.length === 0
    ? { kind: "free" }
    : { kind: "needs_approval", findings: unique(findings) };
}

const RULES: readonly CommandRule[] = [
  ...[deleteRule, diskRule, powerRule, processRule, permissionRule, writeRule, secretRule],
  ...[codeRule, networkRule, gitRule, containerRule, sqlRule],
];

const HIDDEN: Readonly<Record<HiddenRun, CommandFinding>> = {
  computed_name: finding("computed command name", "runs a command whose name only the shell knows"),
  shell_option: finding("shell command via -c/-lc flag", "runs a script that is not written out"),
  shell_input: finding("pipe to shell", "runs what another command prints"),
  shell_download: finding("pipe remote content to shell", "runs a script from the network"),
  shell_file: finding(
    "execute script via process substitution",
    "runs what another command prints",
  ),
  eval: finding("eval of unknown text", "runs a command that is not written out"),
};

/**
 * The command as it is; as it looks to people, without control characters and with look-alikes for
 * what they look like; and with its continued lines put together, which a shell does first. All
 * count, since each could hide something in another.
 */
function spellingsOf(command: string): ReadonlySet<string> {
  const plain = command.replace(ESCAPE_SEQUENCES, "").replaceAll("\0", "").normalize("NFKC");
  return new Set([command, plain, plain.replaceAll("\\\n", "")]);
}

/** What terminals take for colours and the like. Source: ECMA-48, control sequences. */
// deno-lint-ignore no-control-regex -- These characters are the point.
const ESCAPE_SEQUENCES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g;

function judgeSpelling(
  command: string,
  places: CommandPlaces & { readonly cwd: string },
): readonly CommandFinding[] {
  const reading = new Reading({ userHome: places.userHome, folders: [places.cwd] });
  try {
    return judgeRuns(runsOf(command, reading), places, reading);
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    if (error instanceof ShellLimitError) {
      return [forbidden("command too large", "is too large to be checked: put it into a file")];
    }
    return [finding("unreadable command", `cannot be read for certain: ${error.message}`)];
  }
}

function judgeRuns(
  { commands, hidden }: Runs,
  places: CommandPlaces,
  reading: Reading,
): readonly CommandFinding[] {
  const findings = [...hidden].map((run) => HIDDEN[run]);
  const madeRunnable = new Set<string>();
  for (const command of commands) {
    for (const rule of RULES) findings.push(...rule(command, places));
    findings.push(...judgeInlineCode(command, places, reading));
    if (madeRunnable.has(command.words[0]?.text ?? "")) findings.push(MADE_RUNNABLE);
    noteMadeRunnable(command, madeRunnable);
  }
  return findings;
}

/** Texts in code of other languages that are commands of the shell, of which only the worst count. */
function judgeInlineCode(
  command: RunCommand,
  places: CommandPlaces,
  reading: Reading,
): readonly CommandFinding[] {
  const code = inlineCode(command)?.text ?? "";
  const texts = [...code.matchAll(/"([^"\n]{4,2000})"|'([^'\n]{4,2000})'|`([^`\n]{4,2000})`/g)]
    .map(([, double, single, back]) => double ?? single ?? back ?? "");
  return texts.slice(0, TEXTS_MAX).flatMap((text) => {
    try {
      const runs = runsOf(text, reading.child(command.shell.folders));
      return runs.commands.flatMap((run) => RULES.flatMap((rule) => rule(run, places)))
        .filter(({ isForbidden }) => isForbidden === true);
    } catch (error) {
      if (error instanceof ShellSyntaxError) return []; // Most texts in code are no commands.
      throw error;
    }
  });
}

/** Texts in one piece of code that are looked at. */
const TEXTS_MAX = 50;

const MADE_RUNNABLE = finding(
  "chmod +x followed by immediate execution",
  "runs a file that it has just made a program",
);

function noteMadeRunnable({ name, args }: RunCommand, paths: Set<string>): void {
  if (
    name !== "chmod" ||
    !args.some(({ text }) => /^(?:[ugoa]*\+[rwst]*x|0?[1357][0-7]{2})/.test(text))
  ) {
    return;
  }
  for (const { text } of args) paths.add(text).add(`./${text}`);
}

/** Characters that a person who is asked would not see. */
function judgeCharacters(command: string): readonly CommandFinding[] {
  // deno-lint-ignore no-control-regex -- These characters are the point.
  const isHidden = /[\0-\x08\x0b-\x1f\x7f]/.test(command.replaceAll("\r\n", "\n")) ||
    findInvisible(command) !== undefined;
  return isHidden ? [finding("hidden characters", "holds characters that nobody sees")] : [];
}

/** Each pattern once. */
function unique(findings: readonly CommandFinding[]): readonly CommandFinding[] {
  return [...new Map(findings.map((each) => [each.pattern, each])).values()];
}
