import process from "node:process";

const ENTER = ["\r", "\n"];
const CTRL_C = "\u0003";
const BACKSPACE = ["\u007f", "\b"];

/** Asks at the terminal for a line that is not shown; `undefined` when the person gives up. */
export async function askHidden(question: string): Promise<string | undefined> {
  const { stdin, stderr } = process;
  stderr.write(`${question} (it is not shown): `);
  stdin.setRawMode(true);
  try {
    let line = "";
    for await (const chunk of stdin) {
      for (const character of String(chunk)) {
        if (ENTER.includes(character)) return line.trim();
        if (character === CTRL_C) return undefined;
        line = BACKSPACE.includes(character) ? line.slice(0, -1) : line + character;
      }
    }
    return undefined;
  } finally {
    stdin.setRawMode(false);
    stderr.write("\n");
  }
}
