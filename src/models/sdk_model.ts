import type { OpenAICompatibleProvider } from "@ai-sdk/openai-compatible";
import type { FetchFn } from "../runtime/network.ts";
import type { ChosenModel } from "./choose_model.ts";
import { BrokenConnectionError, UnexpectedResponseError } from "./failure_facts.ts";
import { reasoningDetailsExtractor } from "./reasoning_details.ts";

/** A model of the AI SDK: one request, one stream. We use this layer below `ai` itself. */
export type SdkModel = ReturnType<OpenAICompatibleProvider["languageModel"]>;
export type SdkCallOptions = Parameters<SdkModel["doStream"]>[0];
export type SdkPrompt = SdkCallOptions["prompt"];
export type SdkMessage = SdkPrompt[number];
export type SdkAssistantContent = Extract<SdkMessage, { role: "assistant" }>["content"];
export type SdkStream = Awaited<ReturnType<SdkModel["doStream"]>>["stream"];
export type SdkStreamPart = SdkStream extends ReadableStream<infer Part> ? Part : never;
export type SdkMetadata = NonNullable<SdkCallOptions["providerOptions"]>;

/** The library's name for options and metadata of the OpenAI-compatible wire. */
export const COMPATIBLE_NAMESPACE = "openaiCompatible";

/** Most bytes we read of a body that is no stream; enough for any provider's error. */
const ERROR_BODY_BYTES_MAX = 16_384;

/** Loads the one package that speaks the chosen wire, and nothing else of the SDK. */
export async function loadSdkModel(chosen: ChosenModel, fetch: FetchFn): Promise<SdkModel> {
  const { wire, modelId, baseUrl } = chosen;
  const settings = {
    apiKey: chosen.apiKey.reveal(),
    baseURL: wire === "anthropic" && !baseUrl.endsWith("/v1") ? `${baseUrl}/v1` : baseUrl,
    fetch: checkedFetch(fetch) as typeof globalThis.fetch,
  };
  switch (wire) {
    case "openai-compatible": {
      const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
      return createOpenAICompatible({
        ...settings,
        name: COMPATIBLE_NAMESPACE,
        includeUsage: true,
        metadataExtractor: reasoningDetailsExtractor,
      }).languageModel(modelId);
    }
    case "openai":
      return (await import("@ai-sdk/openai")).createOpenAI(settings).responses(modelId);
    case "anthropic":
      return (await import("@ai-sdk/anthropic")).createAnthropic(settings).languageModel(modelId);
    case "google":
      return (await import("@ai-sdk/google")).createGoogle(settings).languageModel(modelId);
  }
}

/**
 * Lets nothing but a stream or an error through: a redirect would carry the key elsewhere, and a web
 * page or a whole JSON body would look like a stream without an answer.
 */
function checkedFetch(send: FetchFn): FetchFn {
  return async (url, init) => {
    const response = await send(url, { ...init, redirect: "manual" }).catch((error: unknown) => {
      if (init?.signal?.aborted) throw error;
      throw new BrokenConnectionError(0, error);
    });
    const type = response.headers.get("content-type") ?? "";
    const isRedirect = response.status >= 300 && response.status < 400;
    const isWhole = response.ok && /html|application\/json/.test(type);
    if (!isRedirect && !isWhole) return response;
    throw new UnexpectedResponseError(response, await readStart(response));
  };
}

async function readStart(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length >= ERROR_BODY_BYTES_MAX) break;
  }
  return text;
}
