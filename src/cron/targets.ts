import type { DeliveryTarget } from "./delivery_port.ts";
import type { Job } from "./job.ts";

/** One place of a comma list, as it is written. */
export type WrittenTarget =
  | DeliveryTarget
  /** Where the job was made. */
  | { readonly kind: "origin" }
  /** Nowhere: the output is kept, and that is all. */
  | { readonly kind: "local" };

export type ParsedTargets =
  | { readonly kind: "parsed"; readonly targets: readonly WrittenTarget[] }
  /** `reason` follows a colon. */
  | { readonly kind: "refused"; readonly reason: string };

/** How places are written, to tell people and models. */
export const TARGET_FORMS =
  "origin, home, local, @user, ~channel, mattermost:<channel>[:<thread>], or several with commas";

const TARGETS_MAX = 10;
const MATTERMOST_ID = /^[a-z0-9]{26}$/;
const CHANNEL = /^[~#]?([a-z0-9][a-z0-9_-]*)$/;
const TEAM_AND_CHANNEL = /^[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9_-]*$/;
const USERNAME = /^@([a-z0-9._-]+)$/;

/** Reads where a job's text goes, e.g. `origin,mattermost:~ops`. */
export function parseTargets(text: string): ParsedTargets {
  const words = text.split(",").map((word) => word.trim()).filter((word) => word !== "");
  if (words.length === 0) return { kind: "refused", reason: "no place is named" };
  if (words.length > TARGETS_MAX) {
    return { kind: "refused", reason: `more than ${TARGETS_MAX} places are named` };
  }
  const targets: WrittenTarget[] = [];
  for (const word of words) {
    const target = parseTarget(word);
    if (target === undefined) {
      return { kind: "refused", reason: `"${word}" is no place; a place is ${TARGET_FORMS}` };
    }
    targets.push(target);
  }
  return { kind: "parsed", targets };
}

function parseTarget(word: string): WrittenTarget | undefined {
  const lower = word.toLowerCase();
  if (lower === "origin" || lower === "local") return { kind: lower };
  if (lower === "home" || lower === "mattermost" || lower === "all") return { kind: "home" };
  const inner = /^mattermost:(.+)$/i.exec(word)?.[1];
  const username = USERNAME.exec((inner ?? word).toLowerCase())?.[1];
  if (username !== undefined) return { kind: "person", username };
  if (inner === undefined) return /^[~#]/.test(word) ? toChannel(word, undefined) : undefined;
  const [channel = "", thread, ...more] = inner.split(":");
  if (more.length > 0 || thread !== undefined && !MATTERMOST_ID.test(thread)) return undefined;
  return toChannel(channel, thread);
}

function toChannel(word: string, threadId: string | undefined): DeliveryTarget | undefined {
  const lower = word.toLowerCase();
  if (TEAM_AND_CHANNEL.test(lower)) return { kind: "channel", channel: lower, threadId };
  const name = CHANNEL.exec(lower)?.[1];
  if (name === undefined) return undefined;
  const isId = MATTERMOST_ID.test(word);
  return { kind: "channel", channel: isId ? name : `~${name}`, threadId };
}

export interface ResolvedTargets {
  /** Each once. */
  readonly targets: readonly DeliveryTarget[];
  /** What is wrong with the list, in words that follow a colon. */
  readonly problem: string | undefined;
}

/** Where a job's text is posted. What was not made in a chat has the home channel for its origin. */
export function resolveTargets(
  { deliver, origin }: Pick<Job, "deliver" | "origin">,
): ResolvedTargets {
  const parsed = parseTargets(deliver);
  if (parsed.kind === "refused") return { targets: [], problem: parsed.reason };
  const targets = parsed.targets.flatMap((target): DeliveryTarget[] => {
    if (target.kind === "local") return [];
    if (target.kind !== "origin") return [target];
    if (origin?.platform !== "mattermost") return [{ kind: "home" }];
    return [{ kind: "channel", channel: origin.channelId, threadId: origin.threadId }];
  });
  const seen = new Set<string>();
  const isNew = (target: DeliveryTarget) => {
    const word = formatTarget(target);
    return !seen.has(word) && seen.add(word) !== undefined;
  };
  return { targets: targets.filter(isNew), problem: undefined };
}

/** The place as it would be written. */
export function formatTarget(target: DeliveryTarget): string {
  switch (target.kind) {
    case "home":
      return "home";
    case "person":
      return `@${target.username}`;
    case "channel": {
      const thread = target.threadId === undefined ? "" : `:${target.threadId}`;
      return `mattermost:${target.channel}${thread}`;
    }
  }
}
