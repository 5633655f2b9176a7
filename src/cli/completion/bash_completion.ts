import type { CommandNode } from "./command_tree.ts";
import { placesOf, valueOptions, type Values, valuesOf } from "./completion_words.ts";

/**
 * A completion script for bash 3.2 and later. It does without the package bash-completion, so it
 * puts together itself what bash takes apart at `=`.
 */
export function bashCompletion(nodes: readonly CommandNode[]): string {
  const options = valueOptions(nodes);
  return `# bash completion for hermes. Put it where bash finds it, e.g.
#   hermes completion bash > ~/.local/share/bash-completion/completions/hermes
_hermes() {
  local place="" position=0 option="" words="" files="" prefix="" word i typed=()
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if ((\${#typed[@]} > 0)) && [[ $word == "=" || \${COMP_WORDS[i-1]} == "=" ]]; then
      typed[\${#typed[@]}-1]+="$word"
    else
      typed+=("$word")
    fi
  done
  local last=$((\${#typed[@]} - 1))
  local current="\${typed[last]}"
  for word in "\${typed[@]:0:last}"; do
    if [[ -n $option ]]; then option=""; continue; fi
    case "$place $word" in
      ${alternatives(options.map(({ at }) => at))}) option="$word"; continue ;;
    esac
    case "\${place:+$place }$word" in
      ${alternatives(placesOf(nodes))}) place="\${place:+$place }$word" position=0 ;;
      *) [[ $word == -* ]] || position=$((position + 1)) ;;
    esac
  done
  if [[ $current == --*=* ]]; then
    option="\${current%%=*}"
    [[ $COMP_WORDBREAKS == *=* ]] || prefix="$option="
    current="\${current#*=}"
  fi
  if [[ -n $option ]]; then
    case "$place $option" in
${options.map(({ at, values }) => branch(`"${at}"`, [], values)).join("\n")}
    esac
  else
    case "$place $position" in
${nodes.flatMap(positionBranches).join("\n")}
    esac
    if [[ $current == -* || -z $words$files ]]; then
      case "$place" in
${nodes.map(optionBranch).join("\n")}
      esac
    fi
  fi
  COMPREPLY=($(compgen -P "$prefix" -W "$words" -- "$current"))
  if [[ -n $files ]]; then
    COMPREPLY+=($(compgen -P "$prefix" -f -- "$current"))
    compopt -o filenames 2>/dev/null
  fi
  case "\${COMPREPLY[0]}" in *=) compopt -o nospace 2>/dev/null ;; esac
}
complete -F _hermes hermes`;
}

function alternatives(texts: readonly string[]): string {
  return texts.map((text) => `"${text}"`).join("|");
}

/** What may stand as the first word, the second one and so on. */
function positionBranches({ path, commands, arguments: names }: CommandNode): string[] {
  if (names.length === 0) {
    return [branch(`"${path} 0"`, commands.map(({ name }) => name), { kind: "none" })];
  }
  return names.map((name, position) =>
    branch(name.isVariadic ? `"${path} "*` : `"${path} ${position}"`, [], valuesOf(name))
  );
}

function optionBranch({ path, options }: CommandNode): string {
  return `        "${path}") words+=" ${options.map(({ name }) => name).join(" ")}" ;;`;
}

function branch(pattern: string, words: readonly string[], values: Values): string {
  const all = values.kind === "words" ? [...words, ...values.words] : words;
  return `      ${pattern}) words="${all.join(" ")}"${
    values.kind === "files" ? " files=1" : ""
  } ;;`;
}
