import type {
  AssistantMessage,
  Message,
  ToolResultMessage,
  UserMessage,
} from "../transcript/message.ts";
import type { ChosenModel } from "./choose_model.ts";
import { type LoadedImages, NO_IMAGES } from "./load_images.ts";
import type { ModelRequest, ToolDescription } from "./model_client.ts";
import { contentOf, decodeEcho, echoSource } from "./provider_echo.ts";
import type { Wire } from "./provider_table.ts";
import { reasoningOptions } from "./reasoning_options.ts";
import {
  COMPATIBLE_NAMESPACE,
  type SdkCallOptions,
  type SdkMessage,
  type SdkMetadata,
  type SdkPrompt,
} from "./sdk_model.ts";

/** Marks where Anthropic's prompt cache may end. */
const CACHE_BREAKPOINT: SdkMetadata = { anthropic: { cacheControl: { type: "ephemeral" } } };
/** Anthropic's wire wants a limit; for a model that the library does not know it would set 4096. */
const ANTHROPIC_OUTPUT_TOKENS_DEFAULT = 32_000;
/** No wire takes an empty message of a user. */
const EMPTY_TEXT = "(empty message)";

/** A request in the library's words. The same request gives the same bytes on the wire. */
export function toSdkCall(
  request: ModelRequest,
  chosen: ChosenModel,
  images: LoadedImages = NO_IMAGES,
): SdkCallOptions {
  const maxOutputTokens = request.outputTokensMax ?? chosen.outputTokensMax ??
    (chosen.wire === "anthropic" && !chosen.modelId.includes("claude")
      ? ANTHROPIC_OUTPUT_TOKENS_DEFAULT
      : undefined);
  return {
    prompt: toSdkPrompt(request, chosen, images),
    ...(request.tools.length > 0 && { tools: request.tools.map(toSdkTool) }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...callOptions(request, chosen),
  };
}

function toSdkPrompt(
  request: ModelRequest,
  chosen: ChosenModel,
  images: LoadedImages,
): SdkPrompt {
  const prompt: SdkPrompt = [];
  if (request.systemPrompt !== "") {
    prompt.push({ role: "system", content: request.systemPrompt.toWellFormed() });
  }
  for (const message of request.messages) {
    const sent = request.withoutReasoning ? plain(message) : message;
    appendMessage(prompt, sent, chosen, images);
  }
  if (chosen.wire !== "anthropic") return prompt;
  return prompt.map((message, index) => {
    const isBreakpoint = message.role === "system" || index === prompt.length - 1;
    return isBreakpoint ? { ...message, providerOptions: CACHE_BREAKPOINT } : message;
  });
}

/** The message without what its provider wants back: its reasoning, signed or encrypted. */
function plain(message: Message): Message {
  if (message.role !== "assistant") return message;
  const { role, text, toolCalls } = message;
  return { role, text, toolCalls };
}

function appendMessage(
  prompt: SdkPrompt,
  message: Message,
  chosen: ChosenModel,
  images: LoadedImages,
): void {
  switch (message.role) {
    case "user": {
      prompt.push({ role: "user", content: toSdkUser(message, images) });
      return;
    }
    case "assistant":
      prompt.push(toSdkAssistant(message, chosen));
      return;
    case "tool": {
      const result = toSdkToolResult(message, chosen);
      const last = prompt.at(-1);
      if (last?.role === "tool") last.content.push(result);
      else prompt.push({ role: "tool", content: [result] });
    }
  }
}

/** The text, then the images; one that cannot be sent is told of in the text. */
function toSdkUser(
  { text, images: shown = [] }: UserMessage,
  images: LoadedImages,
): Extract<SdkMessage, { role: "user" }>["content"] {
  const told = shown.filter(({ path }) => images.get(path) === undefined)
    .map(({ name, path }) => `[Image, which you cannot see: ${name}, stored as ${path}]`);
  const said = [text, ...told].join("\n").trim();
  const parts = shown.flatMap(({ path, mimeType, name }) => {
    const data = images.get(path);
    if (data === undefined) return [];
    return [{
      type: "file" as const,
      mediaType: mimeType,
      filename: name,
      data: { type: "data" as const, data },
    }];
  });
  return [{ type: "text", text: said === "" ? EMPTY_TEXT : said.toWellFormed() }, ...parts];
}

function toSdkAssistant(
  message: AssistantMessage,
  chosen: ChosenModel,
): Extract<SdkMessage, { role: "assistant" }> {
  const echo = decodeEcho(message.providerData);
  const isOwn = echo?.source === echoSource(chosen);
  const content = (isOwn ? echo.content : contentOf(message)).map((part) => {
    if (part.type === "text") return { ...part, text: part.text.toWellFormed() };
    if (part.type !== "tool-call") return part;
    return {
      ...part,
      toolCallId: toCallId(part.toolCallId, chosen),
      input: toArguments(part.input),
    };
  });
  const providerOptions = isOwn ? echo.messageMetadata : undefined;
  return { role: "assistant", content, ...(providerOptions !== undefined && { providerOptions }) };
}

function toSdkToolResult(message: ToolResultMessage, chosen: ChosenModel) {
  return {
    type: "tool-result" as const,
    toolCallId: toCallId(message.toolCallId, chosen),
    toolName: message.toolName,
    output: {
      type: message.isError ? "error-text" as const : "text" as const,
      value: message.text.toWellFormed(),
    },
  };
}

/** Anthropic refuses ids with the points and colons of others; a session may outlive its model. */
function toCallId(id: string, { wire }: ChosenModel): string {
  return wire === "anthropic" ? id.replace(/[^\w-]/g, "_") : id;
}

/** Arguments as every wire takes them: an object, with its keys in one order. */
function toArguments(value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return sortKeys(value) as Record<string, unknown>;
  }
  return { malformed_arguments: value ?? null };
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}

function toSdkTool(tool: ToolDescription) {
  return {
    type: "function" as const,
    name: tool.name,
    description: tool.description,
    inputSchema: tool.inputSchema,
  };
}

function callOptions(
  request: ModelRequest,
  chosen: ChosenModel,
): Pick<SdkCallOptions, "reasoning" | "providerOptions"> {
  const { body, ...reasoning } = request.withoutReasoning ? { body: {} } : reasoningOptions(chosen);
  const fields = { ...wireFields(chosen), ...body };
  const namespace = NAMESPACES[chosen.wire];
  return {
    ...reasoning,
    providerOptions: Object.keys(fields).length === 0 ? {} : { [namespace]: fields },
  };
}

const NAMESPACES: Readonly<Record<Wire, string>> = {
  "openai-compatible": COMPATIBLE_NAMESPACE,
  openai: "openai",
  anthropic: "anthropic",
  google: "google",
};

function wireFields(chosen: ChosenModel): SdkMetadata[string] {
  switch (chosen.wire) {
    case "openai":
      // What the model thought comes back encrypted and stays with us, not with the provider.
      return { store: false };
    case "openai-compatible": {
      // OpenRouter sets Anthropic's cache breakpoints itself when it is asked to.
      const caches = chosen.providerId === "openrouter" && chosen.modelId.startsWith("anthropic/");
      return caches ? { cache_control: { type: "ephemeral" } } : {};
    }
    default:
      return {};
  }
}
