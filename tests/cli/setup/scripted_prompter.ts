import assert from "node:assert/strict";
import {
  type Option,
  type Prompter,
  SetupCancelledError,
  type Tone,
} from "../../../src/cli/setup/prompter.ts";

/** What the person does at a question: types, says yes or no, takes what stands there, or leaves. */
export type Reply = string | boolean | typeof KEEP | typeof LEAVE;

export const KEEP = Symbol("takes what stands there");
export const LEAVE = Symbol("leaves");

/** A question that is expected, and the reply; of a choice the beginning of its label. */
export type Step = readonly [question: RegExp, reply: Reply];

/** Somebody who knows the questions beforehand. */
export class ScriptedPrompter implements Prompter {
  readonly isInteractive = true;
  /** Everything that was shown, line by line. */
  readonly shown: string[] = [];
  /** What stood there at each question that one types in. */
  readonly initials: string[] = [];
  readonly #steps: Step[];

  constructor(steps: readonly Step[]) {
    this.#steps = [...steps];
  }

  /** Steps that nobody asked for. */
  get left(): readonly Step[] {
    return this.#steps;
  }

  async choose<Value>(question: {
    readonly message: string;
    readonly options: readonly Option<Value>[];
    readonly initial?: Value | undefined;
  }): Promise<Value> {
    const { message, options, initial } = question;
    const labels = options.map(({ label, hint = "" }) => `${label} (${hint})`);
    const reply = await this.#reply(`${message} [${labels.join(" | ")}]`);
    if (reply === KEEP) {
      return (options.find((option) => option.value === initial) ?? options[0] as Option<Value>)
        .value;
    }
    const chosen = options.find(({ label }) => label.startsWith(String(reply)));
    assert.ok(chosen !== undefined, `"${message}" has no option "${String(reply)}": ${labels}`);
    return chosen.value;
  }

  async text(question: { readonly message: string; readonly initial?: string | undefined }) {
    const { message, initial = "" } = question;
    this.initials.push(initial);
    const reply = await this.#reply(message);
    return reply === KEEP ? initial : String(reply);
  }

  async secret(message: string): Promise<string> {
    return String(await this.#reply(message));
  }

  async confirm(message: string, initial: boolean): Promise<boolean> {
    const reply = await this.#reply(message);
    return reply === KEEP ? initial : Boolean(reply);
  }

  begin(title: string): void {
    this.shown.push(title);
  }

  end(text: string): void {
    this.shown.push(text);
  }

  say(tone: Tone, text: string): void {
    this.shown.push(`${tone}: ${text}`);
  }

  page(title: string, lines: readonly string[]): void {
    this.shown.push(title, ...lines);
  }

  busy<Result>(_: string, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    return work(new AbortController().signal);
  }

  /** The lines that begin like this. */
  said(tone: Tone): string[] {
    return this.shown.filter((line) => line.startsWith(`${tone}: `))
      .map((line) => line.slice(tone.length + 2));
  }

  #reply(question: string): Promise<Reply> {
    this.shown.push(`? ${question}`);
    const step = this.#steps.shift();
    assert.ok(step !== undefined, `nobody expected the question ${question}`);
    assert.match(question, step[0]);
    return step[1] === LEAVE ? Promise.reject(new SetupCancelledError()) : Promise.resolve(step[1]);
  }
}
