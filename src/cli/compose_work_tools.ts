import { FileAccess } from "../tools/files/file_access.ts";
import { FileChanges } from "../tools/files/file_changes.ts";
import { createPatchTool } from "../tools/files/patch_tool.ts";
import { createReadFileTool } from "../tools/files/read_file_tool.ts";
import { createSearchFilesTool } from "../tools/files/search_files_tool.ts";
import { createWriteFileTool } from "../tools/files/write_file_tool.ts";
import { createProcessTool } from "../tools/terminal/process_tool.ts";
import { createTerminalTool } from "../tools/terminal/terminal_tool.ts";
import type { Tool } from "../tools/tool.ts";
import type { AgentParts } from "./compose_agent.ts";

/** The tools that work where the sessions work: commands and files. */
export function composeWorkTools(agent: AgentParts): readonly Tool[] {
  const { clock, config, environment, fileMemory: memory, places, redact, terminal, wake } = agent;
  const { shells, jobs, allow } = terminal;
  const { timeoutMs } = config.terminal;
  const access = new FileAccess(shells, places);
  const changes = new FileChanges(access, memory);
  const programPath = environment.PATH ?? "";
  return [
    createTerminalTool({ shells, jobs, wake, allow, redact, timeoutMs, clock }),
    createProcessTool({ jobs, workPlace: shells, allow, redact, waitMs: timeoutMs, clock }),
    createReadFileTool({ access, memory }),
    createWriteFileTool(changes),
    createPatchTool(changes),
    createSearchFilesTool({ access, places, programPath, clock }),
  ] as const;
}
