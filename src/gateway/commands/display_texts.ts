import type { ToolProgressMode } from "../../replies/tool_progress.ts";

/** What the bot says about what it shows besides the answer. */

const SHOWN: Readonly<Record<ToolProgressMode, string>> = {
  off: "Nothing of what tools do is shown here from now on.",
  new: "Each tool is shown here once in a row while it runs.",
  all: "Each call of a tool is shown here while it runs.",
  verbose: "Each call of a tool is shown here with all that it was given.",
};

export function verboseSetText(mode: ToolProgressMode): string {
  return `🔧 \`${mode}\`: ${SHOWN[mode]}`;
}

export function verboseUsageText(modes: readonly string[]): string {
  const names = modes.map((mode) => `\`${mode}\``).join(", ");
  return `\`!verbose\` goes to the next of ${names}; with one of them behind it, to that one; ` +
    "`!verbose default` takes it back.";
}
