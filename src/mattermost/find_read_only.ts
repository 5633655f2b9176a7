import type { MattermostApi } from "./api.ts";
import type { JoinedChannel, Membership } from "./find_channel.ts";
import type { User } from "./types.ts";

/** What writing takes, by a role in the channel, in its team or on the server. */
const WRITE_PERMISSION = "create_post";

/** The channels of teams in which the bot is, and in which the server lets it only read. */
export async function findReadOnlyChannels(
  { me, membership, api }: {
    readonly me: User;
    readonly membership: Membership;
    readonly api: MattermostApi;
  },
  signal: AbortSignal,
): Promise<readonly JoinedChannel[]> {
  const { teams } = membership;
  const [inTeams, ...inChannels] = await Promise.all([
    api.getMyTeamRoles(signal),
    ...teams.map((team) => api.getMyChannelRoles(team.id, signal)),
  ]);
  const held = [...inTeams, ...inChannels.flat()];
  const rolesIn = (placeId: string) => held.find((one) => one.placeId === placeId)?.roles ?? [];
  const everywhere = me.roles.split(" ");
  const names = new Set([...everywhere, ...held.flatMap(({ roles }) => roles)]);
  const known = await api.getRoles([...names], signal);
  // A role of which the server says nothing is given the benefit of the doubt.
  const mayWrite = (name: string) =>
    known.find((role) => role.name === name)?.permissions.includes(WRITE_PERMISSION) ?? true;
  return membership.channels.filter(({ channel }) => {
    const roles = [...rolesIn(channel.id), ...rolesIn(channel.team_id), ...everywhere];
    return channel.team_id !== "" && rolesIn(channel.id).length > 0 && !roles.some(mayWrite);
  });
}
