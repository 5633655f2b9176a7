import type { CommandNode, Word } from "./command_tree.ts";
import { argumentValues, type Values, valuesNamed } from "./completion_words.ts";

/** A completion script for fish. */
export function fishCompletion(nodes: readonly CommandNode[]): string {
  const paths = nodes.map(({ path }) => path).filter((path) => path !== "");
  return `# fish completion for hermes. Put it where fish finds it:
#   hermes completion fish > ~/.config/fish/completions/hermes.fish
function __hermes_at
  set -l place ""
  for word in (commandline -opc)[2..]
    set -l next (string trim -- "$place $word")
    if contains -- $next ${paths.map(quote).join(" ")}
      set place $next
    end
  end
  test "$place" = "$argv[1]"
end
complete -c hermes -f
${nodes.flatMap(linesOf).join("\n")}`;
}

function linesOf(node: CommandNode): string[] {
  const start = `complete -c hermes -n ${quote(`__hermes_at ${quoteInside(node.path)}`)}`;
  const describe = ({ description }: Word) => description === "" ? "" : ` -d ${quote(description)}`;
  return [
    ...node.commands.map((word) => `${start} -a ${quote(word.name)}${describe(word)}`),
    ...node.options.map((option) => {
      const flag = option.name.startsWith("--")
        ? `-l ${option.name.slice(2)}`
        : `-s ${option.name[1]}`;
      const value = option.valueName === undefined
        ? ""
        : ` -r${offer(valuesNamed(option.valueName))}`;
      return `${start} ${flag}${value}${describe(option)}`;
    }),
    ...argumentLines(start, argumentValues(node)),
  ];
}

function argumentLines(start: string, values: Values): string[] {
  return values.kind === "none" ? [] : [`${start}${offer(values)}`];
}

function offer(values: Values): string {
  switch (values.kind) {
    case "files":
      return " -F";
    case "words":
      return ` -a ${quote(values.words.join(" "))}`;
    case "none":
      return "";
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** Within a condition, which is a command of its own. */
function quoteInside(text: string): string {
  return `"${text}"`;
}
