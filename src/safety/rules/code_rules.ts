import type { RunCommand } from "../shell/run_commands.ts";
import type { Word } from "../shell/syntax.ts";
import { type CommandRule, finding, partsOf } from "./rule.ts";

/** Interpreters of other languages, and the options after which they are given code. */
const INTERPRETERS: readonly [names: RegExp, options: string][] = [
  [/^(?:i?python|pypy)[\d.]*$/, "-c"],
  [/^(?:node|nodejs)[\d.]*$/, "-e -p --eval --print"],
  [/^(?:bun|tsx|ts-node)$/, "-e -p --eval --print"],
  [/^(?:perl)[\d.]*$/, "-e -E"],
  [/^(?:ruby|jruby|lua|luajit|osascript|groovy|scala|kotlin|elixir|rscript|iex)[\d.]*$/, "-e"],
  [/^julia$/, "-e -E -p"],
  [/^php[\d.]*$/, "-r -B -R"],
  [/^(?:pwsh|powershell)$/, "-c -e -Command -EncodedCommand -enc"],
  [/^(?:tclsh|expect)[\d.]*$/, "-c"],
];
/** Programs that can be told to run commands by an option. */
const RUNNING_OPTION =
  /^(?:--(?:to-command|checkpoint-action|use-compress-program|rsh|rsync-path|pre|upload-pack|receive-pack|info-script|new-volume-script)(?:=|$)|(?:-o)?(?:proxycommand|localcommand|knownhostscommand)[= ])/i;
/** Settings of git that hold commands. */
const GIT_COMMAND =
  /^(?:core\.(?:sshcommand|hookspath|fsmonitor|editor|pager|gitproxy)|credential\.helper|diff\..*|filter\..*|gpg\..*program|alias\..*|sequence\.editor|protocol\.ext\..*|url\..*)(?:=|$)/i;
/** Variables that make other programs run code. */
const CODE_VARIABLE =
  /^(?:LD_(?:PRELOAD|LIBRARY_PATH|AUDIT)|DYLD_\w+|BASH_ENV|ENV|PROMPT_COMMAND|GIT_\w*(?:COMMAND|EDITOR|PAGER|ASKPASS)|PYTHONSTARTUP|PERL5OPT|RUBYOPT|NODE_OPTIONS|PAGER|MANPAGER|LESSOPEN|SUDO_ASKPASS|SSH_ASKPASS)$/;

/** Code of other languages, and commands that hide in options and variables. */
export const codeRule: CommandRule = (command) => {
  const findings = [];
  const inline = inlineCode(command);
  if (inline !== undefined) {
    findings.push(
      finding("script execution via -e/-c flag", "runs code that is written on the command line"),
    );
  }
  if (readsCode(command)) {
    findings.push(finding("script execution via heredoc", "runs code that it is given as input"));
  }
  if (hasRunningOption(command)) {
    findings.push(finding("command in an option", "runs a command that is hidden in an option"));
  }
  if (
    command.shell.assignments.some(({ name }) => CODE_VARIABLE.test(name)) || setsVariable(command)
  ) {
    findings.push(finding("command in a variable", "sets a variable that makes programs run code"));
  }
  return findings;
};

/** The code that an interpreter is given as an option. */
export function inlineCode(command: RunCommand): Word | undefined {
  const { name, args } = command;
  if (name === "deno") return args[0]?.text === "eval" ? args.at(-1) : undefined;
  if (/^[gmn]?awk$/.test(name)) {
    return args.find(({ text }) =>
      /\bsystem *\(|\| *&? *"|\| *getline|"[^"]*" *\||print[^;}]*> *"/.test(text)
    );
  }
  if (/^g?sed$/.test(name)) {
    return args.find(({ text }) =>
      /(?:^|[;{}\n0-9$/])\s*e(?:\s|$)|(?:^|[;{])\s*s(.).*\1.*\1[gip0-9]*e/s.test(text)
    );
  }
  if (/^(?:n?vim?|ex|view)$/.test(name)) return args.find(({ text }) => /!|\bsystem\(/.test(text));
  if (name === "emacs") {
    return args.find(({ text }) => /^--(?:eval|execute|batch|script)/.test(text));
  }
  const options = INTERPRETERS.find(([names]) => names.test(name))?.[1].split(" ");
  if (options === undefined) return undefined;
  const at = args.findIndex(({ text }) => options.some((option) => gives(text, option)));
  return at === -1 ? undefined : args[at + 1] ?? args[at];
}

/** Whether the word is the option, a cluster that ends in it, or the option with its value. */
function gives(text: string, option: string): boolean {
  if (option.length > 2) return text.toLowerCase().startsWith(option.toLowerCase());
  return new RegExp(`^-[A-Za-z0-9]{0,8}${option.charAt(1)}`).test(text) && !text.startsWith("--");
}

/** An interpreter without a file, whose input is written down or comes through a pipe. */
function readsCode(command: RunCommand): boolean {
  const { name, shell } = command;
  if (!INTERPRETERS.some(([names]) => names.test(name)) || inlineCode(command) !== undefined) {
    return false;
  }
  const { flags, rest } = partsOf(command, "-m -W -X -I -r --require --import");
  const hasFile = rest.some(({ text }) => text !== "-") || flags.has("-m") ||
    flags.has("--version");
  const isFed = command.isFed || shell.index > 0 ||
    shell.redirects.some(({ operator }) => operator.startsWith("<<"));
  return isFed && !hasFile;
}

function hasRunningOption({ name, args }: RunCommand): boolean {
  return args.some(({ text }, index) => {
    if (RUNNING_OPTION.test(text)) return true;
    const before = args[index - 1]?.text ?? "";
    if (name === "git" && /^(?:-c|config|--global|--local|--add)$/.test(before)) {
      return GIT_COMMAND.test(text);
    }
    return /^(?:tar|bsdtar)$/.test(name) && /^-[a-zA-Z]*I$/.test(before) &&
      !/^(?:zstd|pigz|xz|lz4|gzip|pbzip2)\b/.test(text);
  });
}

/** `export LD_PRELOAD=…` and `env LD_PRELOAD=… command`. */
function setsVariable({ name, words }: RunCommand): boolean {
  if (!/^(?:export|declare|typeset|readonly|env|sudo)$/.test(name)) return false;
  return words.some(({ text }) =>
    text.includes("=") && CODE_VARIABLE.test(text.split("=", 1)[0] ?? "")
  );
}
