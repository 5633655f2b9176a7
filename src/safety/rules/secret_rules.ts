import { judgeRead } from "../path_rules.ts";
import type { RunCommand } from "../shell/run_commands.ts";
import { type CommandRule, finding, pathsOf } from "./rule.ts";

/** Commands that show nothing of what is in the files that they are given. */
const HARMLESS = new Set([
  ...["echo", "printf", "cd", "pushd", "test", "[", "[[", "ls", "stat", "file", "touch", "mkdir"],
  ...["chmod", "chown", "rm", "unlink", "find", "source", ".", "export", "which", "type", "docker"],
  ...["podman", "kubectl", "ssh", "ssh-add", "ssh-keygen", "ssh-copy-id", "du", "realpath"],
  ...["basename", "dirname", "readlink", "hermes"],
]);
/** `auth` and `secret` are mostly subcommands, and no files. */
const PLAIN_WORD = /^[a-zA-Z-]*$/;
/** Words of one command that are looked at. */
const WORDS_MAX = 2_000;

/** Files with keys and passwords that a command reads, sends or copies. */
export const secretRule: CommandRule = (command, places) => {
  const isSecret = (path: string) => {
    const verdict = judgeRead(path, places);
    return verdict.kind === "refused" && (verdict.why !== "system" || /\/environ$/.test(path));
  };
  const isAmongSecrets = command.shell.folders.some(isSecret);
  const opens = readWords(command).slice(0, WORDS_MAX)
    .filter((text) => isAmongSecrets || !PLAIN_WORD.test(text))
    .some((text) => pathsOf(text, command, places).some(isSecret));
  return opens
    ? [finding("access to credentials", "opens a file that may hold keys or passwords")]
    : [];
};

/** What may be the name of a file that is read; behind `=` and `@` as well. */
function readWords({ name, args, shell }: RunCommand): readonly string[] {
  const inputs = shell.redirects.filter(({ operator }) => operator === "<")
    .map(({ target }) => target.text);
  if (HARMLESS.has(name)) return inputs;
  const isSearch = /^(?:grep|egrep|fgrep|rg|ag|ack)$/.test(name);
  const first = isSearch ? args.findIndex(({ text }) => !text.startsWith("-")) + 1 : 0;
  const words = args.slice(first).filter(({ text }, index, all) => {
    const isOfOption = /^(?:-i|--env-file|--identity)$/.test(all[index - 1]?.text ?? "");
    return !isOfOption && !text.startsWith("--env-file") && !/^!/.test(text);
  });
  return [...inputs, ...words.flatMap(({ text }) => [text, ...text.split(/[=@]/).slice(1, 4)])];
}
