import { defuseMarkers, markedBlock } from "../../agent/markers.ts";
import { HermesError } from "../../errors.ts";
import type { MattermostApi } from "../../mattermost/api.ts";
import type { Post } from "../../mattermost/types.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";
import { withinTime } from "../../runtime/within_time.ts";
import { cutText } from "../../transcript/cut_text.ts";
import { parseCommand } from "../commands/parse_command.ts";
import { type InboundMessage, originOf } from "../inbound.ts";
import { EARLIER_INTRO, EARLIER_UNREADABLE, leftOutLine } from "./thread_texts.ts";

/** The newest posts of a thread that are told, beside the one that began it. */
const POSTS_MAX = 50;
/** Most characters of all of them. */
const CHARS_MAX = 12_000;
/** Most characters of one. */
const POST_CHARS_MAX = 2_000;
/** How long the answer waits for them. */
const READ_MS_MAX = 5_000;
/** Commands behind which a conversation begins anew: what was said before is not told. */
const BEGIN_ANEW: readonly (string | undefined)[] = ["new", "reset"];

export interface EarlierPostsDeps {
  readonly api: Pick<MattermostApi, "getThread" | "getUsersByIds">;
  readonly botUserId: string;
  /** Whether what this user writes may reach the model. */
  readonly listensTo: (userId: string) => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

export interface EarlierPostsOptions {
  /** Posts that the model knows already. */
  readonly known: ReadonlySet<string>;
  /** IANA name of the zone in which the times are told. */
  readonly timeZone: string;
}

/**
 * What was said in the thread of a message before it, for the model that is called into it: posts of
 * people we listen to and the bot's own. `""` when there was nothing.
 */
export async function readEarlierPosts(
  message: InboundMessage,
  options: EarlierPostsOptions,
  deps: EarlierPostsDeps,
  signal: AbortSignal,
): Promise<string> {
  const { clock, log } = deps;
  const read = (ended: AbortSignal) => readThread(message, options, deps, ended);
  let error = "it took too long";
  try {
    const result = await withinTime(read, { msMax: READ_MS_MAX, clock }, signal);
    if (result.kind === "done") return result.value;
  } catch (cause) {
    signal.throwIfAborted();
    if (!(cause instanceof HermesError)) throw cause;
    error = cause.message;
  }
  log("warn", "threads.not_told", { postId: message.postId, error });
  return EARLIER_UNREADABLE;
}

async function readThread(
  message: InboundMessage,
  { known, timeZone }: EarlierPostsOptions,
  deps: EarlierPostsDeps,
  signal: AbortSignal,
): Promise<string> {
  const thread = await deps.api.getThread(message.rootId, signal);
  const before = thread.filter((post) =>
    post.id !== message.postId && post.create_at <= message.createdAtMs && post.delete_at === 0
  );
  const told = sinceBegunAnew(before.filter((post) => isTold(post, deps)), deps)
    .filter(({ id }) => !known.has(id));
  if (told.length === 0) return "";
  const users = await deps.api.getUsersByIds(
    [...new Set(told.map((post) => post.user_id))],
    signal,
  );
  const names = new Map(users.map(({ id, username }) => [id, username]));
  names.set(deps.botUserId, "you");
  const toldAt = new Intl.DateTimeFormat("en-GB", {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone,
  });
  const lines = told.map((post) => {
    const name = names.get(post.user_id) ?? "somebody";
    return `[${name}, ${toldAt.format(post.create_at)}] ${describe(post)}`;
  });
  return markedBlock("earlier", `${EARLIER_INTRO}\n\n${fitting(lines).join("\n")}`);
}

/** Others are not told of: what they write would be orders that nobody lets them give. */
function isTold(post: Post, { botUserId, listensTo }: EarlierPostsDeps): boolean {
  const origin = originOf(post, botUserId);
  return origin === "self" ? post.type === "" : origin === "person" && listensTo(post.user_id);
}

/** A name that a command is addressed to. */
const MENTION = /^\s*@\S+\s+/;

function sinceBegunAnew(posts: readonly Post[], { botUserId }: EarlierPostsDeps): readonly Post[] {
  const isAnew = ({ user_id: userId, message }: Post) =>
    userId !== botUserId && BEGIN_ANEW.includes(parseCommand(message.replace(MENTION, ""))?.name);
  return posts.slice(posts.findLastIndex(isAnew) + 1);
}

function describe({ message, files }: Post): string {
  const text = cutText(defuseMarkers(message.trim()), POST_CHARS_MAX);
  const cut = text.length < message.trim().length ? " …" : "";
  const named = files.map(({ name, mime_type: type }) => `${JSON.stringify(name)} (${type})`);
  const attached = named.length === 0 ? "" : `(with ${named.join(", ")})`;
  return [`${text}${cut}`, defuseMarkers(attached)].filter((part) => part !== "").join(" ");
}

/** The first line, and as many of the newest as there is room for. */
function fitting(lines: readonly string[]): readonly string[] {
  const [first = "", ...others] = lines;
  let chars = first.length;
  let start = others.length;
  while (start > Math.max(0, others.length - POSTS_MAX)) {
    chars += others[start - 1]?.length ?? 0;
    if (chars > CHARS_MAX) break;
    start -= 1;
  }
  return [first, ...(start > 0 ? [leftOutLine(start)] : []), ...others.slice(start)];
}
