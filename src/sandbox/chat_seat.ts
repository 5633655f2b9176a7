import { type ChatPlace, placeLabel } from "./chat_post.ts";
import type { SandboxServer } from "./sandbox_server.ts";
import { SEEDED_BOT, SEEDED_PEOPLE } from "./seed.ts";

/** Who sits at the prompt, and where they write. */
export interface ChatSeat {
  readonly person: string;
  readonly place: ChatPlace;
}

/** A seat that somebody asked for, or the sentence that says why it is not to be had. */
export type SeatChange =
  | { readonly kind: "seat"; readonly seat: ChatSeat }
  | { readonly kind: "refused"; readonly problem: string };

/** In the direct channel of a person with the bot. */
export function directSeat(person: string, server: SandboxServer): ChatSeat {
  const { id } = server.as(person).direct(SEEDED_BOT);
  return { person, place: { channelId: id, rootId: "" } };
}

export function channelSeat({ person }: ChatSeat, name: string, server: SandboxServer): SeatChange {
  const channel = channelsOf(person, server).find((channel) => channel.name === name);
  if (channel === undefined) {
    const names = channelsOf(person, server).map((channel) => `#${channel.name}`).join(", ");
    return refused(`${person} is in no channel "${name}", only in ${names}`);
  }
  return { kind: "seat", seat: { person, place: { channelId: channel.id, rootId: "" } } };
}

/** In the thread of the last post of this place, which it opens if need be. */
export function threadSeat({ person, place }: ChatSeat, { world }: SandboxServer): SeatChange {
  const last = world.postsOf(place.channelId).at(-1);
  if (last === undefined) return refused("Nothing was written here that could have a thread");
  const rootId = last.root_id || last.id;
  return { kind: "seat", seat: { person, place: { ...place, rootId } } };
}

/** Somebody else in the same place; in their direct channel where they may not be. */
export function personSeat({ place }: ChatSeat, name: string, server: SandboxServer): SeatChange {
  const person = SEEDED_PEOPLE.find((person) => person === name);
  if (person === undefined) return refused(`You can be ${SEEDED_PEOPLE.join(", ")}`);
  const isMember = server.world.member(place.channelId, server.user(person).id) !== undefined;
  return { kind: "seat", seat: isMember ? { person, place } : directSeat(person, server) };
}

/** The channels of a person, without direct ones. */
export function channelsOf(person: string, server: SandboxServer) {
  return server.world.channelsOf(server.user(person).id)
    .filter((channel) => channel.type === "O" || channel.type === "P");
}

/** Most of a row that a prompt with a hint may take. */
const PROMPT_SHARE_MAX = 2 / 3;

/** What stands before what the person writes; in a channel it tells how to be answered. */
export function promptText(
  { person, place }: ChatSeat,
  { world }: SandboxServer,
  columns: number,
): string {
  const prompt = `${person} → ${placeLabel(place, person, world)}`;
  const isDirect = world.channels.get(place.channelId)?.type === "D";
  const withHint = `${prompt} (mention @${SEEDED_BOT})> `;
  return isDirect || withHint.length > columns * PROMPT_SHARE_MAX ? `${prompt}> ` : withHint;
}

function refused(problem: string): SeatChange {
  return { kind: "refused", problem };
}
