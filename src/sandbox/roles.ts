// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.
import type { World } from "./world.ts";

/** What a scheme calls the role of those who may read and not write: names of its roles look like ids. */
const READER_ROLE = "reader3xqbn1y7mdtfpk9aw5gh";

/** What each role may do, as far as a bot needs it. Source: recorded bodies. */
const PERMISSIONS: Readonly<Record<string, readonly string[]>> = {
  system_user: ["create_direct_channel", "create_group_channel", "view_members"],
  team_user: ["view_team", "read_public_channel", "join_public_channels", "list_team_channels"],
  channel_user: ["create_post", "edit_post", "delete_post", "upload_file", "add_reaction"],
  [READER_ROLE]: ["read_channel", "read_channel_content"],
};

/** The role of a channel's members. */
export function memberRole(world: World, channelId: string): string {
  return world.readOnlyChannels.has(channelId) ? READER_ROLE : "channel_user";
}

/** The role of this name, as an answer shows it. */
export function roleBody(name: string): Record<string, unknown> | undefined {
  const permissions = PERMISSIONS[name];
  if (permissions === undefined) return undefined;
  const isBuiltIn = name !== READER_ROLE;
  return {
    id: name.padEnd(26, "x").replaceAll("_", "x"),
    name,
    display_name: name,
    description: "",
    create_at: 1,
    update_at: 1,
    delete_at: 0,
    permissions,
    scheme_managed: true,
    built_in: isBuiltIn,
  };
}
