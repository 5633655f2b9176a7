import { userInfo } from "node:os";
import { OUTCOME_NOTES } from "../../agent/outcome_notes.ts";
import { type PromptSources, sessionPrompt } from "../../agent/session_prompt.ts";
import { runTurn, type TurnDeps, type TurnEvent, type TurnOutcome } from "../../agent/turn.ts";
import { HermesError } from "../../errors.ts";
import type { SessionKey, SessionStore, SessionUsage } from "../../sessions/session_store.ts";
import { NO_SESSION_USAGE } from "../../sessions/session_usage.ts";
import type { ToolContext } from "../../tools/tool.ts";
import type { AgentParts } from "../compose_agent.ts";
import { historyCharsMax } from "../compose_turn.ts";

/** How a terminal shows text, for the model. */
const TERMINAL_HINT =
  `Your answers are printed in a terminal, which shows Markdown as it is written. Prefer plain text, short lists
and fenced code; no tables wider than 80 columns, no greeting and no signature.`;

export interface ConversationDeps extends Pick<ToolContext, "askApproval" | "askQuestion"> {
  readonly agent: AgentParts;
  readonly turn: TurnDeps;
  readonly sessions: SessionStore;
  readonly prompt: PromptSources;
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

  constructor(key: SessionKey, deps: ConversationDeps) {
    this.key = key;
    this.#deps = deps;
  }

  /** Id of its session; `undefined` before the first message. */
  async id(): Promise<string | undefined> {
    return (await this.#deps.sessions.describe(this.key))?.id;
  }

  /**
   * Answers one message. What happens is kept before `show` gets it. Throws only for a bug: what the
   * model or a file fails with is told in the reply.
   */
  async ask(
    text: string,
    show: (event: TurnEvent) => void,
    signal: AbortSignal,
  ): Promise<Reply> {
    const { agent } = this.#deps;
    const postId = agent.random.id();
    const said = { text: "", usage: NO_SESSION_USAGE };
    try {
      let outcome: TurnOutcome = "empty";
      const input = await this.#input(text);
      for await (const event of runTurn(input, this.#deps.turn, signal)) {
        await this.#keep(event, postId);
        show(event);
        if (event.kind === "message" && event.message.role === "assistant") {
          if (event.message.text.trim() !== "") said.text = event.message.text;
        }
        if (event.kind === "ended") [outcome, said.usage] = [event.outcome, event.usage];
      }
      if (said.text === "" && outcome === "answered") outcome = "empty";
      if (said.text === "") await this.#takeBack(postId);
      return { ...said, outcome, note: OUTCOME_NOTES[outcome] };
    } catch (error) {
      if (signal.aborted) return { ...said, outcome: "interrupted", note: "" };
      if (!(error instanceof HermesError)) throw error;
      if (said.text === "") await this.#takeBack(postId);
      return { ...said, outcome: "failed", note: `${error.message}. ${error.hint}` };
    }
  }

  async #input(text: string) {
    const { agent, prompt, sessions, turn, askApproval, askQuestion } = this.#deps;
    const person = { id: "cli", name: userInfo().username };
    const [session, history, { contextTokens }, tools] = await Promise.all([
      sessions.describe(this.key),
      sessions.load(this.key, { charsMax: historyCharsMax(agent.models.chain) }),
      sessions.usageOf(this.key),
      turn.loadTools(this.key),
    ]);
    const place = { kind: "dm", personName: person.name } as const;
    const systemPrompt = await sessionPrompt(
      {
        key: this.key,
        conversation: { place, isThread: false, hasSeveralPeople: false },
        personId: undefined,
        platformHint: TERMINAL_HINT,
        toolNames: new Set(tools.descriptions.map(({ name }) => name)),
        modelId: turn.models.primary.modelId,
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
    const userMessage = { role: "user", text } as const;
    return { systemPrompt, history, userMessage, context, contextTokens };
  }

  async #keep(event: TurnEvent, postId: string): Promise<void> {
    const { agent, sessions } = this.#deps;
    if (event.kind === "compacted") return await sessions.compact(this.key, event.messages);
    if (event.kind === "usage") return await sessions.addUsage(this.key, event.usage);
    if (event.kind !== "message") return;
    const stored = { atMs: agent.clock.nowMs(), message: event.message };
    const isUser = event.message.role === "user";
    await sessions.append(this.key, [isUser ? { ...stored, postId, personId: "cli" } : stored]);
  }

  /** A message that got no answer would spoil the next ones. */
  #takeBack(postId: string): Promise<void> {
    return this.#deps.sessions.rewind(this.key, postId);
  }
}
