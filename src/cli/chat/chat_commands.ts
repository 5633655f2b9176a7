import { HermesError } from "../../errors.ts";
import type { ChatCommand } from "../../gateway/commands/chat_command.ts";
import { CommandRegistry } from "../../gateway/commands/command_registry.ts";
import { createSkillNames, type SkillNames } from "../../gateway/commands/skill_names.ts";
import { createSkillExpander } from "../../gateway/session_life/expand_skill.ts";
import type { SessionLife } from "../../gateway/session_life/session_life.ts";
import type { ExpandSkill } from "../../gateway/session_life/set_up_turn.ts";
import type { InboundMessage } from "../../gateway/inbound.ts";
import type { SessionKey, SessionStore } from "../../sessions/session_store.ts";
import { composeConversationCommands } from "../compose_commands.ts";
import { composeLife } from "../compose_session_life.ts";
import { type ChatParts, TERMINAL_PERSON } from "./conversation.ts";

/** Commands of the terminal's own; several of them mean another thing in Mattermost. */
const OWN = {
  new: ["[title]", "Begin a new conversation."],
  sessions: ["", "List your conversations."],
  resume: ["<number|title|id>", "Go on with an earlier conversation."],
  retry: ["", "Ask your last message again."],
  undo: ["[count]", "Forget your last message and its answer."],
  stop: ["", "Stop the answer (or Ctrl-C)."],
  help: ["", "Show this list."],
  exit: ["", "Leave (or Ctrl-D)."],
} as const;

export type OwnCommand = keyof typeof OWN;

const ALIASES: Readonly<Record<string, OwnCommand>> = { reset: "new", quit: "exit", q: "exit" };

/** What a command at the prompt leads to. */
export type FoundCommand =
  | { readonly kind: "own"; readonly name: OwnCommand }
  | { readonly kind: "shared"; readonly command: ChatCommand }
  | { readonly kind: "skill" }
  | { readonly kind: "unknown"; readonly meant: string | undefined };

/** What can be typed at the prompt in one conversation. */
export class ChatCommands {
  /** Puts the text of a skill that is called by name before what is wanted of it. */
  readonly expandSkill: ExpandSkill;
  /** Begins and ends the sessions of a key. */
  readonly life: SessionLife;
  readonly #registry: CommandRegistry;
  readonly #skillNames: SkillNames;

  constructor({ agent, turn }: ChatParts, sessions: SessionStore) {
    this.life = composeLife(agent, turn, sessions);
    const shared = composeConversationCommands(agent, { sessions, life: this.life });
    const all = [...shared.session, ...shared.status, ...shared.model, ...shared.knowledge];
    this.#registry = new CommandRegistry(all.filter(({ name }) => !Object.hasOwn(OWN, name)));
    const { disabled } = agent.config.skills;
    this.#skillNames = createSkillNames({ store: agent.skills, disabled, log: agent.log });
    this.expandSkill = createSkillExpander({ store: agent.skills, disabled });
  }

  async find(name: string): Promise<FoundCommand> {
    const own = ALIASES[name] ?? name;
    if (Object.hasOwn(OWN, own)) return { kind: "own", name: own as OwnCommand };
    const command = this.#registry.find(name);
    if (command !== undefined) return { kind: "shared", command };
    const skills = await this.#skillNames();
    if (skills.has(name)) return { kind: "skill" };
    return {
      kind: "unknown",
      meant: this.#registry.nearest(name, [...Object.keys(OWN), ...skills]),
    };
  }

  help(): string {
    const rows = [
      ...Object.entries(OWN).map(([name, [args, summary]]) =>
        [`/${name} ${args}`, summary] as const
      ),
      ...this.#registry.all.map(({ name, args = "", summary }) =>
        [`/${name} ${args}`, summary] as const
      ),
    ];
    return [
      ...rows.map(([typed, summary]) => helpLine(typed.trim(), summary)),
      "Each skill is a command as well: /skills lists them.",
      "Everything else is said to the agent; // at the beginning says a line with one slash.",
    ].join("\n");
  }
}

const HELP_COLUMNS = 27;

function helpLine(typed: string, summary: string): string {
  const isLong = typed.length > HELP_COLUMNS;
  return isLong
    ? `${typed}\n${" ".repeat(HELP_COLUMNS)} ${summary}`
    : `${typed.padEnd(HELP_COLUMNS)} ${summary}`;
}

/** Runs a command that means the same in Mattermost. Gives what it says, as Markdown. */
export async function runShared(
  command: ChatCommand,
  { args, key, isRunning }: {
    readonly args: string;
    readonly key: SessionKey;
    readonly isRunning: boolean;
  },
  signal: AbortSignal,
): Promise<string> {
  if (command.timing === "message") throw new Error("commands of the terminal say nothing");
  const live = { isRunning, tools: [], waiting: 0 };
  const call = { args, sessionKey: key, message: TYPED, isAdmin: true, takenUpAgain: false, live };
  try {
    const result = await command.run(call, signal);
    return result.kind === "reply" ? forTerminal(result.text) : "";
  } catch (error) {
    if (!(error instanceof HermesError) || signal.aborted) throw error;
    return `${error.message}. ${error.hint}`;
  }
}

/** In Mattermost commands begin with `!`, and a table of two columns is shown as one. */
export function forTerminal(text: string): string {
  return text.replaceAll(/(?<=^|[`\s(])!(?=[a-z])/g, "/")
    .replaceAll(/^\|.*\| *(?::?-+:? *)?\|\n/gm, "")
    .replaceAll(/^\| (.+?) \| (.+?) \|$/gm, "- $1: $2");
}

/** What is typed at a terminal, for commands that look at who says it where. */
const TYPED: InboundMessage = {
  postId: "",
  channelId: "",
  channelKind: "dm",
  channelName: "",
  rootId: "",
  senderId: TERMINAL_PERSON,
  senderName: "",
  text: "",
  mentionsBot: true,
  mentionsOthers: false,
  addsBot: false,
  origin: "person",
  files: [],
  createdAtMs: 0,
};
