import { join } from "node:path";
import { readTextFile, writeFileAtomic } from "../../runtime/atomic_file.ts";
import type { Log } from "../../runtime/log.ts";
import { Secret } from "../../runtime/secret.ts";
import { asObject, asText, decodeEach, parseJson } from "../../mattermost/decode.ts";
import type { KnownCommand } from "./callback_door.ts";

/** A slash command that we made. */
export interface MadeCommand extends KnownCommand {
  readonly id: string;
  /** Where the server calls. */
  readonly url: string;
}

/** Why a team has not got all commands. */
export interface CommandProblem {
  readonly teamName: string;
  /** `forbidden`: the bot may make none there. `taken`: somebody else has this one. */
  readonly kind: "forbidden" | "taken" | "failed";
  /** The command, where it is about one. */
  readonly trigger: string;
  /** For the log and doctor. */
  readonly detail: string;
}

/** The slash commands that we have on the server, with their tokens: a file for our eyes only. */
export class CommandBook {
  readonly #path: string;
  readonly #log: Log;
  #made: readonly MadeCommand[];
  #problems: readonly CommandProblem[];

  /** What cannot be read is made anew on the server. */
  static async open(stateFolder: string, log: Log): Promise<CommandBook> {
    const path = join(stateFolder, "native_commands.json");
    const fields = asObject(parseJson(await readTextFile(path) ?? "{}"));
    const made = decodeEach(fields?.commands, decodeMade);
    return new CommandBook(path, log, made, decodeEach(fields?.problems, decodeProblem));
  }

  private constructor(
    path: string,
    log: Log,
    made: readonly MadeCommand[],
    problems: readonly CommandProblem[],
  ) {
    this.#path = path;
    this.#log = log;
    this.#made = made;
    this.#problems = problems;
  }

  get made(): readonly MadeCommand[] {
    return this.#made;
  }

  get problems(): readonly CommandProblem[] {
    return this.#problems;
  }

  /** Known from now on, also after a crash. */
  async add(command: MadeCommand): Promise<void> {
    this.#made = [...this.#made, command];
    await this.#write();
  }

  async remove(id: string): Promise<void> {
    this.#made = this.#made.filter((command) => command.id !== id);
    await this.#write();
  }

  async report(problems: readonly CommandProblem[]): Promise<void> {
    this.#problems = problems;
    await this.#write();
  }

  /** A disk that takes nothing costs a command made anew at the next start. */
  async #write(): Promise<void> {
    const commands = this.#made.map((command) => ({ ...command, token: command.token.reveal() }));
    const text = JSON.stringify({ commands, problems: this.#problems });
    try {
      await writeFileAtomic(this.#path, `${text}\n`, { mode: 0o600 });
    } catch (error) {
      this.#log("warn", "native.not_kept", { error: String(error) });
    }
  }
}

function decodeMade(value: unknown): MadeCommand | undefined {
  const fields = asObject(value);
  const text = (name: string) => asText(fields?.[name]);
  const [id, teamId, trigger, token] = ["id", "teamId", "trigger", "token"].map(text);
  if (!id || !teamId || !trigger || !token) return undefined;
  return { id, teamId, trigger, token: new Secret(token), url: text("url") };
}

function decodeProblem(value: unknown): CommandProblem | undefined {
  const fields = asObject(value);
  const text = (name: string) => asText(fields?.[name]);
  const kind = KINDS.find((known) => known === fields?.kind);
  if (kind === undefined) return undefined;
  return { kind, teamName: text("teamName"), trigger: text("trigger"), detail: text("detail") };
}

const KINDS = ["forbidden", "taken", "failed"] as const;
