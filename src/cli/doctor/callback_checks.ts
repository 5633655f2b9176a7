import { CommandBook, type CommandProblem } from "../../gateway/callbacks/command_book.ts";
import { readGatewayState } from "../../gateway/read_gateway_state.ts";
import { CommandApi } from "../../mattermost/command_api.ts";
import { MattermostApiError } from "../../mattermost/errors.ts";
import { silentLog } from "../../runtime/log.ts";
import { plural } from "../plural.ts";
import type { KnownBot } from "./account_checks.ts";
import { type Check, failure, ok, skipped, warning } from "./check.ts";
import type { DoctorInput } from "./doctor_input.ts";

const NAME = "callbacks";
const SETTINGS = { settings: ["mattermost.callback_url", "mattermost.callback_listen"] };

/** Where the server shall call Hermes: that it does, and that the teams have the slash commands. */
export async function checkCallbacks(
  bot: KnownBot | undefined,
  input: DoctorInput,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const { callbackUrl } = input.loaded.draft.mattermost;
  if (callbackUrl === undefined) return [];
  const book = await CommandBook.open(input.paths.stateFolder, silentLog);
  const { made, problems } = book;
  const isRunning = (await readGatewayState(input.paths)).kind === "running";
  if (!isRunning) return skipped([NAME], "The gateway does not run");
  const told = problems.map((problem) => judgeProblem(problem, bot?.me.username ?? "the bot"));
  const ours = made.find(({ trigger }) => trigger === "hermes");
  if (ours === undefined || bot === undefined) return told;
  const { host } = new URL(callbackUrl);
  const isReached = await reaches(bot, ours.teamId, input, signal);
  if (isReached === undefined) return told;
  if (isReached) {
    return [
      ok(NAME, `The server calls Hermes for ${plural(made.length, "slash command")}`),
      ...told,
    ];
  }
  const remedy =
    `Let ${host} lead to mattermost.callback_listen. If it is in the server's own network, ` +
    "an administrator has to name it in AllowedUntrustedInternalConnections.";
  return [failure(NAME, `The server cannot call Hermes at ${host}`, remedy, SETTINGS), ...told];
}

function judgeProblem({ kind, teamName, trigger, detail }: CommandProblem, bot: string): Check {
  switch (kind) {
    case "forbidden": {
      const message = `The bot may make no slash commands in the team "${teamName}"`;
      const remedy =
        `Let an administrator make ${bot} a team admin there, and restart the gateway.`;
      return warning(NAME, message, remedy);
    }
    case "taken": {
      const message = `The slash command /${trigger} of the team "${teamName}" is somebody else's`;
      return warning(NAME, message, `Tell people to write /hermes ${trigger} there.`);
    }
    case "failed": {
      const message = `The team "${teamName}" has no slash commands of Hermes: ${detail}`;
      return warning(NAME, message, "Restart the gateway to try it again.");
    }
  }
}

/** Uses our command as the bot itself, which is told that it is not let in. `undefined`: nowhere to try. */
async function reaches(
  { server, token, api, me }: KnownBot,
  teamId: string,
  input: DoctorInput,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const { serverUrl, network: { fetch } } = server;
  const commands = new CommandApi({ ...input, serverUrl, token, fetch, log: silentLog });
  const channels = await api.getMyChannels(signal);
  const channel = channels.find(({ team_id, delete_at }) => team_id === teamId && delete_at === 0);
  const { id: channelId } = channel ?? await api.createDirectChannel([me.id, me.id], signal);
  try {
    await commands.use({ channelId, teamId, command: "/hermes whoami" }, signal);
    return true;
  } catch (error) {
    if (!(error instanceof MattermostApiError)) throw error;
    return error.status === 500 ? false : undefined;
  }
}
