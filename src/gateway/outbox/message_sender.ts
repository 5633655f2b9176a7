import { createHash } from "node:crypto";
import type { MattermostApi } from "../../mattermost/api.ts";
import { findPerson } from "../../mattermost/find_person.ts";
import { loadMembership } from "../../mattermost/find_channel.ts";
import type { AllowFile } from "../../replies/deliver_files.ts";
import { readMediaLines } from "../../replies/media_lines.ts";
import type { Clock } from "../../runtime/clock.ts";
import { withinTime } from "../../runtime/within_time.ts";
import type { CommandGate } from "../../safety/command_gate.ts";
import type { MessageOrder, MessageOutcome, MessageSender } from "../../tools/send_message_tool.ts";
import type { Person, ToolContext } from "../../tools/tool.ts";
import { type GatePolicy, isLetIn } from "../gate.ts";
import type { Courier } from "./courier.ts";
import { findPlace, labelOf, type Place } from "./find_place.ts";
import type { HomeChannel } from "./home_channel.ts";
import { parseTarget, type Target, TARGET_FORMS } from "./target.ts";

export interface MessageSenderDeps {
  readonly api: MattermostApi;
  readonly botUserId: string;
  readonly home: HomeChannel;
  /** What people call it. */
  readonly homeName: string;
  readonly courier: Courier;
  readonly gate: CommandGate;
  readonly allowFile: AllowFile;
  /** Who may talk to the bot, and where it speaks. */
  readonly policy: Pick<GatePolicy, "allowAllUsers" | "allowedUsers" | "bots" | "allowedChannels">;
  readonly clock: Clock;
}

/** How long a turn waits for the server. */
const WAIT_MS_MAX = 20_000;
/** The same text to the same place is the same message for so long: a turn may be done again. */
const SAME_MS_MAX = 600_000;
/** Channels that are looked at for a list. */
const LISTED_MAX = 30;

/**
 * Sends what the model wants to have posted elsewhere. A person reaches no place through the bot that
 * is closed to them: channels that they are in, and people who may talk to the bot. Where others read
 * it, they have to allow it; the home channel is there for it.
 */
export function createMessageSender(deps: MessageSenderDeps): MessageSender {
  return {
    send: (order, context, signal) => send(order, context, deps, signal),
    permit: (order, context, signal) => permit(order, context, deps, signal),
    targets: (context, signal) => listTargets(context, deps, signal),
  };
}

async function send(
  order: MessageOrder,
  context: ToolContext,
  deps: MessageSenderDeps,
  signal: AbortSignal,
): Promise<MessageOutcome> {
  const parsed = parseTarget(order.target);
  if (parsed.kind === "refused") return refused(`${parsed.problem}. Targets are ${TARGET_FORMS}.`);
  if (parsed.target.kind === "origin") {
    return refused("your answer appears in this conversation by itself.");
  }
  const { text, paths } = readMediaLines(order.text);
  const files: string[] = [];
  for (const path of paths) {
    const allowed = await deps.allowFile(path);
    if (allowed.kind === "refused") return refused(`${JSON.stringify(path)}: ${allowed.reason}.`);
    files.push(allowed.realPath);
  }
  const id = idOf(order, context, deps);
  const known = deps.courier.newest(id) !== undefined;
  const judged = await judge(parsed.target, context, deps, signal);
  if (judged.kind === "refused") return judged;
  const { place, isOpen } = judged;
  if (!isOpen && !known) {
    const refusal = await askPerson(order.text, place, context, deps, signal);
    if (refusal !== undefined) return refused(refusal);
  }
  const target: Target = {
    kind: "channel",
    channel: place.channelId,
    threadId: place.rootId || undefined,
  };
  const about = context.person === undefined ? {} : { about: `a task of ${context.person.name}` };
  const toldTo = channelOf(context) === place.channelId ? { toldTo: context.sessionKey } : {};
  const message = { id, target, text, files, urgency: "now", ...about, ...toldTo } as const;
  return await hand(message, place.label, deps, signal);
}

async function permit(
  { target, text }: MessageOrder,
  context: ToolContext,
  deps: MessageSenderDeps,
  signal: AbortSignal,
): Promise<string | undefined> {
  const parsed = parseTarget(target);
  if (parsed.kind === "refused") return `${parsed.problem}. Targets are ${TARGET_FORMS}.`;
  if (parsed.target.kind === "origin") return undefined;
  const judged = await judge(parsed.target, context, deps, signal);
  if (judged.kind === "refused") return judged.reason;
  return judged.isOpen ? undefined : await askPerson(text, judged.place, context, deps, signal);
}

type Judged =
  /** `isOpen`: nobody has to allow it. */
  | { readonly kind: "allowed"; readonly place: Place; readonly isOpen: boolean }
  | { readonly kind: "refused"; readonly reason: string };

