import type { TurnDeps } from "../agent/turn.ts";
import { ResultFiles } from "../tools/result_files.ts";
import type { ModelChain } from "../models/model_chain.ts";
import type { ToolRegistry } from "../tools/registry.ts";
import type { Platform } from "../tools/toolsets.ts";
import { CHARS_PER_TOKEN } from "../transcript/estimate_tokens.ts";
import { NewestEntries } from "../runtime/newest_entries.ts";
import type { SessionKey } from "../sessions/session_store.ts";
import type { AgentParts } from "./compose_agent.ts";

/** Longest result of a tool; in a small window, a quarter of it. */
const RESULT_CHARS_MAX = 100_000;
/** Results of one step, together. */
const RESULTS_PER_STEP = 2;
/** Sessions whose tools are kept; others begin anew. */
const SESSIONS_MAX = 1_000;
/** Most characters of a session that are read; only the largest windows hold more. */
const HISTORY_CHARS_MAX = 4_000_000;

/** What turns work with, and what lets a session that begins anew have the tools of today. */
export interface ComposedTurn extends TurnDeps {
  readonly forgetTools: (sessionKey: SessionKey) => void;
}

/**
 * What a turn on this platform works with. A session keeps the tools that there were when its first
 * turn began: the beginning of what its model reads stays the same.
 */
export function composeTurn(agent: AgentParts, platform: Platform): ComposedTurn {
  agent.mcp.start(); // Until somebody writes, the servers may be there.
  const tools = new NewestEntries<SessionKey, Promise<ToolRegistry>>(SESSIONS_MAX);
  return {
    ...turnWithoutTools(agent),
    loadTools: (sessionKey) => {
      const loaded = tools.get(sessionKey) ?? loadTools(agent, platform);
      tools.put(sessionKey, loaded);
      return loaded;
    },
    forgetTools: (sessionKey) => tools.delete(sessionKey),
    stepsMax: agent.config.agent.stepsMax,
  };
}

/** What every turn of an agent works with, its own ones and those of its subagents. */
export function turnWithoutTools(agent: AgentParts): Omit<TurnDeps, "loadTools" | "stepsMax"> {
  const { compactor, config, log, models, paths, random, redact } = agent;
  const charsMax = Math.min(models.chain.primary.contextTokensMax, RESULT_CHARS_MAX);
  const files = new ResultFiles({ folder: paths.cachedResultsFolder, random });
  return {
    models: models.chain,
    compaction: config.compression.enabled
      ? { compactor, triggerShare: config.compression.triggerShare }
      : undefined,
    log,
    results: {
      charsMax,
      stepCharsMax: charsMax * RESULTS_PER_STEP,
      redact,
      spill: (callId, text) => files.save(callId, text),
    },
  };
}

/** Most characters of earlier messages that a turn is given: what fills the model's window. */
export function historyCharsMax({ primary }: Pick<ModelChain, "primary">): number {
  return Math.min(primary.contextTokensMax * CHARS_PER_TOKEN, HISTORY_CHARS_MAX);
}

/** What describes the tools and checks their input costs time, which the start does not have. */
async function loadTools(agent: AgentParts, platform: Platform): Promise<ToolRegistry> {
  const { composeTools } = await import("./compose_tools.ts");
  return composeTools(agent, platform, await agent.mcp.tools(platform));
}
