import { HermesError } from "../../errors.ts";
import type { CommandApi, NewSlashCommand, SlashCommand } from "../../mattermost/command_api.ts";
import { MattermostApiError } from "../../mattermost/errors.ts";
import type { Team } from "../../mattermost/types.ts";
import type { Log } from "../../runtime/log.ts";
import { Secret } from "../../runtime/secret.ts";
import type { CommandBook, CommandProblem } from "./command_book.ts";

/** A slash command that every team shall have. */
export type WantedCommand = Pick<NewSlashCommand, "trigger" | "hint" | "description">;

export interface RegistrationDeps {
  readonly api: Pick<CommandApi, "list" | "create" | "remove">;
  readonly book: CommandBook;
  readonly bot: { readonly userId: string; readonly username: string };
  /** Where the server shall call. */
  readonly url: string;
  readonly log: Log;
}

/** What the server says when another has the command, or the server itself. Source: app/command.go. */
const TAKEN_ID = "api.command.duplicate_trigger.app_error";

/**
 * Sees to it that these teams have these slash commands and no older ones of ours. What is as it shall
 * be stays; what cannot be had is written down, and nothing else fails for it.
 */
export async function registerCommands(
  wanted: readonly WantedCommand[],
  teams: readonly Team[],
  deps: RegistrationDeps,
  signal: AbortSignal,
): Promise<void> {
  const { book, log } = deps;
  const problems: CommandProblem[] = [];
  for (const team of teams) {
    try {
      problems.push(...await registerIn(team, wanted, deps, signal));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof HermesError)) throw error;
      problems.push(problemOf(error, team, ""));
    }
  }
  for (const problem of problems) log("warn", "native.not_registered", { ...problem });
  await book.report(problems);
  log("info", "native.registered", { commands: book.made.length, problems: problems.length });
}

/** Takes back all that we have made. Returns how many the server would not let go. */
export async function removeCommands(
  deps: Pick<RegistrationDeps, "api" | "book">,
  signal: AbortSignal,
): Promise<number> {
  let left = 0;
  for (const { id } of deps.book.made) {
    try {
      await remove(id, deps, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof HermesError)) throw error;
      left++;
    }
  }
  return left;
}

async function registerIn(
  team: Team,
  wanted: readonly WantedCommand[],
  deps: RegistrationDeps,
  signal: AbortSignal,
): Promise<CommandProblem[]> {
  const { api, book, bot, url } = deps;
  const listed = await api.list(team.id, signal);
  const own = listed.filter((command) =>
    command.creatorId === bot.userId && isOurs(command, wanted, deps)
  );
  const kept = own.filter((command) => isAsWanted(command, wanted, deps));
  for (const stale of own) {
    if (!kept.includes(stale)) await remove(stale.id, deps, signal);
  }
  for (const { id, teamId } of book.made) {
    if (teamId === team.id && !kept.some((command) => command.id === id)) await book.remove(id);
  }
  const problems: CommandProblem[] = [];
  for (const { trigger, hint, description } of wanted) {
    if (kept.some((command) => command.trigger === trigger)) continue;
    try {
      const place = { teamId: team.id, trigger, url };
      const words = { displayName: "Hermes", username: bot.username, hint, description };
      const made = await api.create({ ...place, ...words }, signal);
      await book.add({ id: made.id, ...place, token: new Secret(made.token) });
    } catch (error) {
      signal.throwIfAborted();
      const isAboutOne = error instanceof MattermostApiError && error.id === TAKEN_ID;
      if (!isAboutOne) throw error;
      problems.push(problemOf(error, team, trigger));
    }
  }
  return problems;
}

/** The account may have made others for another program: those are left alone. */
function isOurs(
  { id, trigger, url }: SlashCommand,
  wanted: readonly WantedCommand[],
  deps: RegistrationDeps,
): boolean {
  return url === deps.url || deps.book.made.some((made) => made.id === id) ||
    wanted.some((one) => one.trigger === trigger);
}

/** Without its token a command is of no use to us. */
function isAsWanted(
  { id, trigger, url }: SlashCommand,
  wanted: readonly WantedCommand[],
  deps: RegistrationDeps,
): boolean {
  return url === deps.url && wanted.some((one) => one.trigger === trigger) &&
    deps.book.made.some((made) => made.id === id);
}

async function remove(
  id: string,
  { api, book }: Pick<RegistrationDeps, "api" | "book">,
  signal: AbortSignal,
): Promise<void> {
  try {
    await api.remove(id, signal);
  } catch (error) {
    const isGone = error instanceof MattermostApiError && error.status === 404;
    if (!isGone) throw error;
  }
  await book.remove(id);
}

function problemOf(error: HermesError, team: Team, trigger: string): CommandProblem {
  const status = error instanceof MattermostApiError ? error.status : 0;
  const kind = trigger !== "" ? "taken" : status === 403 ? "forbidden" : "failed";
  return { teamName: team.display_name || team.name, kind, trigger, detail: error.message };
}
