import process from "node:process";
import picocolors from "picocolors";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { PromptTerminal } from "../terminal/prompt_terminal.ts";
import { AnswerRows } from "./answer_rows.ts";
import { newKey, type OpenChat } from "./chat_command.ts";
import { CHAT_HELP, parseChatInput } from "./chat_input.ts";
import { Conversation } from "./conversation.ts";
import { TerminalQuestions } from "./terminal_questions.ts";

const PROMPT = "> ";
const WELCOME = "Talk to the agent. /help lists the commands, Ctrl-C stops an answer and leaves.";

/** Talks until the person leaves or `signal` aborts. Gives the exit code. */
export async function runChat(
  opened: OpenChat,
  io: CliIo,
  signal: AbortSignal,
): Promise<number> {
  const { color, widthColumns } = io.outTerminal;
  const colors = picocolors.createColors(color);
  const terminal: PromptTerminal = new PromptTerminal({
    input: process.stdin,
    output: process.stdout,
    columns: () => process.stdout.columns || widthColumns,
    color: colors.cyan,
    onLine: (line, number) => chat.enter(line, number),
    onInterrupt: () => chat.stop(),
  });
  const chat: Chat = new Chat(opened, terminal, colors.dim);
  const stopped = new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve());
  });
  try {
    chat.say(`${WELCOME}\nModel: ${opened.deps.turn.models.primary.modelId}`);
    await Promise.race([terminal.closed, stopped, chat.failed]);
  } finally {
    terminal.close();
    await chat.end();
  }
  return EXIT.ok;
}

/** What happens at the prompt. One message is answered at a time; others wait for it. */
class Chat {
  /** Rejects for a bug in an answer. */
  readonly failed: Promise<never>;
  readonly #fail: (error: unknown) => void;
  readonly #opened: OpenChat;
  readonly #terminal: PromptTerminal;
  readonly #dim: (text: string) => string;
  readonly #questions: TerminalQuestions;
  readonly #rows: AnswerRows;
  readonly #waiting: string[] = [];
  #conversation: Conversation;
  #answering: Promise<void> | undefined;
  #cancel = new AbortController();

  constructor(opened: OpenChat, terminal: PromptTerminal, dim: (text: string) => string) {
    this.#opened = opened;
    this.#terminal = terminal;
    this.#dim = dim;
    const { agent } = opened.deps;
    this.#questions = new TerminalQuestions({
      say: (text) => this.say(text),
      linesBegun: () => terminal.linesBegun,
      clock: agent.clock,
    });
    this.#rows = new AnswerRows(agent.redact, () => terminal.columns);
    this.#conversation = this.#open(opened.key);
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    this.#fail = reject;
  }

  /** Takes a line. Commands are obeyed also while a question waits; what else was typed since answers it. */
  enter(line: string, number: number): void {
    const input = parseChatInput(line);
    if (input.kind !== "command" && this.#questions.answer(line, number) === "answers") {
      return this.#draw();
    }
    switch (input.kind) {
      case "nothing":
        return this.#draw();
      case "say":
        this.#waiting.push(input.text);
        this.#answerNext();
        return this.#draw();
      case "unknown": {
        const hint = input.meant === undefined
          ? "/help lists them"
          : `Did you mean /${input.meant}?`;
        return this.say(`There is no command /${input.name}. ${hint}`);
      }
      case "command":
        return this.#obey(input.name);
      default:
        return input satisfies never;
    }
  }

  /** Stops the answer that grows; false when there is none. */
  stop(): boolean {
    if (this.#answering === undefined) return false;
    this.#waiting.length = 0;
    this.#cancel.abort();
    return true;
  }

  /** Shows words of our own. */
  say(text: string): void {
    this.#show(text.split("\n").map((row) => this.#dim(row)));
  }

  async end(): Promise<void> {
    this.stop();
    await this.#answering;
  }

  #obey(name: Extract<ReturnType<typeof parseChatInput>, { kind: "command" }>["name"]): void {
    switch (name) {
      case "help":
        return this.say(CHAT_HELP);
      case "exit":
        return this.#terminal.close();
      case "stop":
        return this.stop() ? this.#draw() : this.say("Nothing is being answered.");
      case "new":
        if (this.#answering !== undefined) return this.say("Stop the answer first: /stop");
        this.#conversation = this.#open(newKey());
        return this.say("This is a new conversation.");
      case "usage":
        this.#opened.deps.sessions.usageOf(this.#conversation.key).then(
          ({ calls, tokens, cost }) => {
            const price = cost.status === "unknown" ? "" : `, ${cost.usd.toFixed(4)} USD`;
            const { inputTokens, outputTokens } = tokens;
            this.say(`${calls} calls, ${inputTokens} tokens read, ${outputTokens} written${price}`);
          },
          this.#fail,
        );
        return;
      default:
        return name satisfies never;
    }
  }

  #open(key: OpenChat["key"]): Conversation {
    const { askApproval, askQuestion } = this.#questions;
    return new Conversation(key, { ...this.#opened.deps, askApproval, askQuestion });
  }

  #answerNext(): void {
    if (this.#answering !== undefined) return;
    const text = this.#waiting.shift() ?? this.#opened.woken.shift();
    if (text === undefined) return;
    this.#cancel = new AbortController();
    this.#answering = this.#answer(text, this.#cancel.signal).catch(this.#fail).finally(() => {
      this.#answering = undefined;
      this.#answerNext();
    });
  }

  async #answer(text: string, signal: AbortSignal): Promise<void> {
    const reply = await this.#conversation.ask(text, (event) => {
      this.#rows.take(event);
      this.#draw();
    }, signal);
    this.#rows.end();
    this.#draw();
    if (reply.note !== "") this.say(this.#opened.deps.agent.redact(reply.note));
    if (reply.outcome === "interrupted") this.say("(Stopped.)");
  }

  #draw(): void {
    this.#show([]);
  }

  #show(rows: readonly string[]): void {
    const { notes, rows: said, live } = this.#rows.output();
    const above = [...said, ...notes.map(this.#dim), ...rows];
    this.#terminal.show({ rows: above, live }, PROMPT);
  }
}
