import type { ModelChain } from "../models/model_chain.ts";
import type { ModelClient, ModelRequest } from "../models/model_client.ts";
import type { Log } from "../runtime/log.ts";
import type { SessionKey } from "../sessions/session_store.ts";
import type { ToolRegistry } from "../tools/registry.ts";
import { CHARS_PER_TOKEN, estimateTokens } from "../transcript/estimate_tokens.ts";
import type { Message } from "../transcript/message.ts";
import { repairTranscript } from "../transcript/repair_transcript.ts";
import { compactionTrigger } from "./compaction_bounds.ts";
import type { Compactor } from "./compactor.ts";

/** What a turn asks, and how it keeps what it asks within bounds. */
export interface TalkDeps {
  readonly models: ModelChain;
  /** `undefined` where transcripts are not compacted. */
  readonly compaction: CompactionRules | undefined;
  readonly log: Log;
}

export interface CompactionRules {
  readonly compactor: Compactor;
  /** Which part of the model's window may be full. */
  readonly triggerShare: number;
}

/** The requests of one turn. They only ever grow at the end, but for a compaction or a remedy. */
export class Talk {
  readonly sessionKey: SessionKey;
  readonly tools: ToolRegistry;
  readonly #systemPrompt: string;
  /** All that is in force: the session so far, and what this turn has said. */
  #messages: Message[];
  /** Tokens of the last call and the number of messages it knew; 0 where there was none. */
  #counted: { readonly tokens: number; readonly messages: number };
  #model: ModelClient;
  /** What the model has let us know to be its window, if that is smaller than we thought. */
  windowTokens: number;
  outputTokensMax: number | undefined;
  withoutReasoning = false;
  withoutImages = false;

  constructor(parts: {
    readonly sessionKey: SessionKey;
    readonly systemPrompt: string;
    readonly tools: ToolRegistry;
    readonly messages: readonly Message[];
    /** Tokens of the session's last call, which knew all messages but the last; 0 for unknown. */
    readonly contextTokens: number;
    readonly model: ModelClient;
  }) {
    this.sessionKey = parts.sessionKey;
    this.tools = parts.tools;
    this.#systemPrompt = parts.systemPrompt;
    this.#messages = [...parts.messages];
    this.#counted = { tokens: parts.contextTokens, messages: parts.messages.length - 1 };
    this.#model = parts.model;
    this.windowTokens = parts.model.contextTokensMax;
  }

  get model(): ModelClient {
    return this.#model;
  }

  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** From now on this model is asked, which knows nothing of the troubles with the last one. */
  use(model: ModelClient): void {
    this.#model = model;
    this.windowTokens = model.contextTokensMax;
    this.outputTokensMax = undefined;
    this.withoutReasoning = false;
    this.withoutImages = false;
  }

  /** Whether requests hold images. */
  get hasImages(): boolean {
    return this.#messages.some((message) =>
      message.role === "user" && message.images !== undefined
    );
  }

  add(...messages: readonly Message[]): void {
    this.#messages.push(...messages);
  }

  /** Takes note of what the model itself counted for all messages so far. */
  count(tokens: number): void {
    this.#counted = { tokens, messages: this.#messages.length };
  }

  /** Puts other messages in the place of all. */
  replace(messages: readonly Message[]): void {
    this.#messages = [...messages];
    this.#counted = { tokens: 0, messages: 0 };
  }

  /** How many tokens the next request takes: what the last one took, and an estimate of the rest. */
  get tokens(): number {
    const { tokens, messages } = this.#counted;
    if (tokens > 0) return tokens + estimateTokens(this.#messages.slice(messages));
    const fixed = this.#systemPrompt.length + JSON.stringify(this.tools.descriptions).length;
    return Math.ceil(fixed / CHARS_PER_TOKEN) + estimateTokens(this.#messages);
  }

  /** From how many tokens on it is compacted. */
  triggerTokens(share: number): number {
    return compactionTrigger(this.windowTokens, share);
  }

  request(): ModelRequest {
    return {
      systemPrompt: this.#systemPrompt,
      messages: repairTranscript(this.#messages),
      tools: this.tools.descriptions,
      ...(this.outputTokensMax !== undefined && { outputTokensMax: this.outputTokensMax }),
      ...(this.withoutReasoning && { withoutReasoning: true }),
      ...(this.withoutImages && { withoutImages: true }),
    };
  }
}
