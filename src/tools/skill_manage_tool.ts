import { z } from "zod";
import type { SkillEditor } from "../skills/skill_editor.ts";
import { ToolError } from "./errors.ts";
import type { Tool } from "./tool.ts";

const ACTIONS = ["create", "patch", "edit", "delete", "write_file", "remove_file"] as const;
const CATEGORY_DEFAULT = "general";

interface SkillManageInput {
  action: typeof ACTIONS[number];
  name: string;
  category?: string | undefined;
  content?: string | undefined;
  old_text?: string | undefined;
  new_text?: string | undefined;
  file_path?: string | undefined;
}

/** Writes skills. */
export function createSkillManageTool(editor: SkillEditor): Tool<SkillManageInput> {
  return {
    name: "skill_manage",
    description: "Keeps know-how for later. After a hard task, or when you were corrected, save " +
      "how to do it as a skill; patch a skill that proved wrong. content of create and edit is a " +
      "whole SKILL.md: front matter with name and description (one line: when it helps) between " +
      "--- lines, then steps, commands and pitfalls.",
    input: z.object({
      action: z.enum(ACTIONS),
      name: z.string().min(1),
      category: z.string().optional().describe("For create, e.g. operations"),
      content: z.string().optional().describe("For create, edit and write_file"),
      old_text: z.string().optional().describe("For patch: stands once in SKILL.md"),
      new_text: z.string().optional().describe("For patch"),
      file_path: z.string().optional()
        .describe("For write_file, remove_file: in references/, templates/, scripts/ or assets/"),
    }),
    run: async (input) => {
      await change(input, editor);
      return `Done: ${input.action} ${input.name}.`;
    },
  };
}

async function change(input: SkillManageInput, editor: SkillEditor): Promise<void> {
  const { action, name, category = CATEGORY_DEFAULT } = input;
  switch (action) {
    case "create":
      return await editor.create(name, category, needed(input, "content"));
    case "edit":
      return await editor.edit(name, needed(input, "content"));
    case "patch":
      return await editor.patch(name, needed(input, "old_text"), input.new_text ?? "");
    case "delete":
      return await editor.remove(name);
    case "write_file":
      return await editor.writeFile(name, needed(input, "file_path"), needed(input, "content"));
    case "remove_file":
      return await editor.removeFile(name, needed(input, "file_path"));
  }
}

function needed(
  input: SkillManageInput,
  field: "content" | "old_text" | "file_path",
): string {
  const value = input[field];
  if (value !== undefined && value !== "") return value;
  throw new ToolError(`${input.action} needs ${field}`, `Give ${field}.`);
}
