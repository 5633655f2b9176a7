import { loadIdentity } from "../../agent/identity.ts";
import { promptParts } from "../../agent/session_prompt.ts";
import { partsOfPrompt } from "../../agent/system_prompt.ts";
import { PLATFORM_HINT } from "../../gateway/conversation_facts.ts";
import type { SessionKey } from "../../sessions/session_store.ts";
import { promptSources } from "../compose_agent.ts";
import { composeTools } from "../compose_tools.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { openOfflineAgent } from "./offline_agent.ts";

/** What English text and JSON come to on average with the tokenizers of today's models. */
const CHARS_PER_TOKEN = 4;

interface Part {
  readonly name: string;
  readonly chars: number;
  readonly tokens: number;
}

/** `hermes prompt-size`: what a request holds before anybody has said a word. */
export async function runPromptSize(
  options: { readonly json: boolean },
  io: CliIo,
): Promise<number> {
  const agent = await openOfflineAgent(io);
  if (agent === undefined) return EXIT.failure;
  const tools = composeTools(agent, "mattermost").descriptions;
  const parts = await promptParts({
    key: "agent:main:mattermost:dm:somebody" as SessionKey,
    conversation: {
      place: { kind: "dm", personName: "somebody" },
      isThread: false,
      hasSeveralPeople: false,
    },
    personId: undefined,
    platformHint: PLATFORM_HINT,
    toolNames: new Set(tools.map(({ name }) => name)),
    modelId: agent.config.model.id ?? "",
    startedAtMs: agent.clock.nowMs(),
  }, promptSources(agent, await loadIdentity(agent.paths.home)));
  const prompt = partsOfPrompt(parts).map(({ name, text }) => measure(name, text));
  const schemas = tools.map((tool) => measure(tool.name, JSON.stringify(tool)));
  const [promptTokens, toolTokens] = [sum(prompt), sum(schemas)];
  const total = promptTokens + toolTokens;
  if (options.json) {
    io.out(JSON.stringify(
      {
        method: `${CHARS_PER_TOKEN} characters a token`,
        system_prompt: { tokens: promptTokens, parts: prompt },
        tools: { tokens: toolTokens, parts: schemas },
        total_tokens: total,
      },
      undefined,
      2,
    ));
    return EXIT.ok;
  }
  for (const line of table("System prompt", promptTokens, prompt)) io.out(line);
  for (const line of table("Tools", toolTokens, schemas)) io.out(line);
  io.out(`Together about ${total} tokens, at ${CHARS_PER_TOKEN} characters a token.`);
  return EXIT.ok;
}

function measure(name: string, text: string): Part {
  return { name, chars: text.length, tokens: Math.ceil(text.length / CHARS_PER_TOKEN) };
}

function sum(parts: readonly Part[]): number {
  return parts.reduce((total, { tokens }) => total + tokens, 0);
}

function table(title: string, total: number, parts: readonly Part[]): string[] {
  const width = Math.max(...parts.map(({ name }) => name.length));
  const rows = parts.toSorted((a, b) => b.tokens - a.tokens)
    .map(({ name, tokens }) => `  ${name.padEnd(width)} ${String(tokens).padStart(6)}`);
  return [`${title}: ${total} tokens`, ...rows, ""];
}