/** Where it would go, and whether this person may have it go there. */
async function judge(
  target: Target,
  context: ToolContext,
  deps: MessageSenderDeps,
  signal: AbortSignal,
): Promise<Judged> {
  const { person } = context;
  if (target.kind === "person") return await judgePerson(target.username, person, deps, signal);
  const found = await findPlace(target, deps, signal);
  if (found.kind === "refused") return refused(`${found.reason}. ${found.remedy}`);
  const { place } = found;
  const isHome = target.kind === "home" || place.channelId === deps.home.place?.channelId;
  if (person === undefined) {
    return isHome ? { kind: "allowed", place, isOpen: true } : refused(NOBODY_ASKS);
  }
  const isHere = channelOf(context) === place.channelId;
  if (isHere) return { kind: "allowed", place, isOpen: true };
  const { allowedChannels } = deps.policy;
  if (allowedChannels.size > 0 && !allowedChannels.has(place.channelId) && !isHome) {
    return refused(`the settings do not let the bot speak in ${place.label}.`);
  }
  if (!await deps.api.isMember(place.channelId, person.id, signal)) {
    return refused(`${person.name}, who asks for it, is not in ${place.label}.`);
  }
  return { kind: "allowed", place, isOpen: isHome || place.isDirect };
}

const NOBODY_ASKS = "nobody asks for it, so only the home channel can be written to.";

async function judgePerson(
  username: string,
  person: Person | undefined,
  deps: MessageSenderDeps,
  signal: AbortSignal,
): Promise<Judged> {
  if (person === undefined) return refused(NOBODY_ASKS);
  const found = await findPerson(username, deps, signal);
  if (
    found.kind === "found" && found.user.id !== person.id && !isLetIn(found.user.id, deps.policy)
  ) {
    return refused(`@${username} is not among those who may talk to the bot.`);
  }
  const place = await findPlace({ kind: "person", username }, deps, signal);
  if (place.kind === "refused") return refused(`${place.reason}. ${place.remedy}`);
  const isOneself = found.kind === "found" && found.user.id === person.id;
  return { kind: "allowed", place: place.place, isOpen: isOneself };
}

/** Why it is not sent, in a sentence; `undefined` when it may be. */
async function askPerson(
  text: string,
  { channelId, label }: Place,
  context: ToolContext,
  { gate }: MessageSenderDeps,
  signal: AbortSignal,
): Promise<string | undefined> {
  const decision = await gate.decideAction(
    {
      description: `send_message to ${label}\n\n${text}`,
      finding: {
        pattern: `send_message ${channelId}`,
        reason: `posts in ${label}, where others read it`,
      },
    },
    context,
    signal,
  );
  switch (decision) {
    case "allowed":
      return undefined;
    case "denied":
      return "the person did not allow it.";
    case "expired":
      return "nobody allowed it in time, which counts as a no.";
    case "nobody_to_ask":
      return "it needs a person's yes, and nobody can be asked here.";
  }
}

async function hand(
  message: Parameters<Courier["deliver"]>[0],
  to: string,
  { clock, courier }: MessageSenderDeps,
  signal: AbortSignal,
): Promise<MessageOutcome> {
  let reason = "the server has not answered yet";
  const onWaiting = (why: string) => reason = why;
  const deliver = (late: AbortSignal) => courier.deliver(message, { onWaiting }, late);
  const result = await withinTime(deliver, { msMax: WAIT_MS_MAX, clock }, signal);
  if (result.kind === "late") return { kind: "waiting", to, reason };
  const outcome = result.value;
  if (outcome.kind === "failed") return refused(`${outcome.reason}.`);
  return { kind: "sent", to, postIds: outcome.postIds, problems: outcome.problems };
}

/** A turn that is done again after a crash sends the same message, not another one. */
function idOf(order: MessageOrder, context: ToolContext, deps: MessageSenderDeps): string {
  const parts = [context.sessionKey, order.target.trim().toLowerCase(), order.text];
  const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 24);
  const nowMs = deps.clock.nowMs();
  const known = deps.courier.newest(`tool-${hash}-`);
  const isSame = known !== undefined && nowMs - known.queuedAtMs < SAME_MS_MAX;
  return isSame ? known.id : `tool-${hash}-${nowMs}`;
}

async function listTargets(
  context: ToolContext,
  { api, home, homeName, policy: { allowedChannels } }: MessageSenderDeps,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { person } = context;
  const { channels } = await loadMembership(api, signal);
  const named = channels.filter(({ channel, team }) =>
    team !== undefined && (allowedChannels.size === 0 || allowedChannels.has(channel.id))
  );
  const targets = home.place === undefined ? [] : [`home: ${homeName}`];
  for (const { channel, team } of named.slice(0, LISTED_MAX)) {
    const isIn = person !== undefined && await api.isMember(channel.id, person.id, signal);
    if (isIn) targets.push(`${team?.name}/${channel.name}: ${labelOf(channel)}`);
  }
  return targets;
}

/** The channel in which the conversation takes place, as its key names it. */
function channelOf({ sessionKey }: ToolContext): string | undefined {
  return sessionKey.split(":")[4];
}

function refused(reason: string): { readonly kind: "refused"; readonly reason: string } {
  return { kind: "refused", reason };
}
