import type { CommandNode, OptionWord, Word } from "./command_tree.ts";
import { placesOf, valueOptions, type Values, valuesOf } from "./completion_words.ts";

/** A completion script for fish. */
export function fishCompletion(nodes: readonly CommandNode[]): string {
  return `# fish completion for hermes. Put it where fish finds it:
#   hermes completion fish > ~/.config/fish/completions/hermes.fish
function __hermes_at --description 'Whether the words so far lead to a place, and to this position in it'
  set -l place ""
  set -l position 0
  set -l option ""
  for word in (commandline -opc)[2..]
    set -l next (string trim -- "$place $word")
    if test -n "$option"
      set option ""
    else if contains -- "$place $word" ${quoteAll(valueOptions(nodes).map(({ at }) => at))}
      set option $word
    else if contains -- $next ${quoteAll(placesOf(nodes))}
      set place $next
      set position 0
    else if not string match -q -- '-*' $word
      set position (math $position + 1)
    end
  end
  test "$place" = "$argv[1]"; and begin
    test (count $argv) -eq 1; or test $position -eq $argv[2]
  end
end
complete -c hermes -f
${nodes.flatMap(linesOf).join("\n")}`;
}

function linesOf({ path, commands, options, arguments: names }: CommandNode): string[] {
  const first = at(path, 0);
  return [
    ...commands.map((word) => `${first} -a ${quote(word.name)}${describe(word)}`),
    ...names.flatMap((name, position) => {
      const offered = offer(valuesOf(name));
      return offered === "" ? [] : [at(path, name.isVariadic ? undefined : position) + offered];
    }),
    ...options.map((option) => at(path) + flags(option) + describe(option)),
  ];
}

function at(path: string, position?: number): string {
  const condition = ["__hermes_at", `"${path}"`, ...(position === undefined ? [] : [position])];
  return `complete -c hermes -n ${quote(condition.join(" "))}`;
}

function flags({ name, short, value }: OptionWord): string {
  const long = name.startsWith("--") ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`;
  const other = short === undefined ? "" : ` -s ${short.slice(1)}`;
  return long + other + (value === undefined ? "" : ` -r${offer(valuesOf(value))}`);
}

function describe({ description }: Word): string {
  return description === "" ? "" : ` -d ${quote(description)}`;
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

function quoteAll(texts: readonly string[]): string {
  return texts.map(quote).join(" ");
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
