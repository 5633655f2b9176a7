// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import { callIntegration, type IntegrationAnswer } from "./call_integration.ts";
import { whisper } from "./ephemeral.ts";
import type { SandboxParts } from "./parts.ts";
import type { Channel, SlashCommand, User } from "./records.ts";
import { permissionRefusal, Refusal } from "./refusal.ts";

/** A command as somebody sends it off. */
export interface CommandUse {
  readonly channelId: string;
  readonly teamId: string;
  readonly rootId: string;
  /** With its slash. */
  readonly command: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** How long and how often a `response_url` can be used. Source: store.CommandWebhookStore. */
const HOOK_MS_MAX = 30 * 60_000;
const HOOK_USES_MAX = 5;

/** Triggers of the server itself. Source: recorded list. */
export const BUILT_IN_TRIGGERS: ReadonlySet<string> = new Set(
  `away code collapse dnd echo expand exportlink groupmsg header help invite invite_people join
  open kick remove leave logout marketplace me msg mute offline online purpose rename search
  secure-connection settings share-channel shortcuts shrug status`.split(/\s+/),
);

/** Takes a new command of a team. @throws Refusal */
export function addCommand(body: Fields, user: User, { world }: SandboxParts): SlashCommand {
  const text = (name: string) => typeof body[name] === "string" ? body[name] : "";
  const teamId = text("team_id");
  if (!world.managesTeam(user.id, teamId)) throw permissionRefusal();
  const trigger = text("trigger").toLowerCase();
  if (!/^[a-z0-9_.\-/]{1,128}$/.test(trigger) || trigger.startsWith("/")) {
    throw new Refusal(400, "model.command.is_valid.trigger.app_error");
  }
  const isTaken = BUILT_IN_TRIGGERS.has(trigger) ||
    world.commandsOf(teamId).some((command) => command.trigger === trigger);
  if (isTaken) throw new Refusal(400, "api.command.duplicate_trigger.app_error");
  const now = world.stampMs();
  const command: SlashCommand = {
    id: world.newId(),
    token: world.newId(),
    create_at: now,
    update_at: now,
    delete_at: 0,
    creator_id: user.id,
    team_id: teamId,
    trigger,
    method: body.method === "G" ? "G" : "P",
    username: text("username"),
    icon_url: text("icon_url"),
    auto_complete: body.auto_complete === true,
    auto_complete_desc: text("auto_complete_desc"),
    auto_complete_hint: text("auto_complete_hint"),
    display_name: text("display_name"),
    description: text("description"),
    url: text("url"),
    plugin_id: "",
  };
  world.commands.set(command.id, command);
  return command;
}

/** Sends a command off, and shows what comes back. @throws Refusal */
export async function useCommand(
  use: CommandUse,
  user: User,
  parts: SandboxParts,
): Promise<Record<string, unknown>> {
  const { world } = parts;
  const channel = world.channels.get(use.channelId);
  if (channel === undefined || !world.canPost(user.id, channel.id)) throw permissionRefusal();
  if (!world.inTeam(use.teamId, user.id)) throw permissionRefusal();
  const [, trigger, args] = use.command.match(/^\/(\S+)\s?([\s\S]*)$/) ?? [];
  if (trigger === undefined || args === undefined) {
    throw new Refusal(400, "api.command.execute_command.start.app_error");
  }
  const command = world.commandsOf(use.teamId).find((known) =>
    known.trigger === trigger.toLowerCase()
  );
  if (command === undefined) {
    throw new Refusal(404, "api.command.execute_command.not_found.app_error", trigger);
  }
  const triggerId = world.newId();
  const answer = await call(command, { ...use, channel, args, triggerId }, user, parts);
  if (answer === undefined) {
    throw new Refusal(500, "api.command.execute_command.failed.app_error", trigger);
  }
  if (answer.status !== 200) {
    const status = `${answer.status} ${answer.statusText}`;
    throw new Refusal(500, "api.command.execute_command.failed_resp.app_error", trigger, status);
  }
  const response = responseOf(answer, trigger);
  show(response, use, user, parts);
  for (const extra of listOf(response.extra_responses)) show(extra, use, user, parts);
  return { ...response, trigger_id: triggerId };
}

/** A later answer of an integration. @throws Refusal when it comes too often or too late */
export function answerLater(hookId: string, body: Fields, parts: SandboxParts): void {
  const { world } = parts;
  const hook = world.commandHooks.get(hookId);
  const isOver = hook === undefined || hook.uses >= HOOK_USES_MAX ||
    world.nowMs() > hook.createdAtMs + HOOK_MS_MAX;
  if (isOver) throw new Refusal(400, "web.command_webhook.general.app_error", hookId);
  hook.uses++;
  const user = world.users.get(hook.userId);
  if (user !== undefined) show(asResponse(body), hook.use, user, parts);
}

async function call(
  command: SlashCommand,
  use: CommandUse & { channel: Channel; args: string; triggerId: string },
  user: User,
  parts: SandboxParts,
): Promise<IntegrationAnswer | undefined> {
  const { world, signer } = parts;
  const hookId = world.newId();
  const { channelId, teamId, rootId } = use;
  const hook = { channelId, teamId, rootId, command: use.command };
  world.commandHooks.set(hookId, {
    userId: user.id,
    use: hook,
    createdAtMs: world.nowMs(),
    uses: 0,
  });
  const trigger = { id: use.triggerId, userId: user.id, atMs: world.nowMs() };
  const form = new URLSearchParams({
    channel_id: channelId,
    channel_name: use.channel.name,
    command: `/${command.trigger}`,
    response_url: `${parts.siteUrl()}/hooks/commands/${hookId}`,
    root_id: rootId,
    team_domain: world.teams.get(teamId)?.name ?? "",
    team_id: teamId,
    text: use.args,
    token: command.token,
    trigger_id: signer.sign(trigger),
    user_id: user.id,
    user_name: user.username,
    ...mentions(use.args, teamId, parts),
  });
  const isGet = command.method === "G";
  return await callIntegration({
    method: isGet ? "GET" : "POST",
    url: isGet ? `${command.url}?${form}` : command.url,
    headers: {
      "Authorization": `Token ${command.token}`,
      ...(isGet ? {} : { "Content-Type": "application/x-www-form-urlencoded" }),
    },
    body: form.toString(),
  }, parts);
}

function mentions(text: string, teamId: string, { world }: SandboxParts): Record<string, string> {
  const user = world.userNamed(text.match(/(?:^|\s)@([a-z0-9._-]+)/)?.[1] ?? "");
  const channel = world.channelNamed(text.match(/(?:^|\s)~([a-z0-9_-]+)/)?.[1] ?? "");
  return {
    ...(user === undefined ? {} : { user_mentions: user.username, user_mentions_ids: user.id }),
    ...(channel === undefined || channel.team_id !== teamId
      ? {}
      : { channel_mentions: channel.name, channel_mentions_ids: channel.id }),
  };
}

function responseOf({ isJson, text }: IntegrationAnswer, trigger: string): CommandResponse {
  if (!isJson) return asResponse({ text });
  try {
    return asResponse(JSON.parse(text) as Fields);
  } catch {
    throw new Refusal(500, "api.command.execute_command.failed.app_error", trigger);
  }
}

type CommandResponse = Record<string, unknown>;

function asResponse(given: Fields): CommandResponse {
  const known = Object.entries(given).filter(([name]) => name in NO_RESPONSE);
  const extra = given.extra_responses;
  return {
    ...NO_RESPONSE,
    ...Object.fromEntries(known),
    extra_responses: Array.isArray(extra) ? extra.map((one: Fields) => asResponse(one)) : null,
  };
}

const NO_RESPONSE = {
  response_type: "",
  text: "",
  username: "",
  channel_id: "",
  icon_url: "",
  type: "",
  props: null,
  goto_location: "",
  trigger_id: "",
  skip_slack_parsing: false,
  attachments: null,
  extra_responses: null,
};

function listOf(value: unknown): CommandResponse[] {
  return Array.isArray(value) ? value : [];
}

/** For all it is a post of the one who gave the command: its author is nobody who can be asked. */
function show(response: CommandResponse, use: CommandUse, user: User, parts: SandboxParts): void {
  const message = String(response.text);
  if (message === "") return;
  const place = { channelId: use.channelId, rootId: use.rootId, message };
  const props = { ...(response.props as Fields | null ?? {}), from_webhook: "true" };
  if (response.response_type === "in_channel") {
    parts.posting.post({ ...place, props }, user.id);
  } else whisper({ ...place, userId: user.id, props }, parts);
}
