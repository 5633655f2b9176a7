import type { Tool as ServerTool } from "@modelcontextprotocol/client";
import { z } from "zod";
import type { RefuseText } from "../../safety/injection.ts";
import { cutText } from "../../transcript/cut_text.ts";
import { ToolError } from "../errors.ts";
import type { Tool } from "../tool.ts";
import type { McpServer } from "./mcp_server.ts";
import { resultText } from "./result_text.ts";
import type { McpServerSettings } from "./server_settings.ts";
import { mcpToolName } from "./tool_name.ts";

/** Longest description: the model pays for it with every call. */
const DESCRIPTION_CHARS_MAX = 1_000;
const SCHEMA_CHARS_MAX = 10_000;
/** Most tools of one server. */
const TOOLS_MAX = 100;

/** As much of a server as its tools need. */
export type OfferingServer = Pick<McpServer, "settings" | "tools" | "call">;

export interface OfferedTools {
  readonly tools: readonly Tool[];
  /** What is not offered although the settings do not exclude it. */
  readonly leftOut: readonly { readonly tool: string; readonly reason: string }[];
}

/** What the servers that are there offer to the model, in an order that does not change by itself. */
export function offerTools(servers: readonly OfferingServer[], refuse: RefuseText): OfferedTools {
  const tools: Tool[] = [];
  const leftOut: { tool: string; reason: string }[] = [];
  for (const server of servers) {
    const wanted = server.tools.filter(({ name }) => isWanted(name, server.settings))
      .toSorted((a, b) => a.name < b.name ? -1 : 1);
    for (const [index, tool] of wanted.entries()) {
      const isTaken = (name: string) => tools.some((other) => other.name === name);
      const name = mcpToolName(server.settings.name, tool.name, isTaken);
      const reason = index >= TOOLS_MAX
        ? `the server has more than ${TOOLS_MAX} tools`
        : isTaken(name)
        ? "another tool has its name"
        : whyNot(tool, refuse);
      if (reason === undefined) tools.push(toTool(name, tool, server));
      else leftOut.push({ tool: `${server.settings.name}: ${tool.name}`, reason });
    }
  }
  return { tools, leftOut };
}

function isWanted(name: string, { included, excluded }: McpServerSettings): boolean {
  return (included.length === 0 || included.includes(name)) && !excluded.includes(name);
}

/** Descriptions are read by the model as if they were ours. */
function whyNot(tool: ServerTool, refuse: RefuseText): string | undefined {
  const schema = JSON.stringify(tool.inputSchema);
  if (schema.length > SCHEMA_CHARS_MAX) return "the description of its arguments is too long";
  return refuse(`${tool.name}\n${tool.description ?? ""}\n${schema}`, "context");
}

function toTool(name: string, tool: ServerTool, server: OfferingServer): Tool {
  const own = server.settings.name;
  const input = z.looseObject({});
  const { $schema: _, ...schema } = tool.inputSchema;
  const description = tool.description ?? tool.title ?? `The tool ${tool.name} of ${own}.`;
  const made: Tool<z.infer<typeof input>> = {
    name,
    description: cutText(description.trim(), DESCRIPTION_CHARS_MAX),
    input,
    inputSchema: { ...schema, properties: schema.properties ?? {} },
    isUntrusted: true,
    readOnly: tool.annotations?.readOnlyHint === true && server.settings.isConcurrent,
    isConcurrent: server.settings.isConcurrent,
    async run(given, _context, signal) {
      const result = await server.call(tool.name, given, signal);
      const text = resultText(result);
      if (result.isError === true) throw new ToolError(text, `This is what "${own}" says.`);
      return text;
    },
  };
  return made as Tool;
}
