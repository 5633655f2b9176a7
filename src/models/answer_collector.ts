import type { AssistantMessage, ToolCall, Usage } from "../transcript/message.ts";
import { BrokenConnectionError, ReportedError } from "./failure_facts.ts";
import type { FinishReason, ModelDone, ModelEvent } from "./model_client.ts";
import type { ProviderEcho } from "./provider_echo.ts";
import { readArguments } from "./repair_arguments.ts";
import type { SdkAssistantContent, SdkMetadata, SdkStreamPart } from "./sdk_model.ts";
import { type Said, ThinkTagSplitter } from "./think_tags.ts";

/** Longest answer, in characters: a server that never stops must not fill the memory. */
const ANSWER_CHARS_MAX = 2_000_000;
/** Longest name of a tool that OpenAI, Anthropic and Google take. */
const TOOL_NAME_CHARS_MAX = 64;

export interface CollectorOptions {
  /** Names the model that the answer's `providerData` belongs to. */
  readonly source: string;
  /** Whether `<think>` in the text is the model's thinking. */
  readonly splitsThinkTags: boolean;
  /** Whether the reasoning has to be sent back with the tool calls that it led to. */
  readonly wantsReasoningText: boolean;
}

type Part = Extract<SdkAssistantContent[number], { type: "text" | "reasoning" | "tool-call" }>;
type SpokenPart = Exclude<Part, { type: "tool-call" }>;

