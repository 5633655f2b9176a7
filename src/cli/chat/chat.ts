import process from "node:process";
import picocolors from "picocolors";
import { HermesError } from "../../errors.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { printableText, wrapText } from "../../sandbox/chat_text.ts";
import { MarkdownRows } from "../terminal/markdown_rows.ts";
import { PromptTerminal } from "../terminal/prompt_terminal.ts";
import { AnswerRows } from "./answer_rows.ts";
import type { OpenChat } from "./chat_command.ts";
import { ChatHistory } from "./chat_history.ts";
import { parseChatInput } from "./chat_input.ts";
import { ChatCommands, type FoundCommand, type OwnCommand, runShared } from "./chat_commands.ts";
import type { OpenSession, WantedSession } from "./chat_sessions.ts";
import { resumedLine, sessionLines, undoneLine, welcomeText } from "./chat_texts.ts";
import { Conversation, type Saying } from "./conversation.ts";
import { TerminalQuestions } from "./terminal_questions.ts";

const PROMPT = "> ";
/** How many conversations `/sessions` lists. */
const LISTED_MAX = 10;
const UNDO_MAX = 50;

/** Talks until the person leaves or `signal` aborts. Gives the exit code. */
export async function runChat(
  opened: OpenChat,
  io: CliIo,
  signal: AbortSignal,
): Promise<number> {
  const { color, widthColumns } = io.outTerminal;
  const { agent } = opened.parts;
  const history = new ChatHistory(agent.paths.chatHistoryFile, agent.redact);
  const entered = await history.load();
  const terminal: PromptTerminal = new PromptTerminal({
    input: process.stdin,
    output: process.stdout,
    columns: () => process.stdout.columns || widthColumns,
    color: picocolors.createColors(color).cyan,
    history: entered,
    onLine: (line, number) => chat.enter(line, number),
    onInterrupt: () => chat.stop(),
  });
  const chat: Chat = new Chat(opened, { terminal, history, color });
  const stopped = new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve());
  });
  try {
    const { first, parts } = opened;
    chat.say(welcomeText(first.name, parts.turn.models.primary.modelId));
    await Promise.race([terminal.closed, stopped, chat.failed]);
  } finally {
    terminal.close();
    await chat.end();
  }
  return EXIT.ok;
}

/** The conversation at the prompt, and what belongs to it. */
interface Talk {
  readonly session: OpenSession;
  readonly conversation: Conversation;
  readonly commands: ChatCommands;
}

type Work = (signal: AbortSignal) => Promise<void>;

/** What happens at the prompt. One message is answered at a time; others wait for it. */
class Chat {
  /** Rejects for a bug in an answer. */
  readonly failed: Promise<never>;
  readonly #fail: (error: unknown) => void;
  readonly #opened: OpenChat;
  readonly #terminal: PromptTerminal;
  readonly #history: ChatHistory;
  readonly #dim: (text: string) => string;
  readonly #questions: TerminalQuestions;
  readonly #rows: AnswerRows;
  readonly #markdown: MarkdownRows;
  readonly #waiting: Work[] = [];
  #talk: Talk;
  /** What is under way in the conversation; what comes next waits for it. */
  #working: Promise<void> | undefined;
  #cancel = new AbortController();
  #isOver = false;
  /** Lines are read in the order in which they were entered. */
  #lines: Promise<void> = Promise.resolve();

