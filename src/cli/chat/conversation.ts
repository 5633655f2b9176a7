import { userInfo } from "node:os";
import { OUTCOME_NOTES } from "../../agent/outcome_notes.ts";
import { type PromptSources, sessionPrompt } from "../../agent/session_prompt.ts";
import { runTurn, type TurnEvent, type TurnOutcome } from "../../agent/turn.ts";
import { HermesError } from "../../errors.ts";
import { STOPPED_TEXT } from "../../gateway/exchange_texts.ts";
import { SessionTitler } from "../../gateway/session_life/session_titler.ts";
import type {
  SaidPost,
  SessionKey,
  SessionStore,
  SessionUsage,
} from "../../sessions/session_store.ts";
import { NO_SESSION_USAGE } from "../../sessions/session_usage.ts";
import type { ToolContext } from "../../tools/tool.ts";
import type { ImageReference } from "../../transcript/message.ts";
import type { AgentParts } from "../compose_agent.ts";
import { chooseModels } from "../compose_commands.ts";
import { type ComposedTurn, historyCharsMax } from "../compose_turn.ts";

/** How a terminal shows text, for the model. */
const TERMINAL_HINT =
  `Your answers are printed in a terminal, which shows simple Markdown: bold, code, lists, quotes. Prefer plain text, short lists
and fenced code; no tables wider than 80 columns, no greeting and no signature.`;

/** Who speaks at a terminal: whoever may use this home. */
export const TERMINAL_PERSON = "cli";

/** What all conversations of a process share. */
export interface ChatParts {
  readonly agent: AgentParts;
  readonly turn: ComposedTurn;
  readonly prompt: PromptSources;
}

export interface ConversationDeps
  extends ChatParts, Pick<ToolContext, "askApproval" | "askQuestion"> {
  readonly sessions: SessionStore;
}

/** What a person says. */
export interface Saying {
  readonly text: string;
  readonly images?: readonly ImageReference[];
}

/** What became of one message. */
export interface Reply {
  /** The model's last words; `""` when it said nothing. */
  readonly text: string;
  /** What is to be said besides: why there is no answer, or no whole one. */
  readonly note: string;
  readonly outcome: TurnOutcome | "failed" | "interrupted";
  readonly usage: SessionUsage;
}

/** One conversation of a person at a terminal with the agent. */
export class Conversation {
  readonly key: SessionKey;
  readonly #deps: ConversationDeps;
  readonly #titler: SessionTitler;

