import type { Prompter, Tone } from "./prompter.ts";

const PREFIX: Readonly<Record<Tone, string>> = {
  good: "",
  note: "",
  warning: "Warning: ",
  problem: "",
};

/** Nobody to ask: says what there is to say, line by line. */
export function createPlainPrompter(
  print: (line: string) => void,
  signal: AbortSignal,
): Prompter & Disposable {
  const refuse = (question: string) => Promise.reject(new Error(`Nobody to ask: ${question}`));
  return {
    isInteractive: false,
    choose: ({ message }) => refuse(message),
    text: ({ message }) => refuse(message),
    secret: refuse,
    confirm: refuse,
    begin: () => {},
    end: print,
    say: (tone, text) => print(`${PREFIX[tone]}${text}`),
    page: (title, lines) => {
      print(title);
      for (const line of lines) print(line === "" ? "" : `  ${line}`);
    },
    busy: (_, work) => work(signal),
    [Symbol.dispose]: () => {},
  };
}
