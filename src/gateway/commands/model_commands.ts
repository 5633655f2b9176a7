import type { ModelClient } from "../../models/model_client.ts";
import { REASONING_EFFORTS } from "../../models/reasoning_options.ts";
import type { SessionChoices, SessionKey, SessionStore } from "../../sessions/session_store.ts";
import type { ChatCommand, CommandCall, CommandResult } from "./chat_command.ts";
import {
  GLOBAL_IS_FOR_ADMINS,
  modelSetText,
  modelShownText,
  modelUsageText,
  reasoningSetText,
  reasoningShownText,
  reasoningUsageText,
  YOLO_USAGE,
  yoloText,
} from "./model_texts.ts";
import type { ModelFacts } from "./status_texts.ts";

export interface ModelCommandsDeps {
  readonly sessions: SessionStore;
  readonly modelOf: (key: SessionKey) => Promise<ModelFacts>;
  /** Asks the model that these choices mean one short thing. @throws a `HermesError` */
  readonly tryModel: (choices: SessionChoices, signal: AbortSignal) => Promise<ModelClient>;
  /** Makes a model the one of the settings. @throws a `HermesError` */
  readonly saveModel: (model: string, provider: string | undefined) => Promise<void>;
  readonly guard: {
    setUnguarded(key: SessionKey, isUnguarded: boolean): void;
    isUnguarded(key: SessionKey): boolean;
  };
}

/** Commands that choose how a conversation is answered. */
export function createModelCommands(deps: ModelCommandsDeps): readonly ChatCommand[] {
  const { guard } = deps;
  return [
    {
      name: "model",
      args: "[id|default] [--provider name] [--global]",
      summary: "Show or choose the model of this conversation.",
      timing: "beside",
      run: (call, signal) => chooseModel(call, deps, signal),
    },
    {
      name: "reasoning",
      args: "[none|minimal|low|medium|high|xhigh|show|hide|default]",
      summary: "Show or choose how much the model thinks first.",
      timing: "beside",
      run: (call) => chooseReasoning(call, deps),
    },
    {
      name: "yolo",
      args: "[on|off]",
      summary: "Run commands in this conversation without asking, or ask again.",
      timing: "beside",
      run: ({ args, sessionKey }) => {
        const wanted = args.toLowerCase();
        if (!["", "on", "off"].includes(wanted)) return Promise.resolve(reply(YOLO_USAGE));
        const isUnguarded = wanted === "" ? !guard.isUnguarded(sessionKey) : wanted === "on";
        guard.setUnguarded(sessionKey, isUnguarded);
        return Promise.resolve(reply(yoloText(isUnguarded)));
      },
    },
  ];
}

async function chooseModel(
  { args, sessionKey, isAdmin }: CommandCall,
  deps: ModelCommandsDeps,
  signal: AbortSignal,
): Promise<CommandResult> {
  const { sessions, modelOf, tryModel, saveModel } = deps;
  if (args === "") return reply(modelShownText(await modelOf(sessionKey)));
  const wanted = readModelArguments(args);
  if (wanted === undefined) return reply(modelUsageText());
  const { provider, isGlobal } = wanted;
  if (isGlobal && !isAdmin) return reply(GLOBAL_IS_FOR_ADMINS);
  const { model: _, provider: _p, ...others } = await choicesOf(sessionKey, sessions);
  if (wanted.model === "default") {
    await sessions.choose(sessionKey, others);
    return reply(modelSetText((await modelOf(sessionKey)).modelId, "default"));
  }
  const choices = { ...others, model: wanted.model, ...(provider !== undefined && { provider }) };
  const { modelId } = await tryModel(choices, signal);
  await sessions.choose(sessionKey, choices);
  if (isGlobal) await saveModel(wanted.model, provider);
  return reply(modelSetText(modelId, isGlobal ? "global" : "session"));
}

/** `undefined` when it cannot be meant. */
function readModelArguments(args: string) {
  const words = args.split(/\s+/);
  const names: string[] = [];
  let provider: string | undefined;
  let isGlobal = false;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "--global") isGlobal = true;
    else if (word === "--provider") provider = words[++index];
    else if (word.startsWith("--provider=")) provider = word.slice("--provider=".length);
    else if (word.startsWith("-")) return undefined;
    else names.push(word);
  }
  const [model] = names;
  if (model === undefined || names.length > 1) return undefined;
  return { model, provider, isGlobal };
}

async function chooseReasoning(
  { args, sessionKey }: CommandCall,
  { sessions, modelOf }: ModelCommandsDeps,
): Promise<CommandResult> {
  const wanted = args.toLowerCase();
  if (wanted === "") return reply(reasoningShownText(await modelOf(sessionKey)));
  const choices = await choicesOf(sessionKey, sessions);
  if (wanted === "show" || wanted === "hide") {
    await sessions.choose(sessionKey, { ...choices, showsReasoning: wanted === "show" });
    return reply(reasoningSetText(wanted));
  }
  const { reasoningEffort: _, showsReasoning: _s, ...others } = choices;
  if (wanted === "default") {
    await sessions.choose(sessionKey, others);
    return reply(reasoningSetText((await modelOf(sessionKey)).reasoningEffort));
  }
  const effort = REASONING_EFFORTS.find((each) => each === wanted);
  if (effort === undefined) return reply(reasoningUsageText(REASONING_EFFORTS));
  await sessions.choose(sessionKey, { ...choices, reasoningEffort: effort });
  return reply(reasoningSetText(effort));
}

async function choicesOf(key: SessionKey, sessions: SessionStore): Promise<SessionChoices> {
  return (await sessions.describe(key))?.choices ?? {};
}

function reply(text: string): CommandResult {
  return { kind: "reply", text };
}
