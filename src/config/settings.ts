import type { Setting } from "./setting.ts";
import { AGENT_SETTINGS } from "./settings/agent_settings.ts";
import { APPROVALS_SETTINGS } from "./settings/approvals_settings.ts";
import { COMMANDS_SETTINGS } from "./settings/commands_settings.ts";
import { COMPRESSION_SETTINGS } from "./settings/compression_settings.ts";
import { CRON_SETTINGS } from "./settings/cron_settings.ts";
import { DISPLAY_SETTINGS } from "./settings/display_settings.ts";
import { GATEWAY_SETTINGS } from "./settings/gateway_settings.ts";
import { LOG_SETTINGS } from "./settings/log_settings.ts";
import { MATTERMOST_SETTINGS } from "./settings/mattermost_settings.ts";
import { MCP_SETTINGS } from "./settings/mcp_settings.ts";
import { MEDIA_SETTINGS } from "./settings/media_settings.ts";
import { MEMORY_SETTINGS } from "./settings/memory_settings.ts";
import { MODEL_SETTINGS } from "./settings/model_settings.ts";
import { NETWORK_SETTINGS } from "./settings/network_settings.ts";
import { PROVIDERS_SETTINGS } from "./settings/providers_settings.ts";
import { SECURITY_SETTINGS } from "./settings/security_settings.ts";
import { SESSION_RESET_SETTINGS } from "./settings/session_reset_settings.ts";
import { SESSIONS_SETTINGS } from "./settings/sessions_settings.ts";
import { SKILLS_SETTINGS } from "./settings/skills_settings.ts";
import { STREAMING_SETTINGS } from "./settings/streaming_settings.ts";
import { TERMINAL_SETTINGS } from "./settings/terminal_settings.ts";
import { TOOLS_SETTINGS } from "./settings/tools_settings.ts";

/**
 * Every setting of Hermes. From this table come the validation, the type of `Config`, the two
 * example files and the table in the README (`scripts/generate_settings.ts`).
 */
export const SETTINGS = {
  mattermost: MATTERMOST_SETTINGS,
  commands: COMMANDS_SETTINGS,
  gateway: GATEWAY_SETTINGS,
  network: NETWORK_SETTINGS,
  sessions: SESSIONS_SETTINGS,
  sessionReset: SESSION_RESET_SETTINGS,
  streaming: STREAMING_SETTINGS,
  display: DISPLAY_SETTINGS,
  compression: COMPRESSION_SETTINGS,
  model: MODEL_SETTINGS,
  providers: PROVIDERS_SETTINGS,
  agent: AGENT_SETTINGS,
  terminal: TERMINAL_SETTINGS,
  tools: TOOLS_SETTINGS,
  mcp: MCP_SETTINGS,
  media: MEDIA_SETTINGS,
  memory: MEMORY_SETTINGS,
  skills: SKILLS_SETTINGS,
  cron: CRON_SETTINGS,
  approvals: APPROVALS_SETTINGS,
  security: SECURITY_SETTINGS,
  log: LOG_SETTINGS,
};

/** The rows one after the other. */
export const ALL_SETTINGS: readonly Setting<unknown>[] = Object.values(SETTINGS)
  .flatMap((section) => Object.values(section));

/** The values of all settings, in the sections of the table. */
export type SettingValues = {
  readonly [Section in keyof typeof SETTINGS]: {
    readonly [Name in keyof (typeof SETTINGS)[Section]]: (typeof SETTINGS)[Section][Name] extends
      Setting<infer Value> ? Value : never;
  };
};
