/** The request format a provider speaks. */
export type Wire = "openai-compatible" | "openai" | "anthropic" | "google";

/** Somebody who serves language models, or a program that does so on this machine. */
export interface ModelProvider {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  /** Environment variables that may hold the key; the first one that is set counts. */
  readonly environmentKeys: readonly string[];
  /** Environment variables that replace `baseUrl`. */
  readonly baseUrlKeys: readonly string[];
  /** Empty for `custom`, which has none of its own. */
  readonly baseUrl: string;
  readonly wire: Wire;
  readonly needsKey: boolean;
  /** What is asked when no model is set; absent where only the operator can know. */
  readonly defaultModel?: string;
}

/** Every provider known by name. `auto` takes the first of them that is set up, in this order. */
export const MODEL_PROVIDERS: readonly ModelProvider[] = [
  // Without `OPENROUTER_BASE_URL`: its key goes to openrouter.ai and nowhere else.
  hosted("openrouter", "OpenRouter", "https://openrouter.ai/api/v1", ["OPENROUTER_API_KEY"], {
    aliases: ["or"],
    baseUrlKeys: [],
    defaultModel: "openrouter/auto",
  }),
  hosted("openai-api", "OpenAI", "https://api.openai.com/v1", ["OPENAI_API_KEY"], {
    aliases: ["openai"],
    wire: "openai",
    defaultModel: "gpt-5.6",
  }),
  hosted("anthropic", "Anthropic", "https://api.anthropic.com", [
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_TOKEN",
  ], { aliases: ["claude"], wire: "anthropic", defaultModel: "claude-sonnet-5-5" }),
  hosted("gemini", "Google", "https://generativelanguage.googleapis.com/v1beta", [
    "GOOGLE_API_KEY",
    "GEMINI_API_KEY",
  ], {
    aliases: ["google", "google-gemini"],
    baseUrlKeys: ["GEMINI_BASE_URL"],
    wire: "google",
    defaultModel: "gemini-3.5-flash",
  }),
  hosted("deepseek", "DeepSeek", "https://api.deepseek.com/v1", ["DEEPSEEK_API_KEY"], {
    defaultModel: "deepseek-chat",
  }),
  hosted("mistral", "Mistral", "https://api.mistral.ai/v1", ["MISTRAL_API_KEY"], {
    defaultModel: "mistral-large-latest",
  }),
  hosted("xai", "xAI", "https://api.x.ai/v1", ["XAI_API_KEY"], { aliases: ["grok", "x-ai"] }),
  hosted("nous", "Nous Portal", "https://inference-api.nousresearch.com/v1", ["NOUS_API_KEY"]),
  hosted("zai", "Z.AI", "https://api.z.ai/api/paas/v4", [
    "GLM_API_KEY",
    "ZAI_API_KEY",
    "Z_AI_API_KEY",
  ], { aliases: ["glm", "z-ai", "z.ai"] }),
  hosted("kimi-coding", "Moonshot", "https://api.moonshot.ai/v1", [
    "KIMI_API_KEY",
    "KIMI_CODING_API_KEY",
  ], { aliases: ["kimi", "moonshot"] }),
  hosted("kimi-coding-cn", "Moonshot China", "https://api.moonshot.cn/v1", ["KIMI_CN_API_KEY"]),
  hosted("minimax", "MiniMax", "https://api.minimax.io/anthropic", ["MINIMAX_API_KEY"], {
    wire: "anthropic",
  }),
  hosted("minimax-cn", "MiniMax China", "https://api.minimaxi.com/anthropic", [
    "MINIMAX_CN_API_KEY",
  ], { wire: "anthropic" }),
  hosted("alibaba", "Alibaba", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", [
    "DASHSCOPE_API_KEY",
  ], { aliases: ["dashscope", "qwen"] }),
  hosted("nvidia", "NVIDIA", "https://integrate.api.nvidia.com/v1", ["NVIDIA_API_KEY"], {
    aliases: ["nim"],
  }),
  hosted("novita", "Novita", "https://api.novita.ai/openai/v1", ["NOVITA_API_KEY"]),
  hosted("arcee", "Arcee", "https://api.arcee.ai/api/v1", ["ARCEEAI_API_KEY"]),
  hosted("kilocode", "Kilo Code", "https://api.kilo.ai/api/gateway", ["KILOCODE_API_KEY"]),
  hosted("xiaomi", "Xiaomi", "https://api.xiaomimimo.com/v1", ["XIAOMI_API_KEY"]),
  hosted("opencode-zen", "OpenCode Zen", "https://opencode.ai/zen/v1", ["OPENCODE_ZEN_API_KEY"]),
  hosted("opencode-go", "OpenCode Go", "https://opencode.ai/zen/go/v1", ["OPENCODE_GO_API_KEY"]),
  hosted("ollama-cloud", "Ollama Cloud", "https://ollama.com/v1", ["OLLAMA_API_KEY"], {
    baseUrlKeys: [],
  }),
  // Late, because its token is often set for other work.
  hosted("huggingface", "Hugging Face", "https://router.huggingface.co/v1", ["HF_TOKEN"], {
    aliases: ["hf", "hugging-face"],
  }),
  local("ollama", "Ollama", "http://127.0.0.1:11434/v1", { baseUrlKeys: ["OLLAMA_BASE_URL"] }),
  local("lmstudio", "LM Studio", "http://127.0.0.1:1234/v1", {
    aliases: ["lm-studio"],
    environmentKeys: ["LM_API_KEY"],
    baseUrlKeys: ["LM_BASE_URL"],
  }),
  local("llamacpp", "llama.cpp", "http://127.0.0.1:8080/v1", {
    aliases: ["llama.cpp", "llama-cpp"],
    environmentKeys: ["LLAMACPP_API_KEY"],
    baseUrlKeys: ["LLAMACPP_BASE_URL"],
    // It serves the one model it was started with, whatever name is asked for.
    defaultModel: "default",
  }),
  local("vllm", "vLLM", "http://127.0.0.1:8000/v1", {
    environmentKeys: ["VLLM_API_KEY"],
    baseUrlKeys: ["VLLM_BASE_URL"],
  }),
];

/** Any other server that speaks a known wire, named by its address alone. */
export const CUSTOM_PROVIDER: ModelProvider = local("custom", "the model server", "", {
  aliases: ["local"],
});

/** The provider called `name` (an id or an alias, in any case), or `undefined`. */
export function findModelProvider(name: string): ModelProvider | undefined {
  const wanted = name.trim().toLowerCase();
  return [...MODEL_PROVIDERS, CUSTOM_PROVIDER].find((provider) =>
    provider.id === wanted || provider.aliases.includes(wanted)
  );
}

function hosted(
  id: string,
  name: string,
  baseUrl: string,
  environmentKeys: readonly [string, ...string[]],
  differences: Partial<ModelProvider> = {},
): ModelProvider {
  return {
    id,
    name,
    aliases: [],
    environmentKeys,
    baseUrlKeys: [environmentKeys[0].replace(/_(API_KEY|TOKEN)$/, "_BASE_URL")],
    baseUrl,
    wire: "openai-compatible",
    needsKey: true,
    ...differences,
  };
}

function local(
  id: string,
  name: string,
  baseUrl: string,
  differences: Partial<ModelProvider>,
): ModelProvider {
  return {
    id,
    name,
    aliases: [],
    environmentKeys: [],
    baseUrlKeys: [],
    baseUrl,
    wire: "openai-compatible",
    needsKey: false,
    ...differences,
  };
}
