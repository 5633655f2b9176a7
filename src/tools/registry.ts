import { z } from "zod";
import type { ToolDescription } from "../models/model_client.ts";
import type { ToolCall } from "../transcript/message.ts";
import type { Tool } from "./tool.ts";

/** What is to be done about a call: run it, or tell the model why not. */
export type ResolvedCall =
  | { readonly kind: "ready"; readonly tool: Tool; readonly input: unknown }
  | { readonly kind: "refused"; readonly reason: string };

/** The tools a model may use in one turn. Pure: it finds and checks, and runs nothing. */
export class ToolRegistry {
  /** For the model, in the order the tools were given: the same tools give the same bytes. */
  readonly descriptions: readonly ToolDescription[];
  readonly #tools: readonly Tool[];

  constructor(tools: readonly Tool[]) {
    const names = tools.map((tool) => tool.name);
    if (new Set(names).size < names.length) throw new Error(`tools share a name: ${names}`);
    this.#tools = tools;
    this.descriptions = tools.map(describeTool);
  }

  /** Finds the tool that a call means and checks its arguments. */
  resolve(call: ToolCall): ResolvedCall {
    const tool = this.#find(call.name);
    if (tool === undefined) {
      const names = this.#tools.map((known) => known.name).join(", ");
      return refuse(`There is no tool named "${call.name}". Available: ${names || "none"}`);
    }
    const given = hasNoArguments(call) ? {} : call.arguments;
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      return refuse(`The arguments of "${tool.name}" must be one JSON object`);
    }
    const checked = tool.input.safeParse(given);
    if (checked.success) return { kind: "ready", tool, input: checked.data };
    return refuse(`Wrong arguments for "${tool.name}":\n${listIssues(checked.error)}`);
  }

  /** By its exact name, else by the only one that differs in case, `-`, `_` and spaces alone. */
  #find(name: string): Tool | undefined {
    const exact = this.#tools.find((tool) => tool.name === name);
    if (exact !== undefined) return exact;
    const similar = this.#tools.filter((tool) => lettersOf(tool.name) === lettersOf(name));
    return similar.length === 1 ? similar[0] : undefined;
  }
}

function describeTool(tool: Tool): ToolDescription {
  const { $schema: _, ...inputSchema } = z.toJSONSchema(tool.input, { io: "input" });
  return { name: tool.name, description: tool.description, inputSchema };
}

/** Some models leave the arguments out when a tool needs none. */
function hasNoArguments(call: ToolCall): boolean {
  return call.arguments === undefined || call.arguments === null || call.arguments === "";
}

function refuse(reason: string): ResolvedCall {
  return { kind: "refused", reason };
}

function listIssues(error: z.ZodError): string {
  return error.issues
    .map((issue) => `- ${issue.path.join(".") || "(all)"}: ${issue.message}`)
    .join("\n");
}

function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, "");
}
