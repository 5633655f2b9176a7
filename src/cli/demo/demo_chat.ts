import process from "node:process";
import picocolors from "picocolors";
import { asObject, asText } from "../../mattermost/decode.ts";
import { parseChatInput } from "../../sandbox/chat_input.ts";
import { type ChatPlace, placeLabel, toChatPost } from "../../sandbox/chat_post.ts";
import {
  channelSeat,
  channelsOf,
  type ChatSeat,
  directSeat,
  personSeat,
  promptText,
  type SeatChange,
  threadSeat,
} from "../../sandbox/chat_seat.ts";
import { ChatView } from "../../sandbox/chat_view.ts";
import type { Post } from "../../sandbox/records.ts";
import { Refusal } from "../../sandbox/refusal.ts";
import { SEEDED_BOT } from "../../sandbox/seed.ts";
import { describeIgnored, type PostOutcome } from "./demo_outcome.ts";
import { HELP_TEXT, welcomeText } from "./demo_texts.ts";
import { type DemoWorkspace, openDemoWorkspace } from "./demo_workspace.ts";
import type { CliIo } from "../io.ts";
import { PromptTerminal } from "../terminal/prompt_terminal.ts";

/** Resolves when the person at the terminal leaves or `signal` aborts. Throws when the bot fails. */
export async function runDemoChat(io: CliIo, signal: AbortSignal): Promise<void> {
  const { color, widthColumns } = io.outTerminal;
  const columns = () => process.stdout.columns || widthColumns;
  const view = new ChatView({ color, columns });
  let draw = () => {};
  const warn = (line: string) => {
    view.noteLogLine(line);
    draw();
  };
  await using workspace = await openDemoWorkspace({ environment: io.environment, warn }, signal);
  const terminal = new PromptTerminal({
    input: process.stdin,
    output: process.stdout,
    columns,
    color: picocolors.createColors(color).cyan,
    onLine: (line) => chat.enter(line),
  });
  const chat = new DemoChat({ workspace, view, terminal });
  draw = () => chat.draw();
  try {
    chat.welcome();
    const stopped = new Promise((resolve) => signal.addEventListener("abort", resolve));
    await Promise.race([terminal.closed, stopped, workspace.gatewayEnded, chat.watch()]);
  } finally {
    terminal.close();
  }
}

interface DemoChatDeps {
  readonly workspace: DemoWorkspace;
  readonly view: ChatView;
  readonly terminal: PromptTerminal;
}

/** What a person does at the prompt, and what they see of the workspace. */
class DemoChat {
  readonly #deps: DemoChatDeps;
  #seat: ChatSeat;
  /** Posts of this terminal that the bot is not done with, and the channel of each. */
  readonly #pending = new Map<string, string>();
  /** Where the bot types, by channel. */
  readonly #typing = new Map<string, ChatPlace>();
  /** Time of the last change that was shown. */
  #shownUpToMs = 0;

  constructor(deps: DemoChatDeps) {
    this.#deps = deps;
    this.#seat = directSeat("alice", deps.workspace.server);
  }

  welcome(): void {
    const { view, workspace } = this.#deps;
    view.note(welcomeText(workspace.server.url, workspace.answeredBy));
    this.draw();
  }

