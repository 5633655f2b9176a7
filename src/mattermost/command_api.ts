import { UnexpectedAnswerError } from "./errors.ts";
import { asObject, asText, decodeEach } from "./decode.ts";
import { RestClient, type RestClientDeps } from "./rest_client.ts";

/** A slash command of a team, as the one who made it sees it. Source: model.Command. */
export interface SlashCommand {
  readonly id: string;
  readonly teamId: string;
  readonly creatorId: string;
  /** What people type behind the slash. */
  readonly trigger: string;
  /** Where the server calls. */
  readonly url: string;
  /** What the server shows with each call. */
  readonly token: string;
}

export interface NewSlashCommand extends Pick<SlashCommand, "teamId" | "trigger" | "url"> {
  /** At most 64 characters. */
  readonly displayName: string;
  /** Shown while people type. */
  readonly hint: string;
  readonly description: string;
  readonly username: string;
}

/** The endpoints of slash commands; `RestClient` says what they throw. */
export class CommandApi {
  readonly #rest: RestClient;
  readonly #hooks: RestClient;

  constructor(deps: RestClientDeps) {
    this.#rest = new RestClient(deps);
    const { siteUrl } = deps.serverUrl;
    const serverUrl = { ...deps.serverUrl, restUrl: `${siteUrl}/hooks/commands` };
    this.#hooks = new RestClient({ ...deps, serverUrl, token: undefined });
  }

  /** GET /commands of a team without those of the server. 403 for those who may make none. */
  list(teamId: string, signal: AbortSignal): Promise<SlashCommand[]> {
    const action = "list slash commands";
    const path = `/commands?team_id=${teamId}&custom_only=true`;
    const decode = (value: unknown) => decodeEach(value, decodeCommand);
    return this.#rest.request({ action, method: "GET", path }, decode, signal);
  }

  /** POST /commands */
  create(command: NewSlashCommand, signal: AbortSignal): Promise<SlashCommand> {
    const body = {
      team_id: command.teamId,
      method: "P",
      trigger: command.trigger,
      url: command.url,
      username: command.username,
      display_name: command.displayName,
      auto_complete: true,
      auto_complete_desc: command.description,
      auto_complete_hint: command.hint,
    };
    const action = "make a slash command";
    const request = { action, method: "POST", path: "/commands", body } as const;
    return this.#rest.request(request, decodeCommand, signal);
  }

  /** DELETE /commands/{command_id} */
  async remove(commandId: string, signal: AbortSignal): Promise<void> {
    const path = `/commands/${commandId}`;
    await this.#rest.ask({ action: "remove a slash command", method: "DELETE", path }, signal);
  }

  /** POST /commands/execute: uses a command, as people do. */
  async use(
    place: { readonly channelId: string; readonly teamId: string; readonly command: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { channelId, teamId, command } = place;
    const body = { channel_id: channelId, team_id: teamId, command };
    const path = "/commands/execute";
    await this.#rest.ask({ action: "use a slash command", method: "POST", path, body }, signal);
  }

  /**
   * POST {site}/hooks/commands/{hook_id}: says something later, to the one who gave the command. For
   * 30 minutes, five times; without a token.
   */
  async sayLater(hookId: string, text: string, signal: AbortSignal): Promise<void> {
    const body = { response_type: "ephemeral", text, skip_slack_parsing: true };
    const action = "answer a slash command";
    try {
      await this.#hooks.ask({ action, method: "POST", path: `/${hookId}`, body }, signal);
    } catch (error) {
      // The server says "ok" here, and no JSON.
      const isSaid = error instanceof UnexpectedAnswerError && error.kind === "not_json";
      if (!isSaid) throw error;
    }
  }
}

function decodeCommand(value: unknown): SlashCommand | undefined {
  const command = asObject(value);
  const [id, teamId, trigger] = [command?.id, command?.team_id, command?.trigger].map(asText);
  if (!id || !teamId || !trigger) return undefined;
  return {
    id,
    teamId,
    trigger,
    creatorId: asText(command?.creator_id),
    url: asText(command?.url),
    token: asText(command?.token),
  };
}
