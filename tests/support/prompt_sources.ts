import type { PromptSources } from "../../src/agent/session_prompt.ts";
import { silentLog } from "../../src/runtime/log.ts";

/** Prompts that say who answers and little else, changed by `parts`. */
export function promptSources(parts: Partial<PromptSources> = {}): PromptSources {
  return {
    identity: "You are Hermes.",
    memory: undefined,
    skills: undefined,
    workFolder: undefined,
    projectFolder: undefined,
    system: "Linux (x64)",
    timeZone: "UTC",
    blocked: () => undefined,
    log: silentLog,
    ...parts,
  };
}
