import { styleText } from "node:util";
import { wrapText } from "../../sandbox/chat_text.ts";
import { type Prompter, SetupCancelledError, type Tone } from "./prompter.ts";
import { type TerminalStreams, withSpinner } from "./spinner.ts";

/** Rows of a list that are shown at once; the rest comes by scrolling. */
const OPTIONS_SHOWN_MAX = 12;
/** What the frame on the left takes of a row. */
const FRAME_COLUMNS = 3;
const COLUMNS_MIN = 20;
const COLUMNS_DEFAULT = 80;
const CTRL_D = "\x04";

const LOG_OF: Readonly<Record<Tone, "step" | "info" | "warn" | "error">> = {
  good: "step",
  note: "info",
  warning: "warn",
  problem: "error",
};

/**
 * A person at a terminal, asked with `@clack/prompts`. Ctrl-D and the end of the terminal count
 * as leaving, and so does `signal`.
 */
export async function openTerminalPrompter(
  streams: TerminalStreams,
  signal: AbortSignal,
): Promise<Prompter & Disposable> {
  const clack = await import("@clack/prompts");
  const { input, output } = streams;
  const closed = new AbortController();
  const close = () => closed.abort();
  input.once("end", close);
  // At Ctrl-D the library falls silent, and the process would end as if all were well.
  const closeAtCtrlD = (keys: unknown) => {
    if (String(keys).includes(CTRL_D)) close();
  };
  const left = AbortSignal.any([closed.signal, signal]);
  const common = { input, output, signal: left };
  let showInstructions = true;
  /** Of some prompts the library lets the terminal break a long question. */
  const framed = (message: string) =>
    wrapped(message, output.columns).replaceAll("\n", `\n${styleText("gray", clack.S_BAR)}  `);
  const answered = async <Value>(asked: Promise<Value | typeof clack.CANCEL_SYMBOL>) => {
    input.on("data", closeAtCtrlD);
    const value = await asked.finally(() => input.off("data", closeAtCtrlD));
    if (clack.isCancel(value)) throw new SetupCancelledError();
    return value;
  };
  return {
    isInteractive: true,
    choose: async ({ message, options, initial }) => {
      const listed = options.map((option, value) => ({ ...option, value }));
      const preferred = initial === undefined
        ? 0
        : options.findIndex((option) => option.value === initial);
      const initialValue = Math.max(0, preferred);
      const shown = { maxItems: OPTIONS_SHOWN_MAX, showInstructions };
      showInstructions = false; // Once is enough.
      const asked = clack.select({ ...common, ...shown, message, options: listed, initialValue });
      const chosen = options[await answered(asked)];
      if (chosen === undefined) throw new Error(`"${message}" has no options`);
      return chosen.value;
    },
    text: ({ message, initial = "", example = "" }) => {
      const asked = { message: framed(message), initialValue: initial, placeholder: example };
      return answered(clack.text({ ...common, ...asked }));
    },
    secret: (message) => answered(clack.password({ ...common, message: framed(message) })),
    confirm: (message, initialValue) =>
      answered(clack.confirm({ ...common, message, initialValue })),
    begin: (title) => clack.intro(title, { output }),
    end: (text) => clack.outro(text, { output }),
    say: (tone, text) => clack.log[LOG_OF[tone]](wrapped(text, output.columns), { output }),
    page: (title, lines) => {
      const text = [title, ...lines].map((line) => wrapped(line, output.columns)).join("\n");
      clack.log.step(text, { output });
    },
    busy: (doing, work) => withSpinner(doing, work, streams, left),
    [Symbol.dispose]: () => void input.off("end", close),
  };
}

function wrapped(text: string, columns: number): string {
  // A terminal that does not know its size says 0.
  const columnsMax = (columns || COLUMNS_DEFAULT) - FRAME_COLUMNS;
  const rows = wrapText(text, Math.max(COLUMNS_MIN, columnsMax));
  return rows.map((row) => row.text).join("\n");
}
