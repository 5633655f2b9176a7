// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import { press } from "../post_actions.ts";
import { permissionRefusal, Refusal } from "../refusal.ts";
import type { SandboxParts } from "../parts.ts";
import { addCommand, BUILT_IN_TRIGGERS, useCommand } from "../slash_commands.ts";
import type { SlashCommand } from "../records.ts";
import {
  type Answer,
  asker,
  type Call,
  json,
  objectBody,
  type Route,
  STATUS_OK,
  textField,
} from "./route.ts";

/** Slash commands and buttons: what makes the server call somebody else. */
export const INTEGRATION_ROUTES: readonly Route[] = [
  { method: "POST", path: "/commands", handle: createCommand },
  { method: "GET", path: "/commands", handle: listCommands },
  { method: "POST", path: "/commands/execute", handle: executeCommand },
  { method: "DELETE", path: "/commands/{command}", handle: deleteCommand },
  { method: "GET", path: "/teams/{team}/commands/autocomplete", handle: autocomplete },
  // Ids with other characters are stored, and never found: the route has no place for them.
  { method: "POST", path: "/posts/{post}/actions/{action:[A-Za-z0-9]+}", handle: doAction },
];

function createCommand(call: Call, parts: SandboxParts): Answer {
  return json(addCommand(objectBody(call, "command"), asker(call), parts), 201);
}

function listCommands(call: Call, { world }: SandboxParts): Answer {
  const teamId = call.query.get("team_id") ?? "";
  if (!world.inTeam(teamId, asker(call).id) && !world.isAdmin(asker(call).id)) {
    throw permissionRefusal();
  }
  const own = world.commandsOf(teamId);
  if (call.query.get("custom_only") === "true") {
    if (!world.managesTeam(asker(call).id, teamId)) throw permissionRefusal();
    return json(own);
  }
  return json([...own.map(shown), ...[...BUILT_IN_TRIGGERS].map(builtIn)]);
}

function autocomplete(call: Call, { world }: SandboxParts): Answer {
  const teamId = call.params.team ?? "";
  if (!world.inTeam(teamId, asker(call).id)) throw permissionRefusal();
  return json([...world.commandsOf(teamId).map(shown), ...[...BUILT_IN_TRIGGERS].map(builtIn)]);
}

function deleteCommand(call: Call, { world }: SandboxParts): Answer {
  const command = world.commands.get(call.params.command ?? "");
  if (command === undefined || !world.managesTeam(asker(call).id, command.team_id)) {
    throw new Refusal(404, "store.sql_command.save.get.app_error");
  }
  world.commands.delete(command.id);
  return STATUS_OK;
}

async function executeCommand(call: Call, parts: SandboxParts): Promise<Answer> {
  const body = objectBody(call, "command_args");
  return json(
    await useCommand(
      {
        channelId: textField(body, "channel_id"),
        teamId: textField(body, "team_id"),
        rootId: textField(body, "root_id"),
        command: textField(body, "command"),
      },
      asker(call),
      parts,
    ),
  );
}

async function doAction(call: Call, parts: SandboxParts): Promise<Answer> {
  const body = call.body.byteLength === 0 ? {} : objectBody(call, "action");
  const selected = textField(body, "selected_option");
  const triggerId = await press(
    {
      postId: call.params.post ?? "",
      actionId: call.params.action ?? "",
      ...(selected === "" ? {} : { selected }),
    },
    asker(call),
    parts,
  );
  return json({ status: "OK", trigger_id: triggerId });
}

/** To people the server shows neither token nor address. */
function shown(command: SlashCommand): Record<string, unknown> {
  return { ...command, token: "", creator_id: "", method: "", username: "", icon_url: "", url: "" };
}

function builtIn(trigger: string): Record<string, unknown> {
  return {
    id: "",
    token: "",
    create_at: 0,
    update_at: 0,
    delete_at: 0,
    creator_id: "",
    team_id: "",
    trigger,
    method: "",
    username: "",
    icon_url: "",
    auto_complete: true,
    auto_complete_desc: "",
    auto_complete_hint: "",
    display_name: trigger,
    description: "",
    url: "",
    plugin_id: "",
  };
}
