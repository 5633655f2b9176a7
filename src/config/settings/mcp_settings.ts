import { MCP_SERVER_KEYS, mcpServers } from "../mcp_servers.ts";
import { setting } from "../setting.ts";

/** Servers of tools that speak the Model Context Protocol. */
export const MCP_SETTINGS = {
  servers: setting({
    key: "mcp_servers",
    keysBelow: MCP_SERVER_KEYS,
    parse: mcpServers,
    initial: "",
    doc: "Servers of further tools by name: command and args, or url; hermes mcp add writes them.",
  }),
};
