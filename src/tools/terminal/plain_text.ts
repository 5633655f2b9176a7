// deno-lint-ignore-file no-control-regex -- Control characters are what this file is about.

/** Each branch ends at the next ESC at the latest, so a text is read once whatever it holds. */
const ESCAPES = new RegExp(
  [
    "\\x1b\\[[0-?]*[ -/]*[@-~]?", // CSI: colours, moves of the cursor.
    "\\x1b\\][^\\x07\\x1b]*(?:\\x07|\\x1b\\\\)?", // OSC: titles, links.
    "\\x1b[PX^_][^\\x1b]*(?:\\x1b\\\\)?", // DCS and its kin.
    "\\x1b[ -/]*[0-~]?",
  ].join("|"),
  "g",
);
/** What a terminal shows nothing for; tab and newline stay. */
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g;

/**
 * What a person would read on the screen: without colours, and of a line that was written over
 * again and again, like a progress bar, its last state.
 */
export function toPlainText(output: string): string {
  const lines = output.replace(ESCAPES, "").replaceAll("\r\n", "\n").split("\n");
  return lines.map(lastState).join("\n").replace(CONTROLS, "");
}

function lastState(line: string): string {
  const end = line.endsWith("\r") ? line.length - 1 : line.length;
  return line.slice(line.lastIndexOf("\r", end - 1) + 1, end);
}