/** Builds the answer of one call from the parts of its stream. */
export class AnswerCollector {
  readonly #options: CollectorOptions;
  readonly #splitter: ThinkTagSplitter | undefined;
  readonly #parts: Part[] = [];
  /** Text and reasoning that is still growing, by kind and the stream's id. */
  readonly #open = new Map<string, SpokenPart>();
  #chars = 0;
  #finish: Extract<SdkStreamPart, { type: "finish" }> | undefined;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#splitter = options.splitsThinkTags ? new ThinkTagSplitter() : undefined;
  }

  /**
   * Takes one part, and gives what the caller shows of it.
   *
   * @throws ReportedError when the part is an error.
   */
  add(part: SdkStreamPart): ModelEvent[] {
    switch (part.type) {
      case "text-start":
      case "reasoning-start":
      case "reasoning-end":
        this.#mark(part);
        return [];
      case "text-end": {
        const rest = this.#say(part.id, this.#splitter?.end() ?? []);
        this.#mark(part);
        return rest;
      }
      case "text-delta":
        this.#mark(part);
        return this.#say(
          part.id,
          this.#splitter?.push(part.delta) ?? [{ kind: "text", text: part.delta }],
        );
      case "reasoning-delta":
        this.#mark(part);
        return this.#say(part.id, [{ kind: "reasoning", text: part.delta }]);
      case "tool-input-delta":
        this.#count(part.delta);
        return [];
      case "tool-call":
        if (part.providerExecuted !== true) this.#addToolCall(part);
        return [];
      case "finish":
        this.#finish = part;
        return [];
      case "error":
        throw new ReportedError(part.error);
      default:
        return [];
    }
  }

  /** What the call cost in US dollars, where the provider reports it, as OpenRouter does. */
  get reportedUsd(): number | undefined {
    const reported = this.#finish?.usage.raw?.["cost"];
    return typeof reported === "number" && reported >= 0 ? reported : undefined;
  }

  /**
   * The whole answer, once the stream has ended.
   *
   * @throws BrokenConnectionError when it ended too early.
   */
  done(): ModelDone {
    const finish = this.#finish;
    if (finish === undefined || finish.finishReason.unified === "interrupted") {
      throw new BrokenConnectionError(200);
    }
    return {
      kind: "done",
      message: this.#message(finish.providerMetadata),
      finishReason: toFinishReason(finish.finishReason.unified),
      usage: toUsage(finish.usage),
    };
  }

  #mark(
    part: Extract<SdkStreamPart, { type: `${"text" | "reasoning"}-${"start" | "delta" | "end"}` }>,
  ): void {
    const type = part.type.startsWith("text") ? "text" : "reasoning";
    const spoken = this.#openPart(type, part.id);
    if (part.providerMetadata !== undefined) spoken.providerOptions = part.providerMetadata;
    if (part.type.endsWith("-end")) this.#open.delete(`${type} ${part.id}`);
  }

  #openPart(type: SpokenPart["type"], id: string): SpokenPart {
    const key = `${type} ${id}`;
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    const part: SpokenPart = { type, text: "" };
    this.#open.set(key, part);
    this.#parts.push(part);
    return part;
  }

  #say(id: string, said: readonly Said[]): ModelEvent[] {
    const spoken = said.filter(({ text }) => text !== "");
    for (const { kind, text } of spoken) {
      this.#count(text);
      this.#openPart(kind, id).text += text;
    }
    return spoken.map(({ kind, text }) => ({ kind: `${kind}_delta`, text }));
  }

  #addToolCall(part: Extract<SdkStreamPart, { type: "tool-call" }>): void {
    this.#parts.push({
      type: "tool-call",
      toolCallId: part.toolCallId,
      toolName: toToolName(part.toolName),
      input: parseArguments(part.input),
      ...(part.providerMetadata !== undefined && { providerOptions: part.providerMetadata }),
    });
  }

  #count(text: string): void {
    this.#chars += text.length;
    if (this.#chars <= ANSWER_CHARS_MAX) return;
    throw new ReportedError(`the answer is longer than ${ANSWER_CHARS_MAX} characters`);
  }

  #message(messageMetadata: SdkMetadata | undefined): AssistantMessage {
    const textOf = (type: SpokenPart["type"], separator: string) =>
      this.#parts.flatMap((part) => part.type === type ? [part.text] : []).join(separator);
    const toolCalls = this.#parts.flatMap((part): ToolCall[] =>
      part.type !== "tool-call" ? [] : [{
        id: part.toolCallId,
        name: part.toolName,
        arguments: part.input,
      }]
    );
    const reasoning = textOf("reasoning", "\n\n").trim();
    const providerData = this.#echo(reasoning, toolCalls, messageMetadata);
    return {
      role: "assistant",
      text: textOf("text", ""),
      toolCalls,
      ...(reasoning !== "" && { reasoning }),
      ...(providerData !== undefined && { providerData }),
    };
  }

  /** What has to go back to the provider, if anything has to. */
  #echo(
    reasoning: string,
    toolCalls: readonly ToolCall[],
    messageMetadata: SdkMetadata | undefined,
  ): ProviderEcho | undefined {
    const { source, wantsReasoningText } = this.#options;
    const details = messageMetadata?.["openaiCompatible"]?.["reasoning_details"];
    const echoesText = wantsReasoningText && reasoning !== "" && toolCalls.length > 0;
    const isSigned = this.#parts.some((part) =>
      part.type !== "text" && part.providerOptions !== undefined
    );
    if (!echoesText && !isSigned && details === undefined) return undefined;
    const content = this.#parts.filter((part) => {
      if (part.type === "text") return part.text.trim() !== "";
      return part.type === "tool-call" || part.providerOptions !== undefined || echoesText;
    });
    return {
      source,
      content,
      ...(details !== undefined && {
        messageMetadata: { openaiCompatible: { reasoning_details: details } },
      }),
    };
  }
}

/** A name as providers take it back: they refuse the whole conversation for one of another form. */
function toToolName(written: string): string {
  return written.replace(/[^\w-]/g, "_").slice(0, TOOL_NAME_CHARS_MAX) || "unnamed";
}

/** Arguments as the model meant them; text of which that is not clear stays text, to be refused. */
function parseArguments(input: string): unknown {
  const read = readArguments(input);
  return read.kind === "read" ? read.value : input;
}

type SdkFinish = Extract<SdkStreamPart, { type: "finish" }>;

function toFinishReason(unified: SdkFinish["finishReason"]["unified"]): FinishReason {
  switch (unified) {
    case "stop":
    case "length":
      return unified;
    case "tool-calls":
      return "tool_calls";
    case "content-filter":
      return "refused";
    default:
      return "other";
  }
}

function toUsage({ inputTokens, outputTokens }: SdkFinish["usage"]): Usage {
  return {
    inputTokens: inputTokens.total ?? 0,
    outputTokens: outputTokens.total ?? 0,
    cachedInputTokens: inputTokens.cacheRead ?? 0,
    cacheWriteTokens: inputTokens.cacheWrite ?? 0,
    reasoningTokens: outputTokens.reasoning ?? 0,
  };
}
