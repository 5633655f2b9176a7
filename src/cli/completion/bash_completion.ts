import type { CommandNode } from "./command_tree.ts";
import { argumentValues, type Values, valuesNamed } from "./completion_words.ts";

/** A completion script for bash; it works without the package bash-completion. */
export function bashCompletion(nodes: readonly CommandNode[]): string {
  const paths = nodes.map(({ path }) => path).filter((path) => path !== "");
  return `# bash completion for hermes. Put it where bash finds it, e.g.
#   hermes completion bash > ~/.local/share/bash-completion/completions/hermes
_hermes() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local path="" word words="" files=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${paths.map((path) => `"${path}"`).join("|")}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path $previous" in
${nodes.flatMap(valueCases).join("\n")}
    *) case "$path" in
${
    nodes.map((node) => `      "${node.path}") ${assign(wordsOf(node), argumentValues(node))} ;;`)
      .join("\n")
  }
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ -n "$files" ]; then COMPREPLY+=($(compgen -f -- "$current")); fi
  case "\${COMPREPLY[0]}" in *=) compopt -o nospace 2>/dev/null ;; esac
}
complete -F _hermes hermes`;
}

/** What follows an option that takes a value. */
function valueCases({ path, options }: CommandNode): string[] {
  return options.filter(({ valueName }) => valueName !== undefined)
    .map(({ name, valueName }) =>
      `    "${path} ${name}") ${assign([], valuesNamed(valueName))} ;;`
    );
}

function wordsOf({ commands, options }: CommandNode): string[] {
  return [...commands, ...options].map(({ name }) => name);
}

function assign(words: readonly string[], values: Values): string {
  const all = values.kind === "words" ? [...words, ...values.words] : words;
  return `words="${all.join(" ")}"${values.kind === "files" ? " files=1" : ""}`;
}
