/** Where a message is to go that answers nothing, as somebody named it. */
export type Target =
  | { readonly kind: "home" }
  /** The conversation in which it was ordered. */
  | { readonly kind: "origin" }
  | {
    readonly kind: "channel";
    /** Its id, `~name`, `name`, `team/name` or a link to it. */
    readonly channel: string;
    /** The post that begins the thread; `undefined` for the channel itself. */
    readonly threadId: string | undefined;
  }
  /** Without the `@`; or the id of the account. */
  | { readonly kind: "person"; readonly username: string }
  /** The thread that this post is in. */
  | { readonly kind: "post"; readonly postId: string };

export type ParsedTarget =
  | { readonly kind: "target"; readonly target: Target }
  /** `problem` is a sentence without its full stop. */
  | { readonly kind: "refused"; readonly problem: string };

/** What people may write, for messages that explain it. */
export const TARGET_FORMS =
  "home, @user, ~channel, team/channel, a link to a channel or post, or mattermost:<channel id>[:<thread id>]";

const ID = /^[a-z0-9]{26}$/;
const ID_IN_THREAD = /^(.+?):([a-z0-9]{26})$/;
const POST_LINK = /^https?:\/\/\S+\/pl\/([a-z0-9]{26})\/?$/;
const PERSON_LINK = /^https?:\/\/\S+\/messages\/@([a-z0-9._-]+)\/?$/i;
const CHANNEL_LINK = /^https?:\/\/\S+\/channels\/[^/\s]+\/?$/;
const USERNAME = /^@([a-z0-9._-]+)$/i;
const CHANNEL_NAME = /^[~#]?([a-z0-9][a-z0-9_-]*)$/i;
const TEAM_AND_CHANNEL = /^[a-z0-9][a-z0-9-]*\/~?[a-z0-9][a-z0-9_-]*$/i;
const PREFIX = /^mattermost:/i;

/** Reads a target as people and the model write it. */
export function parseTarget(text: string): ParsedTarget {
  const typed = text.trim();
  const lower = typed.toLowerCase();
  if (lower === "home" || lower === "mattermost") return found({ kind: "home" });
  if (lower === "origin") return found({ kind: "origin" });
  const hasPrefix = PREFIX.test(typed);
  const named = typed.replace(PREFIX, "").trim();
  const linked = parseLink(named);
  if (linked !== undefined) return found(linked);
  const [, before = named, threadId] = ID_IN_THREAD.exec(named) ?? [];
  if (threadId === undefined) {
    const username = USERNAME.exec(named)?.[1];
    if (username !== undefined) return found({ kind: "person", username: username.toLowerCase() });
  }
  const channel = readChannel(before, hasPrefix || threadId !== undefined);
  if (channel !== undefined) return found({ kind: "channel", channel, threadId });
  return { kind: "refused", problem: problemOf(typed) };
}

/** The target as one would write it. */
export function targetText(target: Target): string {
  switch (target.kind) {
    case "home":
    case "origin":
      return target.kind;
    case "channel": {
      const { channel, threadId } = target;
      const name = ID.test(channel) ? `mattermost:${channel}` : channel;
      return threadId === undefined ? name : `${name}:${threadId}`;
    }
    case "person":
      return `@${target.username}`;
    case "post":
      return `the thread of post ${target.postId}`;
  }
}

function found(target: Target): ParsedTarget {
  return { kind: "target", target };
}

function parseLink(typed: string): Target | undefined {
  const postId = POST_LINK.exec(typed)?.[1];
  if (postId !== undefined) return { kind: "post", postId };
  const username = PERSON_LINK.exec(typed)?.[1];
  if (username !== undefined) return { kind: "person", username: username.toLowerCase() };
  if (CHANNEL_LINK.test(typed)) return { kind: "channel", channel: typed, threadId: undefined };
  return undefined;
}

/** A bare word is a channel only where nothing else can be meant: `hom` is no channel. */
function readChannel(typed: string, isSurelyChannel: boolean): string | undefined {
  if (ID.test(typed) || TEAM_AND_CHANNEL.test(typed)) return typed;
  const [all = "", name = ""] = CHANNEL_NAME.exec(typed) ?? [];
  if (name === "" || (all === name && !isSurelyChannel)) return undefined;
  return `~${name.toLowerCase()}`;
}

function problemOf(typed: string): string {
  if (typed === "") return "No target is named";
  const isWord = CHANNEL_NAME.test(typed);
  const meant = isWord ? `: write ~${typed.replace(/^[~#]/, "")} for a channel` : "";
  return `"${typed}" is no target${meant}`;
}
