import { createDelegateTool } from "../agent/delegate_tool.ts";
import { SkillEditor } from "../skills/skill_editor.ts";
import { createClarifyTool } from "../tools/clarify_tool.ts";
import { createClockTool } from "../tools/clock_tool.ts";
import { createMemoryTool } from "../tools/memory_tool.ts";
import { ToolRegistry } from "../tools/registry.ts";
import { createSendMessageTool } from "../tools/send_message_tool.ts";
import { createSessionSearchTool } from "../tools/session_search_tool.ts";
import { createSkillManageTool } from "../tools/skill_manage_tool.ts";
import { createSkillViewTool } from "../tools/skill_view_tool.ts";
import { createTodoTool } from "../tools/todo_tool.ts";
import type { Tool } from "../tools/tool.ts";
import { chooseToolsets, type Platform, toolsetOf } from "../tools/toolsets.ts";
import type { AgentParts } from "./compose_agent.ts";
import { turnWithoutTools } from "./compose_turn.ts";
import { composeCronjobTool } from "./compose_job_desk.ts";
import { composeWebTools } from "./compose_web_tools.ts";
import { composeWorkTools } from "./compose_work_tools.ts";

/** The tools in force on a platform, and `further` ones of MCP servers. Importing this file is what costs time: do it for a turn. */
export function composeTools(
  agent: AgentParts,
  platform: Platform,
  further: readonly Tool[] = [],
): ToolRegistry {
  const sets = chooseToolsets(platform, agent.config.tools);
  const { startFolder } = agent.terminal.shells;
  const delegate = createDelegateTool({
    turn: turnWithoutTools(agent),
    tools: () => registry,
    environment: `Your tools begin in the folder ${startFolder} unless you name another.`,
    random: agent.random,
  });
  const registry: ToolRegistry = new ToolRegistry(
    [...allTools(agent, platform), delegate as Tool, ...further].filter(({ name }) => {
      const set = toolsetOf(name);
      return set === undefined || sets.includes(set);
    }),
  );
  return registry;
}

/** Every tool that can work with these settings, in the order in which the model reads of them. */
function allTools(agent: AgentParts, platform: Platform): readonly Tool[] {
  const {
    clock,
    timeZone,
    memory,
    skills,
    todos,
    blocked,
    config,
    sessionSearch,
    messages,
  } = agent;
  const { notesEnabled: hasNotes, profilesEnabled: hasProfiles } = config.memory;
  const memoryTool = { store: memory, refuse: blocked, hasNotes, hasProfiles };
  return [
    ...composeWorkTools(agent),
    ...composeWebTools(agent),
    ...(hasNotes || hasProfiles ? [createMemoryTool(memoryTool)] : []),
    createSessionSearchTool({ search: sessionSearch, timeZone, readsAll: platform === "cli" }),
    createSkillViewTool(skills),
    createSkillManageTool(new SkillEditor(skills, blocked)),
    createTodoTool(todos),
    ...(messages === undefined ? [] : [createSendMessageTool(messages())]),
    createClarifyTool(),
    createClockTool({ clock, timeZone }),
    composeCronjobTool(agent, platform === "cli"),
  ] as const;
}
