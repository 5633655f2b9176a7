import assert from "node:assert/strict";
import { test } from "node:test";
import { composeAgent } from "../../src/cli/compose_agent.ts";
import { composeTurn } from "../../src/cli/compose_turn.ts";
import { loadConfig } from "../../src/config/load_config.ts";
import { homePaths } from "../../src/config/paths.ts";
import { ModelChain } from "../../src/models/model_chain.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { silentLog } from "../../src/runtime/log.ts";
import { systemRandom } from "../../src/runtime/random.ts";
import { ScriptedModel } from "../../src/sandbox/scripted_model.ts";
import { tempDir } from "../support/temp_dir.ts";
import { toolContext } from "../support/tool_context.ts";

async function openAgent(home: string) {
  const { config } = await loadConfig({ home, environment: {}, flags: {} });
  assert(config !== undefined);
  const model = new ScriptedModel();
  return composeAgent({
    config,
    paths: homePaths(home),
    models: { chain: new ModelChain([model], systemClock), auxiliary: () => model },
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    environment: {},
    secrets: () => [],
    wake: () => {},
  });
}

test("[P114] a result that composeTurn() puts into a file can be read with read_file", async () => {
  await using dir = await tempDir();
  const agent = await openAgent(dir.path);
  await using _opened = agent.opened;
  const turn = composeTurn(agent, "cli");
  const path = await turn.results.spill?.("call_1", "first\nsecond");
  const tools = await turn.loadTools(toolContext().sessionKey);
  const resolved = tools.resolve({ id: "1", name: "read_file", arguments: { path } });
  assert(resolved.kind === "ready");
  const text = await resolved.tool.run(
    resolved.input,
    toolContext(),
    new AbortController().signal,
  );
  assert.match(text, /1\|first\n2\|second/);
});
