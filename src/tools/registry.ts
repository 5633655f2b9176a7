import { z } from "zod";
import type { ToolDescription } from "../models/model_client.ts";
import { readArguments } from "../models/repair_arguments.ts";
import type { ToolCall } from "../transcript/message.ts";
import { similarity } from "./near_names.ts";
import type { Tool } from "./tool.ts";

/** What is to be done about a call: run it, or tell the model why not. */
export type ResolvedCall =
  | { readonly kind: "ready"; readonly tool: Tool; readonly input: unknown }
  | { readonly kind: "refused"; readonly cause: RefusalCause; readonly reason: string };

/** `unusable`: there is nothing wrong with the call itself. */
export type RefusalCause = "unknown_tool" | "arguments" | "unusable";

/** How alike two names must be to mean one tool, from 0 to 1. */
const SAME_NAME_SIMILARITY = 0.7;

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

  /** The same tools but those of these names. */
  without(names: readonly string[]): ToolRegistry {
    return new ToolRegistry(this.#tools.filter(({ name }) => !names.includes(name)));
  }

  /** Finds the tool that a call means and checks its arguments. */
  resolve(call: ToolCall): ResolvedCall {
    const tool = this.#find(call.name);
    if (tool === undefined) {
      const names = this.#tools.map((known) => known.name).join(", ");
      const reason = `There is no tool named "${call.name}". Available: ${names || "none"}`;
      return { kind: "refused", cause: "unknown_tool", reason };
    }
    const given = hasNoArguments(call) ? {} : call.arguments;
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      return refuse(describeMalformed(tool.name, given));
    }
    const checked = tool.input.safeParse(given);
    if (checked.success) return { kind: "ready", tool, input: checked.data };
    return refuse(`Wrong arguments for "${tool.name}":\n${listIssues(checked.error)}`);
  }

  /**
   * By its exact name, else by the only one that is spelled otherwise (case, `-`, `_`, spaces, a word
   * such as `tool` around it), else by the only one that is nearly the same.
   */
  #find(name: string): Tool | undefined {
    const exact = this.#tools.find((tool) => tool.name === name);
    if (exact !== undefined) return exact;
    const letters = lettersOf(name);
    const respelled = this.#tools.filter((tool) => lettersOf(tool.name) === letters);
    const similar = respelled.length > 0
      ? respelled
      : this.#tools.filter((tool) => similarity(tool.name, name) >= SAME_NAME_SIMILARITY);
    return similar.length === 1 ? similar[0] : undefined;
  }
}

function describeTool(tool: Tool): ToolDescription {
  const { $schema: _, ...inputSchema } = tool.inputSchema ??
    z.toJSONSchema(tool.input, { io: "input" });
  return { name: tool.name, description: tool.description, inputSchema };
}

/** Some models leave the arguments out when a tool needs none. */
function hasNoArguments(call: ToolCall): boolean {
  return call.arguments === undefined || call.arguments === null || call.arguments === "";
}

function refuse(reason: string): ResolvedCall {
  return { kind: "refused", cause: "arguments", reason };
}

function describeMalformed(name: string, given: unknown): string {
  const isCutOff = typeof given === "string" && readArguments(given).kind === "cut_off";
  return isCutOff
    ? `The arguments of "${name}" end in the middle, so nothing was run. Call it again, with less in one call.`
    : `The arguments of "${name}" must be one JSON object`;
}

function listIssues(error: z.ZodError): string {
  return error.issues
    .map((issue) => `- ${issue.path.join(".") || "(all)"}: ${issue.message}`)
    .join("\n");
}

function lettersOf(name: string): string {
  return name.replace(/^(?:functions?|tools?|default_api)[._:]/i, "").toLowerCase()
    .replaceAll(/[\s_-]/g, "").replace(/(?<=.)tool$/, "");
}
