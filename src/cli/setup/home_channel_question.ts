import { HermesError } from "../../errors.ts";
import {
  type ChannelFound,
  findChannel,
  type JoinedChannel,
  loadMembership,
  type Membership,
} from "../../mattermost/find_channel.ts";
import type { Option } from "./prompter.ts";
import type { SetupContext } from "./setup_context.ts";
import { judgeFailure, settle, type Verdict } from "./settle.ts";
import type { BotAccess } from "./token_question.ts";

/** A channel for scheduled messages and notices. */
interface HomeChannel {
  readonly id: string;
  /** For people. */
  readonly label: string;
}

/** The server, and what the bot is in there. */
interface ChannelAccess extends BotAccess {
  readonly membership: Membership;
}

const NONE = "none";
const OTHER = "other";
const ID = /^[a-z0-9]{26}$/;

/** Asks for the home channel, which one may go without. Leaves the answer in the draft. */
export async function askHomeChannel(
  bot: BotAccess | undefined,
  context: SetupContext,
): Promise<void> {
  const { draft, given, prompter } = context;
  const current = (await draft.config()).mattermost.homeChannel;
  if (given.homeChannel === false) return draft.remove("mattermost.home_channel");
  if (given.homeChannel === undefined && !prompter.isInteractive) return;
  const access = bot && await loadAccess(bot, context);
  const picked = given.homeChannel === undefined ? await pick(current, access, context) : OTHER;
  const home = picked === OTHER ? await settleTyped(current, access, context) : picked;
  if (home === NONE) draft.remove("mattermost.home_channel");
  else draft.set("mattermost.home_channel", home.id, home.label);
}

async function loadAccess(
  bot: BotAccess,
  { prompter }: SetupContext,
): Promise<ChannelAccess | undefined> {
  try {
    const load = (signal: AbortSignal) => loadMembership(bot.api, signal);
    return { ...bot, membership: await prompter.busy("Looking at its channels", load) };
  } catch (error) {
    if (!(error instanceof HermesError) || error.code === "setup.cancelled") throw error;
    return undefined; // As if it had not been reached: an id can still be given.
  }
}

async function pick(
  current: string | undefined,
  access: ChannelAccess | undefined,
  { prompter }: SetupContext,
): Promise<HomeChannel | typeof NONE | typeof OTHER> {
  const { channels = [], teams = [] } = access?.membership ?? {};
  const homes = channels.filter(({ team }) => team !== undefined)
    .map((joined) => toHome(joined, teams.length > 1))
    .sort((a, b) => a.label.localeCompare(b.label));
  const options: Option<HomeChannel | typeof NONE | typeof OTHER>[] = [
    { value: NONE, label: "None", hint: "nothing is posted unasked" },
    ...homes.map((home) => ({ value: home, label: home.label })),
    { value: OTHER, label: "Another one", hint: "by its name, a link to it or its id" },
  ];
  const known = homes.find((home) => home.id === current);
  return await prompter.choose({
    message: "Home channel, where the bot posts what it was scheduled to do",
    options,
    initial: known ?? (current === undefined ? NONE : OTHER),
  });
}

function settleTyped(
  current: string | undefined,
  access: ChannelAccess | undefined,
  { given, prompter }: SetupContext,
): Promise<HomeChannel | typeof NONE> {
  return settle<string, HomeChannel | typeof NONE>({
    given: given.homeChannel === false ? undefined : given.homeChannel,
    ask: (wrong) =>
      prompter.text({
        message: "The channel: ~name, team/name, a link to it or its id (empty for none)",
        initial: wrong ?? current,
        example: "~town-square",
      }),
    doing: access === undefined ? undefined : "Looking for it",
    check: (typed, signal) =>
      typed.trim() === ""
        ? { kind: "good", answer: NONE }
        : readChannel(typed.trim(), access, signal),
  }, prompter);
}

async function readChannel(
  typed: string,
  access: ChannelAccess | undefined,
  signal: AbortSignal,
): Promise<Verdict<HomeChannel>> {
  const unchecked = { id: typed, label: typed };
  const isId = ID.test(typed);
  if (access === undefined) {
    if (isId) return { kind: "good", answer: unchecked };
    const problem = `"${typed}" is not an id, and no channel can be looked up without the server`;
    return { kind: "malformed", problem, remedy: "Write the 26 characters of the id." };
  }
  try {
    return judge(typed, await findChannel(typed, access, signal), access);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HermesError)) throw error;
    if (isId) return judgeFailure(error, unchecked);
    return { kind: "refused", problem: error.message, remedy: error.hint };
  }
}

function judge(
  typed: string,
  found: ChannelFound,
  { me, membership }: ChannelAccess,
): Verdict<HomeChannel> {
  switch (found.kind) {
    case "found": {
      const home = toHome(found, membership.teams.length > 1);
      return { kind: "good", answer: home, says: `The home channel is ${home.label}` };
    }
    case "unknown":
      return {
        kind: "refused",
        problem: `There is no channel "${typed}", or the bot may not see it`,
        remedy: `Check its name, or add the bot there with /invite @${me.username}.`,
      };
    case "not_member":
      return {
        kind: "refused",
        problem: `The bot is not in ~${found.channel?.name ?? typed}`,
        remedy: `Write /invite @${me.username} there first.`,
      };
    case "archived":
      return {
        kind: "refused",
        problem: `~${found.channel.name} is archived`,
        remedy: "Choose another channel.",
      };
    case "ambiguous": {
      const names = found.teams.map((team) => team.name);
      return {
        kind: "refused",
        problem: `Several teams have a channel "${typed}": ${names.join(", ")}`,
        remedy: `Write the team too, e.g. ${names[0]}/${typed.replace(/^~/, "")}.`,
      };
    }
  }
}

/** `~town-square`, with its team where there are several. */
function toHome({ channel, team }: JoinedChannel, hasTeams: boolean): HomeChannel {
  const name = channel.type === "G" || channel.type === "D"
    ? channel.display_name || "a direct channel"
    : `~${channel.name}`;
  const inTeam = hasTeams && team !== undefined ? `${team.display_name || team.name}: ` : "";
  return { id: channel.id, label: inTeam + name };
}
