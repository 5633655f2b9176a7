import { z } from "zod";
import type { MemoryChange } from "../memory/change_entries.ts";
import { countChars } from "../memory/entries.ts";
import type { MemoryStore, MemoryTarget } from "../memory/memory_store.ts";
import type { RefuseText } from "../safety/injection.ts";
import { ToolError } from "./errors.ts";
import type { Tool, ToolContext } from "./tool.ts";

export interface MemoryToolDeps {
  readonly store: MemoryStore;
  readonly refuse: RefuseText;
  /** What may be changed: the agent's notes, the profiles of people. */
  readonly hasNotes: boolean;
  readonly hasProfiles: boolean;
}

interface MemoryInput {
  action: "add" | "replace" | "remove";
  target: "memory" | "user";
  content?: string | undefined;
  old_text?: string | undefined;
}

/** Keeps facts beyond the session. What it changes shows in the prompts of later sessions. */
export function createMemoryTool(deps: MemoryToolDeps): Tool<MemoryInput> {
  return {
    name: "memory",
    description: "Remembers facts for later conversations. Save what stays true and useful: " +
      'preferences and corrections of the person you talk to (target "user"), facts about their ' +
      'systems and conventions (target "memory"). Write short statements. No progress of tasks, ' +
      "no secrets; procedures belong in skills. The list above changes with the next conversation.",
    input: z.object({
      action: z.enum(["add", "replace", "remove"]),
      target: z.enum(["memory", "user"]),
      content: z.string().optional().describe("The entry, for add and replace"),
      old_text: z.string().optional()
        .describe("A part of the entry that is meant, for replace and remove"),
    }),
    run: async (input, context) => {
      const change = toChange(input);
      const refusal = change.action === "remove"
        ? undefined
        : deps.refuse(change.content, "strict");
      if (refusal !== undefined) {
        throw new ToolError(`Cannot remember this: ${refusal}`, "Leave it.");
      }
      const target = toTarget(input.target, context);
      if (!(target.kind === "notes" ? deps.hasNotes : deps.hasProfiles)) {
        throw new ToolError(`The target "${input.target}" is switched off here`, "Do without it.");
      }
      const outcome = await deps.store.change(target, change);
      if (outcome.kind === "refused") {
        throw new ToolError("Cannot change the memory", outcome.reason);
      }
      return `${outcome.note}\n${await describe(target, context, deps.store)}`;
    },
  };
}

function toChange({ action, content = "", old_text: oldText = "" }: MemoryInput): MemoryChange {
  switch (action) {
    case "add":
      return { action, content };
    case "replace":
      return { action, content, oldText };
    case "remove":
      return { action, oldText };
  }
}

function toTarget(target: MemoryInput["target"], { person }: ToolContext): MemoryTarget {
  return target === "memory" ? { kind: "notes" } : { kind: "profile", personId: person?.id };
}

/** A profile is not read out where others can see it. */
async function describe(
  target: MemoryTarget,
  { hasSeveralPeople }: ToolContext,
  store: MemoryStore,
): Promise<string> {
  const entries = await store.read(target);
  const use = `${countChars(entries)} of ${store.charsMax(target)} characters are used.`;
  if (target.kind === "profile" && hasSeveralPeople) return use;
  return [use, ...entries.map((entry) => `- ${entry}`)].join("\n");
}
