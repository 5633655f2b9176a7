import type { MemoryStore, MemoryTarget } from "../../memory/memory_store.ts";
import type { SkillStore } from "../../skills/skill_store.ts";
import type { ChatCommand } from "./chat_command.ts";

export interface KnowledgeCommandsDeps {
  readonly memory: {
    readonly store: Pick<MemoryStore, "read">;
    readonly hasNotes: boolean;
    readonly hasProfiles: boolean;
  };
  readonly skills: {
    readonly store: Pick<SkillStore, "list">;
    readonly disabled: readonly string[];
  };
}

const MEMORY_IS_PRIVATE = "I show what I remember in direct messages only.";

/** Skills that one list describes; of more there are only names. */
const DESCRIBED_MAX = 30;

/** Commands that show what the agent knows. It changes that itself, when somebody asks it to. */
export function createKnowledgeCommands(deps: KnowledgeCommandsDeps): readonly ChatCommand[] {
  const { memory, skills } = deps;
  return [
    {
      name: "memory",
      summary: "Show what the bot remembers.",
      timing: "beside",
      run: async ({ message }) => {
        // In a channel people read along who are not let in.
        if (message.channelKind !== "dm") return { kind: "reply", text: MEMORY_IS_PRIVATE };
        const read = async (title: string, target: MemoryTarget) => {
          const entries = await memory.store.read(target);
          const lines = entries.map((entry) => `- ${entry.replaceAll("\n", "\n  ")}`);
          return `**${title}**\n${lines.length === 0 ? "- nothing yet" : lines.join("\n")}`;
        };
        const parts: string[] = [];
        if (memory.hasNotes) parts.push(await read("Notes", { kind: "notes" }));
        if (memory.hasProfiles) {
          parts.push(await read("About you", { kind: "profile", personId: message.senderId }));
        }
        const text = parts.length === 0
          ? "I remember nothing between conversations."
          : parts.join("\n\n");
        return { kind: "reply", text };
      },
    },
    {
      name: "skills",
      args: "[words]",
      summary: "List the skills; each is a command.",
      timing: "beside",
      run: async ({ args }) => {
        const words = args.toLowerCase().split(/\s+/).filter((word) => word !== "");
        const found = (await skills.store.list()).filter(({ name, description }) =>
          !skills.disabled.includes(name) &&
          words.every((word) => `${name} ${description}`.toLowerCase().includes(word))
        );
        if (found.length === 0) return { kind: "reply", text: "There is no such skill." };
        const lines = found.slice(0, DESCRIBED_MAX)
          .map(({ name, description }) => `- \`!${name}\` ${description}`);
        const others = found.slice(DESCRIBED_MAX).map(({ name }) => `\`!${name}\``);
        const more = others.length === 0 ? "" : `\n\nAnd ${others.join(", ")}.`;
        return { kind: "reply", text: `**Skills**\n${lines.join("\n")}${more}` };
      },
    },
  ];
}