  /** Shows what happens, until the workspace closes. */
  async watch(): Promise<void> {
    const { server } = this.#deps.workspace;
    for (;;) {
      await server.until(() => this.#hasNews() || undefined);
      this.#showNews();
      this.draw();
    }
  }

  /** Does what a line says. */
  enter(line: string): void {
    this.#deps.view.interrupt();
    this.#act(line);
    this.draw();
  }

  draw(): void {
    const { view, terminal, workspace } = this.#deps;
    view.showTyping([...this.#typing.values()].map((place) => {
      const label = this.#labelOf(place);
      return `${SEEDED_BOT} is typing${label === "" ? "" : ` in ${label}`}…`;
    }));
    terminal.show(view.take(), promptText(this.#seat, workspace.server, terminal.columns));
  }

  #act(line: string): void {
    const { view, terminal, workspace: { server } } = this.#deps;
    const input = parseChatInput(line);
    switch (input.kind) {
      case "nothing":
        return;
      case "say":
        return this.#say(input.text);
      case "direct":
        this.#seat = directSeat(this.#seat.person, server);
        return;
      case "channel":
        return this.#move(channelSeat(this.#seat, input.name, server));
      case "channels": {
        const names = channelsOf(this.#seat.person, server).map(({ name }) => `#${name}`);
        return view.note(names.join("\n"));
      }
      case "thread": {
        const { person, place } = this.#seat;
        if (input.isOn) return this.#move(threadSeat(this.#seat, server));
        this.#seat = { person, place: { ...place, rootId: "" } };
        return;
      }
      case "become":
        return this.#move(personSeat(this.#seat, input.person, server));
      case "help":
        return view.note(HELP_TEXT);
      case "quit":
        return terminal.close();
      case "unknown":
        return view.note(
          `There is no command ${input.command}: /help lists them, /${input.command} says it.`,
        );
      default:
        return input satisfies never;
    }
  }

  #move(change: SeatChange): void {
    if (change.kind === "seat") this.#seat = change.seat;
    else this.#deps.view.note(`${change.problem}.`);
  }

  #say(message: string): void {
    const { view, workspace } = this.#deps;
    const { person, place } = this.#seat;
    let post: Post;
    try {
      const draft = { channel: place.channelId, rootId: place.rootId, message };
      post = workspace.server.as(person).post(draft);
    } catch (error) {
      if (error instanceof Refusal) return view.note(`(Not posted: ${error.message})`);
      throw error;
    }
    view.written(toChatPost(post, workspace.server.world));
    this.#pending.set(post.id, post.channel_id);
    workspace.outcomeOf(post.id).then(
      (outcome) => this.#settle(post, outcome, person),
      () => {}, // The gateway failed: `gatewayEnded` says why.
    );
  }

  #settle({ id, channel_id: channelId }: Post, outcome: PostOutcome, person: string): void {
    this.#pending.delete(id);
    this.#showNews(id);
    if (![...this.#pending.values()].includes(channelId)) this.#typing.delete(channelId);
    const silence = outcome.kind === "ignored"
      ? describeIgnored(outcome.reason, person)
      : undefined;
    if (silence !== undefined) this.#deps.view.note(`(No answer: ${silence})\n`);
    this.draw();
  }

  #hasNews(): boolean {
    const { requests, world } = this.#deps.workspace.server;
    return requests.length > 0 ||
      [...world.posts.values()].some((post) => post.update_at > this.#shownUpToMs);
  }

  /** Shows what has changed, and the answer to `settledPostId`, which is complete now. */
  #showNews(settledPostId = ""): void {
    const { view, workspace: { server } } = this.#deps;
    const { id: personId } = server.user(this.#seat.person);
    const shownUpToMs = this.#shownUpToMs;
    for (const record of server.world.posts.values()) {
      const post = toChatPost(record, server.world);
      const isSettled = post.answerTo !== "" && post.answerTo === settledPostId;
      if (post.updatedAtMs <= shownUpToMs && !isSettled) continue;
      this.#shownUpToMs = Math.max(this.#shownUpToMs, post.updatedAtMs);
      const isGrowing = this.#pending.has(post.answerTo);
      const isAnswerToUs = isGrowing || isSettled; // Also when one has become somebody else since.
      const isMember = server.world.member(post.channelId, personId) !== undefined;
      if (isMember || isAnswerToUs) view.show(post, { label: this.#labelOf(post), isGrowing });
    }
    for (const { path, body } of server.requests.splice(0)) {
      if (path.endsWith("/users/me/typing")) this.#noteTyping(body);
    }
  }

  #noteTyping(body: unknown): void {
    const channelId = asText(asObject(body)?.channel_id);
    const rootId = asText(asObject(body)?.parent_id);
    this.#typing.set(channelId, { channelId, rootId });
  }

  /** Where something happens, unless it is where the person is. */
  #labelOf(place: ChatPlace): string {
    const { person, place: own } = this.#seat;
    if (place.channelId === own.channelId && place.rootId === own.rootId) return "";
    return placeLabel(place, person, this.#deps.workspace.server.world);
  }
}
