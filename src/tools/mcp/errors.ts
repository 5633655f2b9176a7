import { HermesError } from "../../errors.ts";

/** A server of tools cannot be used, or did not answer. */
export class McpError extends HermesError {
  override readonly name = "McpError";
  override readonly code = "tools.mcp";

  constructor(server: string, reason: string, options: { hint?: string; cause?: unknown } = {}) {
    super(`Cannot use the MCP server "${server}": ${reason}`, {
      hint: options.hint ?? "Check its settings below mcp_servers, and that it runs.",
      cause: options.cause,
    });
  }
}
