import type { CommandNode, Word } from "./command_tree.ts";
import { placesOf, valueOptions, type Values, valuesOf } from "./completion_words.ts";

/** A completion script for zsh. */
export function zshCompletion(nodes: readonly CommandNode[]): string {
  const options = valueOptions(nodes);
  return `#compdef hermes
# zsh completion for hermes. Put it into a folder of $fpath, e.g.
#   hermes completion zsh > ~/.zfunc/_hermes
_hermes() {
  local place="" option="" word
  local -i position=0
  local -a places=(${quoteAll(placesOf(nodes))})
  local -a valued=(${quoteAll(options.map(({ at }) => at))})
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ -n $option ]]; then
      option=""
    elif (( \${valued[(Ie)$place $word]} )); then
      option="$word"
    elif (( \${places[(Ie)\${place:+$place }$word]} )); then
      place="\${place:+$place }$word" position=0
    elif [[ $word != -* ]]; then
      position+=1
    fi
  done
  if [[ $words[CURRENT] == --*=* ]]; then
    option="\${words[CURRENT]%%=*}"
    compset -P '*='
  fi
  if [[ -n $option ]]; then
    case "$place $option" in
${options.map(({ at, values }) => `      ${quote(at)}) ${offer(values)} ;;`).join("\n")}
    esac
    return
  fi
  case "$place $position" in
${nodes.flatMap(positionBranches).join("\n")}
  esac
  case "$place" in
${nodes.map(optionBranch).join("\n")}
  esac
}
if [[ $funcstack[1] == _hermes ]]; then _hermes "$@"; else compdef _hermes hermes; fi`;
}

function positionBranches({ path, commands, arguments: names }: CommandNode): string[] {
  if (commands.length > 0) {
    return [`    ${quote(`${path} 0`)}) ${describe("command", commands)} ;;`];
  }
  return names.map((name, position) => {
    const pattern = name.isVariadic ? `${quote(`${path} `)}*` : quote(`${path} ${position}`);
    return `    ${pattern}) ${offer(valuesOf(name))} ;;`;
  });
}

function optionBranch({ path, options }: CommandNode): string {
  return `    ${quote(path)}) ${describe("option", options)} ;;`;
}

/** Words with what they mean behind them. */
function describe(tag: string, words: readonly Word[]): string {
  const entries = words.map(({ name, description }) =>
    `${name.replaceAll(":", "\\:")}:${description}`
  );
  return `local -a ${tag}s=(${quoteAll(entries)}); _describe -t ${tag}s ${tag} ${tag}s`;
}

function offer(values: Values): string {
  switch (values.kind) {
    case "files":
      return "_files";
    case "words": {
      const noSpace = values.words.every((word) => word.endsWith("=")) ? "-S '' " : "";
      return `compadd ${noSpace}-- ${quoteAll(values.words)}`;
    }
    case "none":
      return ":";
  }
}

function quoteAll(texts: readonly string[]): string {
  return texts.map(quote).join(" ");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