  constructor(
    opened: OpenChat,
    { terminal, history, color }: {
      readonly terminal: PromptTerminal;
      readonly history: ChatHistory;
      readonly color: boolean;
    },
  ) {
    this.#opened = opened;
    this.#terminal = terminal;
    this.#history = history;
    this.#dim = picocolors.createColors(color).dim;
    const { agent } = opened.parts;
    this.#questions = new TerminalQuestions({
      say: (text) => this.say(text),
      linesBegun: () => terminal.linesBegun,
      clock: agent.clock,
    });
    this.#rows = new AnswerRows({ redact: agent.redact, columns: () => terminal.columns, color });
    this.#markdown = new MarkdownRows({ color });
    this.#talk = this.#begin(opened.first);
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    this.#fail = reject;
    opened.listen((key, text) => this.#wake(key, text));
  }

  /** Takes a line. Commands are obeyed also while a question waits; what else was typed since answers it. */
  enter(line: string, number: number): void {
    this.#lines = this.#lines.then(() => this.#read(line, number)).catch(this.#fail);
  }

  /** Stops what is under way; false when there is nothing. */
  stop(): boolean {
    if (this.#working === undefined) return false;
    this.#waiting.length = 0;
    this.#cancel.abort();
    return true;
  }

  /** Shows words of our own. */
  say(text: string): void {
    this.#show(wrapText(text, this.#terminal.columns).map((row) => this.#dim(row.text)));
  }

  /** The same for words that are Markdown. */
  #sayMarkdown(text: string): void {
    const { columns } = this.#terminal;
    const rows = printableText(text).split("\n")
      .flatMap((line) => this.#markdown.rows(line, columns));
    this.#show(rows.map(this.#dim));
  }

  async end(): Promise<void> {
    this.#isOver = true;
    this.stop();
    await this.#working;
    await this.#leave();
    await this.#history.flush();
  }

  async #read(line: string, number: number): Promise<void> {
    const input = parseChatInput(line);
    if (input.kind === "command") {
      const found = await this.#talk.commands.find(input.command.name);
      // Prose may begin with a slash, e.g. `/tmp is full, why?`.
      const isProse = found.kind === "unknown" && found.meant === undefined &&
        input.command.args !== "";
      if (!isProse) {
        this.#remember(line);
        return this.#obey(found, input);
      }
    }
    if (this.#questions.answer(line, number) !== "answers" && input.kind !== "nothing") {
      this.#remember(line);
      const { text } = input;
      this.#work((signal) => this.#answer({ text }, signal));
    }
    this.#draw();
  }

  /** Answers to questions are not among what is remembered: one may be a password. */
  #remember(line: string): void {
    this.#history.add(line).catch((error) => this.say(`${error.message}.`));
  }

  #obey(
    found: FoundCommand,
    { command: { name, args }, text }: Extract<
      ReturnType<typeof parseChatInput>,
      { kind: "command" }
    >,
  ): void {
    switch (found.kind) {
      case "own":
        return this.#obeyOwn(found.name, args);
      case "shared": {
        const { key } = this.#talk.session;
        const isRunning = this.#working !== undefined;
        const run = async (signal: AbortSignal) => {
          const call = { args, key, isRunning };
          this.#sayMarkdown(await runShared(found.command, call, signal));
        };
        if (found.command.timing === "beside") run(this.#cancel.signal).catch(this.#fail);
        else this.#workInTurn(run);
        return;
      }
      case "skill":
        this.#work(async (signal) => {
          const { commands, session } = this.#talk;
          await this.#answer({ text: await commands.expandSkill(text, session.key) }, signal);
        });
        return this.#draw();
      case "unknown": {
        const hint = found.meant === undefined
          ? "/help lists them."
          : `Did you mean /${found.meant}?`;
        return this.say(`There is no command /${name}. ${hint}`);
      }
      default:
        return found satisfies never;
    }
  }

  #obeyOwn(name: OwnCommand, args: string): void {
    switch (name) {
      case "help":
        return this.say(this.#talk.commands.help());
      case "exit":
        return this.#terminal.close();
      case "stop":
        return this.stop() ? this.#draw() : this.say("Nothing is being answered.");
      case "sessions":
        this.#talk.conversation.id()
          .then((id) => this.#opened.chats.newest(LISTED_MAX, id))
          .then((sessions) => this.say(sessionLines(sessions)))
          .catch(this.#fail);
        return;
      case "new":
        return this.#workInTurn(async () => {
          await this.#move({ kind: "new" });
          if (args !== "") await this.#talk.session.store.setTitle(this.#talk.session.key, args);
          this.say("This is a new conversation. /resume goes back to an earlier one.");
        });
      case "resume":
        if (args === "") return this.#obeyOwn("sessions", args);
        return this.#workInTurn(async () => {
          const presentId = await this.#talk.conversation.id();
          this.say(resumedLine(await this.#move({ kind: "named", name: args, presentId })));
        });
      case "undo":
        return this.#workInTurn(async () => {
          const count = Math.min(Math.max(1, Number.parseInt(args, 10) || 1), UNDO_MAX);
          this.say(undoneLine(await this.#talk.conversation.takeBack(count)));
        });
      case "retry":
        return this.#workInTurn(async (signal) => {
          const said = await this.#talk.conversation.takeLast();
          if (said === undefined) return this.say("There is nothing here to ask again.");
          await this.#answer(said, signal);
        });
      default:
        return name satisfies never;
    }
  }

  #begin(session: OpenSession): Talk {
    const { parts } = this.#opened;
    const { askApproval, askQuestion } = this.#questions;
    const deps = { ...parts, askApproval, askQuestion, sessions: session.store };
    return {
      session,
      conversation: new Conversation(session.key, deps),
      commands: new ChatCommands(parts, session.store),
    };
  }

  /** To another conversation, and gives its name; stays where it is when that one cannot be opened. */
  async #move(wanted: WantedSession): Promise<string | undefined> {
    const { chats } = this.#opened;
    const { commands, session: { key } } = this.#talk;
    const found = await chats.find(wanted);
    if (found?.history.summary.key === key) {
      await commands.life.resume(key, found.id); // This one is a copy of it, or it is one of this.
    } else {
      const next = await chats.open(found);
      await this.#leave();
      this.#talk = this.#begin(next);
    }
    return found?.name;
  }

  async #leave(): Promise<void> {
    await this.#talk.conversation.close();
    await this.#talk.session.close();
  }

  /** A background job reports: the conversation that began it hears of it as soon as it can. */
  #wake(key: OpenSession["key"], text: string): void {
    if (this.#isOver) return;
    if (key !== this.#talk.session.key) {
      return this.say("(A background job of an earlier conversation has ended.)");
    }
    this.say("(A background job reports.)");
    this.#work((signal) => this.#answer({ text }, signal));
  }

  /** The same for a command: whoever typed it sees that it was read. */
  #workInTurn(work: Work): void {
    if (this.#working !== undefined) this.say("(That follows when the answer is done.)");
    this.#work(work);
  }

  /** Does, in the order of the calls, what nothing else may run beside. */
  #work(work: Work): void {
    this.#waiting.push(work);
    this.#workNext();
  }

  #workNext(): void {
    if (this.#working !== undefined || this.#isOver) return;
    const work = this.#waiting.shift();
    if (work === undefined) return;
    this.#cancel = new AbortController();
    this.#working = work(this.#cancel.signal).catch((error) => {
      if (!(error instanceof HermesError)) return this.#fail(error);
      this.say(`${error.message}. ${error.hint}`);
    }).finally(() => {
      this.#working = undefined;
      this.#workNext();
    });
  }

  async #answer(saying: Saying, signal: AbortSignal): Promise<void> {
    const reply = await this.#talk.conversation.ask(saying, (event) => {
      this.#rows.take(event);
      this.#draw();
    }, signal);
    this.#rows.end();
    this.#draw();
    if (reply.note !== "") this.say(this.#opened.parts.agent.redact(reply.note));
    if (reply.outcome === "interrupted") this.say("(Stopped.)");
  }

  #draw(): void {
    this.#show([]);
  }

  #show(rows: readonly string[]): void {
    const { rows: happened, live } = this.#rows.output();
    const above = happened.map(({ text, isNote }) => isNote ? this.#dim(text) : text);
    this.#terminal.show({ rows: [...above, ...rows], live }, PROMPT);
  }
}
