import type { MattermostApi } from "./api.ts";
import { MattermostApiError } from "./errors.ts";
import type { Channel, Team } from "./types.ts";

/** A channel that the bot is in. */
export interface JoinedChannel {
  readonly channel: Channel;
  /** `undefined` for direct and group channels, which belong to no team. */
  readonly team: Team | undefined;
}

/** Which channel somebody meant. */
export type ChannelFound =
  | ({ readonly kind: "found" } & JoinedChannel)
  | { readonly kind: "unknown" }
  /** It exists, and the bot is not in it; `channel` is missing where the bot may not even see it. */
  | { readonly kind: "not_member"; readonly channel: Channel | undefined }
  | { readonly kind: "archived"; readonly channel: Channel }
  /** Several teams have a channel of this name. */
  | { readonly kind: "ambiguous"; readonly teams: readonly Team[] };

/** What the bot is in, to choose from. */
export interface Membership {
  readonly teams: readonly Team[];
  readonly channels: readonly JoinedChannel[];
}

export async function loadMembership(
  api: MattermostApi,
  signal: AbortSignal,
): Promise<Membership> {
  const [teams, channels] = await Promise.all([api.getMyTeams(signal), api.getMyChannels(signal)]);
  const open = channels.filter((channel) => channel.delete_at === 0);
  const teamOf = (channel: Channel) => teams.find((team) => team.id === channel.team_id);
  return { teams, channels: open.map((channel) => ({ channel, team: teamOf(channel) })) };
}

/** Finds the channel meant by `~name`, `name`, `team/name`, a link to it or its id. */
export async function findChannel(
  typed: string,
  deps: { readonly api: MattermostApi; readonly membership: Membership },
  signal: AbortSignal,
): Promise<ChannelFound> {
  const wanted = parseWanted(typed.trim());
  if (wanted.kind === "id") return await findById(wanted.id, deps, signal);
  const { channels, teams } = deps.membership;
  const inTeam = (team: Team | undefined) =>
    wanted.teamName === undefined || team?.name === wanted.teamName;
  const joined = channels.filter(({ channel, team }) =>
    team !== undefined && inTeam(team) && channel.name === wanted.name
  );
  const [only] = joined;
  if (joined.length > 1) {
    return { kind: "ambiguous", teams: joined.flatMap(({ team }) => team ?? []) };
  }
  if (only !== undefined) return { kind: "found", ...only };
  for (const team of teams.filter(inTeam)) {
    const found = await lookUp(() => deps.api.getChannelByName(team.name, wanted.name, signal));
    if (found !== undefined) return judge(found);
  }
  return { kind: "unknown" };
}

type Wanted =
  | { readonly kind: "id"; readonly id: string }
  | { readonly kind: "name"; readonly name: string; readonly teamName: string | undefined };

function parseWanted(typed: string): Wanted {
  if (/^[a-z0-9]{26}$/.test(typed)) return { kind: "id", id: typed };
  const link = /^https?:\/\/.*\/([^/]+)\/channels\/([^/?#]+)/.exec(typed);
  const path = link ?? /^([^/~]+)\/~?([^/]+)$/.exec(typed);
  const [, teamName, name = typed.replace(/^~/, "")] = path ?? [];
  return { kind: "name", name: name.toLowerCase(), teamName: teamName?.toLowerCase() };
}

async function findById(
  id: string,
  { api, membership }: { readonly api: MattermostApi; readonly membership: Membership },
  signal: AbortSignal,
): Promise<ChannelFound> {
  const joined = membership.channels.find(({ channel }) => channel.id === id);
  if (joined !== undefined) return { kind: "found", ...joined };
  const found = await lookUp(() => api.getChannel(id, signal));
  return found === undefined ? { kind: "unknown" } : judge(found);
}

/** The channel, `"hidden"` where the bot may not see it, `undefined` where there is none. */
async function lookUp(
  load: () => Promise<Channel>,
): Promise<Channel | "hidden" | undefined> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof MattermostApiError)) throw error;
    if (error.status === 404 || error.status === 400) return undefined;
    if (error.kind === "forbidden") return "hidden";
    throw error;
  }
}

function judge(found: Channel | "hidden"): ChannelFound {
  if (found === "hidden") return { kind: "not_member", channel: undefined };
  const kind = found.delete_at === 0 ? "not_member" : "archived";
  return { kind, channel: found };
}
