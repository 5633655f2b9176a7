import process from "node:process";
import { fileURLToPath } from "node:url";

/** How this runtime runs `mcp_program.ts`. */
export function mcpProgram(): { readonly command: string; readonly args: readonly string[] } {
  const file = fileURLToPath(new URL("./mcp_program.ts", import.meta.url));
  const isDeno = "Deno" in globalThis;
  return { command: process.execPath, args: isDeno ? ["run", "-A", "--no-check", file] : [file] };
}
