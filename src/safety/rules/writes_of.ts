import { basename, join } from "node:path";
import type { RunCommand } from "../shell/run_commands.ts";
import type { Word } from "../shell/syntax.ts";
import { partsOf } from "./rule.ts";

/** The files that a command writes, as they are written down. */
export function writesOf(command: RunCommand): readonly string[] {
  return [...redirected(command), ...written(command)];
}

function redirected({ shell }: RunCommand): readonly string[] {
  return shell.redirects
    .filter(({ operator, target }) =>
      /^(?:&?>>?|>\||<>)$/.test(operator) ||
      (operator === ">&" && !/^(?:\d+-?|-)$/.test(target.text))
    )
    .map(({ target }) => target.text);
}

function written(command: RunCommand): readonly string[] {
  const texts = (words: readonly Word[]) => words.map(({ text }) => text);
  switch (command.name) {
    case "tee":
    case "sponge":
    case "truncate":
      return texts(partsOf(command, "-s -r --size --reference").rest);
    case "cp":
    case "mv":
    case "ln":
    case "install":
    case "rsync":
    case "scp":
      return copied(command);
    case "sed":
    case "perl":
    case "ruby":
      return isInPlace(command) ? texts(partsOf(command, "-e -f --expression --file").rest) : [];
    case "dd":
      return after(command, /^of=/);
    case "curl":
      return [
        ...after(
          command,
          /^(?:-[a-zA-Z]*o|--output|--output-dir|-[a-zA-Z]*D|--dump-header)(?:=|$)/,
        ),
      ];
    case "wget":
      return after(command, /^(?:-[a-zA-Z]*[OP]|--output-document|--directory-prefix)(?:=|$)/);
    case "tar":
    case "bsdtar":
      return after(command, /^(?:-[a-zA-Z]*C|--directory|-[a-zA-Z]*f|--file)(?:=|$)/);
    case "unzip":
      return after(command, /^-d$/);
    case "sort":
      return after(command, /^(?:-o|--output)(?:=|$)/);
    case "find":
      return after(command, /^-f(?:ls|print|print0|printf)$/);
    case "ed":
    case "ex":
    case "vi":
    case "vim":
    case "nano":
      return texts(partsOf(command, "-c").rest);
    default:
      return [];
  }
}

function isInPlace(command: RunCommand): boolean {
  return command.args.some(({ text }) => /^(?:-[a-zA-Z]*i|--in-place)/.test(text));
}

/** The last operand, or what `-t` names; and what the sources are called in there. */
function copied(command: RunCommand): readonly string[] {
  const { rest } = partsOf(
    command,
    "-m -o -g -S --mode --owner --group --suffix -e --rsh -P -i -F -t",
  );
  const folders = after(command, /^(?:-t|--target-directory)(?:=|$)/);
  const operands = rest.map(({ text }) => text);
  const targets = folders.length > 0 ? folders : operands.slice(-1);
  const sources = folders.length > 0 ? operands : operands.slice(0, -1);
  const inside = targets.flatMap((target) =>
    sources.slice(0, SOURCES_MAX).map((source) => join(target, basename(source)))
  );
  return [...targets, ...inside];
}

/** Sources of one call of which the new names are looked at. */
const SOURCES_MAX = 1_000;

/** The values of an option: what follows `=`, what is attached to it, or the next word. */
function after({ args }: RunCommand, option: RegExp): readonly string[] {
  return args.flatMap(({ text }, index) => {
    const mark = text.match(option)?.[0];
    if (mark === undefined) return [];
    return [mark.endsWith("=") ? text.slice(mark.length) : args[index + 1]?.text ?? ""];
  });
}
