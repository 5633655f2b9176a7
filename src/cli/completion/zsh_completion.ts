import type { CommandNode, Word } from "./command_tree.ts";
import { argumentValues, type Values, valuesNamed } from "./completion_words.ts";

/** A completion script for zsh. */
export function zshCompletion(nodes: readonly CommandNode[]): string {
  const paths = nodes.map(({ path }) => path).filter((path) => path !== "");
  return `#compdef hermes
# zsh completion for hermes. Put it into a folder of $fpath, e.g.
#   hermes completion zsh > ~/.zfunc/_hermes
_hermes() {
  local place="" word
  local -a known; known=(${paths.map(quote).join(" ")})
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if (( \${known[(Ie)\${place:+$place }$word]} )); then place="\${place:+$place }$word"; fi
  done
  case "$place \${words[CURRENT-1]}" in
${nodes.flatMap(valueCases).join("\n")}
  esac
  case "$place" in
${nodes.map(nodeCase).join("\n")}
  esac
}
if [ "$funcstack[1]" = "_hermes" ]; then _hermes "$@"; else compdef _hermes hermes; fi`;
}

function valueCases({ path, options }: CommandNode): string[] {
  return options.filter(({ valueName }) => valueName !== undefined).map(({ name, valueName }) =>
    `    ${quote(`${path} ${name}`)}) ${offer(valuesNamed(valueName)) || ":"}; return ;;`
  );
}

function nodeCase(node: CommandNode): string {
  const parts = [
    describe("command", node.commands),
    offer(argumentValues(node)),
    describe("option", node.options),
  ];
  return `    ${quote(node.path)}) ${parts.filter((part) => part !== "").join("; ")} ;;`;
}

/** Words with what they mean behind them. */
function describe(tag: string, words: readonly Word[]): string {
  if (words.length === 0) return "";
  const entries = words.map(({ name, description }) =>
    quote(`${name.replaceAll(":", "\\:")}:${description}`)
  );
  return `local -a ${tag}s=(${entries.join(" ")}); _describe -t ${tag}s ${tag} ${tag}s`;
}

function offer(values: Values): string {
  switch (values.kind) {
    case "files":
      return "_files";
    case "words": {
      const noSpace = values.words.every((word) => word.endsWith("=")) ? "-S '' " : "";
      return `compadd ${noSpace}-- ${values.words.map(quote).join(" ")}`;
    }
    case "none":
      return "";
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
