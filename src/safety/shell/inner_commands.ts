import { takeOptions } from "./call_parts.ts";
import { joinWords, type Word } from "./syntax.ts";

/** The commands that `find -exec` and the like run. */
export function innerCommands(name: string, args: readonly Word[]): readonly (readonly Word[])[] {
  switch (name) {
    case "find":
      return afterEach(args, /^-(?:exec|execdir|ok|okdir)$/);
    case "fd":
    case "fdfind":
      return afterEach(args, /^(?:-x|-X|--exec|--exec-batch)$/);
    case "docker":
    case "podman":
    case "nerdctl":
      return inContainer(args);
    case "kubectl":
    case "oc":
      return args[0]?.text === "exec" ? afterEach(args, /^--$/) : [];
    case "git":
      return afterEach(args, /^run$/);
    case "entr":
      return [takeOptions(args, "").rest];
    default:
      return [];
  }
}

/** The words after each option that `option` finds, up to `;` or `+`. */
function afterEach(args: readonly Word[], option: RegExp): readonly (readonly Word[])[] {
  const commands: (readonly Word[])[] = [];
  for (let at = 0; at < args.length; at++) {
    if (!option.test(args[at]?.text ?? "")) continue;
    const rest = args.slice(at + 1);
    const end = rest.findIndex(({ text }) => text === ";" || text === "+");
    const own = end === -1 ? rest : rest.slice(0, end);
    commands.push(own.map((word) => word.text.includes("{}") ? { ...word, isKnown: false } : word));
    at += own.length;
  }
  return commands;
}

/** `docker exec CONTAINER command`. */
function inContainer(args: readonly Word[]): readonly (readonly Word[])[] {
  const at = args.findIndex(({ text }) => text === "exec");
  if (at === -1 || at > 3) return [];
  const { rest } = takeOptions(
    args.slice(at + 1),
    "-e -u -w --env --user --workdir --env-file --index",
  );
  return [rest.slice(1)];
}

/** The scripts that a command is given as a word. */
export function innerScripts(name: string, args: readonly Word[]): readonly Word[] {
  switch (name) {
    case "su":
    case "runuser":
    case "script":
    case "flock":
      return afterOption(args, /^(?:-[a-z]*c|--command)$/);
    case "env":
      return afterOption(args, /^(?:-S|--split-string)$/);
    case "trap":
      return args.length > 1 ? args.slice(0, 1) : [];
    case "alias":
      return args.flatMap((word) => {
        const value = word.text.replace(/^[^=]*=/, "");
        return value === word.text ? [] : [{ ...word, text: value }];
      });
    case "git":
      return [
        ...afterOption(args, /^(?:foreach|-x|--exec|--tree-filter|--msg-filter|--index-filter)$/),
        ...args.filter(({ text }) => /^alias\.[\w-]+=!/.test(text))
          .map((word) => ({ ...word, text: word.text.replace(/^[^!]*!/, "") })),
      ];
    case "parallel": {
      const end = args.findIndex(({ text }) => /^:::/.test(text));
      const { rest } = takeOptions(end === -1 ? args : args.slice(0, end), "-j -S -a -I --jobs");
      return rest.length === 0 ? [] : [{ ...joinWords(rest), isKnown: false }];
    }
    default:
      return [];
  }
}

function afterOption(args: readonly Word[], option: RegExp): readonly Word[] {
  return args.flatMap((word, index) => {
    const next = args[index + 1];
    return option.test(word.text) && next !== undefined ? [next] : [];
  });
}
