import { TerminalProcess } from "../support/driven_process.ts";

/** A question on the screen, and the keys that answer it. */
export type KeyStep = readonly [question: RegExp, keys: string];

export const ENTER = "\r";
export const DOWN = "\x1b[B";
export const UP = "\x1b[A";
export const CTRL_C = "\x03";
export const CTRL_D = "\x04";
export const ESCAPE = "\x1b";
/** Takes away what stands there. */
export const CLEAR = "\x15";

/** What the setup draws in front of the question that it waits for; answered ones have another. */
const ACTIVE = "◆";

/** Somebody at the terminal of `hermes gateway setup`. */
export class SetupTerminal {
  readonly process: TerminalProcess;

  constructor(process: TerminalProcess) {
    this.process = process;
  }

  /** Answers each question when it is asked, and waits until it is taken. */
  async answer(steps: readonly KeyStep[]): Promise<void> {
    for (const [question, keys] of steps) {
      const row = await this.asked(question);
      this.process.write(keys);
      const isTaken = () => this.process.screen.rows[row]?.startsWith(ACTIVE) !== true || undefined;
      await this.process.until(isTaken, `the answer to ${question}`);
    }
  }

  /** Waits for a question. Gives the row in which it begins. */
  asked(question: RegExp): Promise<number> {
    return this.process.until(() => {
      const { rows } = this.process.screen;
      const row = rows.findLastIndex((text) => text.startsWith(ACTIVE));
      const words = rows.slice(row).map((text) => text.replace(/^[│└◆] */, "")).join(" ");
      return row !== -1 && question.test(words) ? row : undefined;
    }, `the question ${question}`);
  }
}
