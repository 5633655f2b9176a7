import type { TurnDeps } from "../../src/agent/turn.ts";
import { ModelChain } from "../../src/models/model_chain.ts";
import type { ModelClient } from "../../src/models/model_client.ts";
import { silentLog } from "../../src/runtime/log.ts";
import { ToolRegistry } from "../../src/tools/registry.ts";
import type { Tool } from "../../src/tools/tool.ts";
import { FakeClock } from "./fake_clock.ts";

export interface TurnDepsOptions {
  readonly tools?: readonly Tool[];
  readonly stepsMax?: number;
  readonly resultCharsMax?: number;
  readonly compaction?: TurnDeps["compaction"];
}

/** What a turn needs, with these models, the first of which answers. */
export function turnDeps(
  models: readonly [ModelClient, ...ModelClient[]],
  { tools = [], stepsMax = 5, resultCharsMax = 1_000, compaction }: TurnDepsOptions = {},
): TurnDeps {
  return {
    models: new ModelChain(models, new FakeClock()),
    compaction,
    log: silentLog,
    loadTools: () => Promise.resolve(new ToolRegistry(tools)),
    stepsMax,
    results: {
      charsMax: resultCharsMax,
      stepCharsMax: 2 * resultCharsMax,
      redact: (text) => text,
    },
  };
}