  constructor(key: SessionKey, deps: ConversationDeps) {
    this.key = key;
    this.#deps = deps;
    const { agent, sessions } = deps;
    const { title_generation: titles } = agent.config.providers.auxiliary;
    this.#titler = new SessionTitler({
      sessions,
      model: titles === undefined ? undefined : agent.models.auxiliary("title_generation"),
      clock: agent.clock,
      log: agent.log,
    });
  }

  /** To be called before its store closes. */
  close(): Promise<void> {
    return this.#titler.close();
  }

  /** Id of its session; `undefined` before the first message. */
  async id(): Promise<string | undefined> {
    return (await this.#deps.sessions.describe(this.key))?.id;
  }

  /** Takes the newest messages and their answers back. Gives them, the oldest first. */
  async takeBack(count: number): Promise<readonly SaidPost[]> {
    const { sessions } = this.#deps;
    const taken = (await sessions.saidPosts(this.key)).slice(-count);
    if (taken[0] !== undefined) await sessions.rewind(this.key, taken[0].postId);
    return taken;
  }

  /** Takes the newest message and its answer back, to be said again; `undefined` when there is none. */
  async takeLast(): Promise<Saying | undefined> {
    const { sessions } = this.#deps;
    const last = (await sessions.saidPosts(this.key)).at(-1);
    if (last === undefined) return undefined;
    const [said] = await sessions.loadExchange(this.key, last.postId);
    await sessions.rewind(this.key, last.postId);
    return said?.role === "user" ? said : { text: last.text };
  }

  /**
   * Answers one message. What happens is kept before `show` gets it. Throws only for a bug: what the
   * model or a file fails with is told in the reply.
   */
  async ask(
    saying: Saying,
    show: (event: TurnEvent) => void,
    signal: AbortSignal,
  ): Promise<Reply> {
    const { agent } = this.#deps;
    const postId = agent.random.id();
    const said = { text: "", usage: NO_SESSION_USAGE };
    try {
      let outcome: TurnOutcome = "empty";
      const { input, turn, showsReasoning } = await this.#prepare(saying);
      for await (const event of runTurn(input, turn, signal)) {
        await this.#keep(event, postId);
        if (showsReasoning || event.kind !== "reasoning_delta") show(event);
        if (event.kind === "message" && event.message.role === "assistant") {
          if (event.message.text.trim() !== "") said.text = event.message.text;
        }
        if (event.kind === "ended") [outcome, said.usage] = [event.outcome, event.usage];
      }
      if (said.text === "" && outcome === "answered") outcome = "empty";
      if (said.text === "") await this.#takeBack(postId);
      else this.#titler.note(this.key, { postId, text: saying.text });
      return { ...said, outcome, note: OUTCOME_NOTES[outcome] };
    } catch (error) {
      if (signal.aborted) {
        await this.#keepStopped(postId);
        return { ...said, outcome: "interrupted", note: "" };
      }
      if (!(error instanceof HermesError)) throw error;
      if (said.text === "") await this.#takeBack(postId);
      return { ...said, outcome: "failed", note: `${error.message}. ${error.hint}` };
    }
  }

  async #prepare({ text, images }: Saying) {
    const { agent, prompt, sessions, turn, askApproval, askQuestion } = this.#deps;
    const person = { id: TERMINAL_PERSON, name: userInfo().username };
    const session = await sessions.describe(this.key);
    const models = chooseModels(agent, session?.choices ?? {});
    const [history, { contextTokens }, tools] = await Promise.all([
      sessions.load(this.key, { charsMax: historyCharsMax(models) }),
      sessions.usageOf(this.key),
      turn.loadTools(this.key),
    ]);
    const place = { kind: "dm", personName: person.name } as const;
    const systemPrompt = await sessionPrompt(
      {
        key: this.key,
        conversation: { place, isThread: false, hasSeveralPeople: false },
        personId: person.id,
        platformHint: TERMINAL_HINT,
        toolNames: new Set(tools.descriptions.map(({ name }) => name)),
        modelId: models.primary.modelId,
        startedAtMs: session?.createdAtMs ?? agent.clock.nowMs(),
      },
      prompt,
      sessions,
    );
    const context = {
      sessionKey: this.key,
      person,
      hasSeveralPeople: false,
      askApproval,
      askQuestion,
    };
    const userMessage = { role: "user", text, ...(images !== undefined && { images }) } as const;
    const input = { systemPrompt, history, userMessage, context, contextTokens };
    const showsReasoning = session?.choices?.showsReasoning ?? agent.config.display.showReasoning;
    return { input, turn: { ...turn, models }, showsReasoning };
  }

  async #keep(event: TurnEvent, postId: string): Promise<void> {
    const { agent, sessions } = this.#deps;
    if (event.kind === "compacted") return await sessions.compact(this.key, event.messages);
    if (event.kind === "usage") return await sessions.addUsage(this.key, event.usage);
    if (event.kind !== "message") return;
    const stored = { atMs: agent.clock.nowMs(), message: event.message };
    const isUser = event.message.role === "user";
    await sessions.append(this.key, [
      isUser ? { ...stored, postId, personId: TERMINAL_PERSON } : stored,
    ]);
  }

  /** For the model, in the place of what it would have said. */
  async #keepStopped(postId: string): Promise<void> {
    const { agent, sessions } = this.#deps;
    if ((await sessions.loadExchange(this.key, postId)).length === 0) return;
    const message = { role: "assistant", text: STOPPED_TEXT, toolCalls: [] } as const;
    await sessions.append(this.key, [{ atMs: agent.clock.nowMs(), message }]);
  }

  /** A message that got no answer would spoil the next ones. */
  #takeBack(postId: string): Promise<void> {
    return this.#deps.sessions.rewind(this.key, postId);
  }
}
