import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../../src/config/load_config.ts";
import { requireMattermost } from "../../src/config/require_mattermost.ts";

const HOME = join(fileURLToPath(import.meta.url), "..", "original_home");
const loadOriginal = () =>
  loadConfig({ home: HOME, environment: { WORKSTATION_KEY: "k3y" }, flags: {} });

test("a home of the Python original starts as it is", async () => {
  const mattermost = requireMattermost(await loadOriginal());
  if (mattermost.kind === "refused") assert.fail(JSON.stringify(mattermost.problems));
  const { config } = mattermost;
  assert.equal(mattermost.url, "https://chat.example.com");
  assert.equal(mattermost.access.kind === "listed" && mattermost.access.userIds.size, 2);
  assert.equal(config.mattermost.replyMode, "thread", ".env beats platforms.mattermost.extra");
  assert.deepEqual(config.mattermost.freeResponseChannels, []);
  assert.deepEqual(config.mattermost.allowedChannels, ["5ezq7f4w3bnpjkhx1m8dcuo9ty"]);
  assert.equal(config.model.id, "anthropic/claude-opus-4.6");
  assert.equal(config.model.totalTimeoutMs, 900_000);
  assert.equal(config.agent.stepsMax, 60);
  assert.equal(config.streaming.enabled, false);
  assert.equal(config.providers.custom[0]?.apiKey?.reveal(), "k3y");
  assert.equal(config.providers.timeouts["ollama-local"]?.idleTimeoutMs, 900_000);
  assert.equal(config.environment.get("OPENROUTER_API_KEY"), "sk-or-v1-0123456789abcdef");
});

test("[P18] every setting of the original that has no effect here is named as such, and as nothing else", async () => {
  const { warnings } = await loadOriginal();
  for (const { message } of warnings) assert.match(message, /not supported yet/);
  const keys = warnings.map(({ key }) => key);
  for (
    const key of [
      "TELEGRAM_BOT_TOKEN",
      "HERMES_HUMAN_DELAY_MODE",
      "agent.restart_drain_timeout",
      "custom_providers.0.extra_body",
      "custom_providers.0.models.qwen3-coder.supports_vision",
      "display.personality",
      "network.force_ipv4",
      "platforms.telegram",
      "providers.anthropic.models",
      "streaming.cursor",
    ]
  ) assert.ok(keys.includes(key), `${key} is not named`);
});
