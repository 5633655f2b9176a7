import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cleanText, isInvisible } from "../../mattermost/clean_text.ts";
import type { Post } from "../../mattermost/types.ts";
import { defuseMentions, defusePost } from "../../replies/defuse_mentions.ts";
import { deliverFiles } from "../../replies/deliver_files.ts";
import { deliverPost, type DeliveryDeps, type ReplyTarget } from "../../replies/deliver_post.ts";
import { findReplyPosts, namedByTime } from "../../replies/find_reply_posts.ts";
import { splitPost } from "../../replies/split_post.ts";
import type { Redact } from "../../safety/redact.ts";
import type { Place } from "./find_place.ts";
import type { OutboxEntry } from "./outbox_entry.ts";

/** Most posts of a text; a longer one becomes a file below its beginning. */
const PARTS_MAX = 5;
const WHOLE_TEXT_NOTE = "\n\n_(It goes on: the whole text is attached.)_";
const ROOT_GONE_PROBLEM = "The thread is gone, so it stands in the channel.";

/** What the server takes. */
export interface ServerLimits {
  /** Most code points of a post. */
  readonly runesMax: number;
  readonly fileBytesMax: number;
  readonly filesEnabled: boolean;
}

export interface EntryDeliveryDeps extends DeliveryDeps {
  readonly limits: Promise<ServerLimits>;
  /** Takes out what nobody may see. */
  readonly redact: Redact;
  /** For a text that becomes a file; belongs to this message alone. */
  readonly ownFolder: string;
}

/** What is on the server of a message. */
export interface Stored {
  readonly postIds: readonly string[];
  readonly problems: readonly string[];
}

/**
 * Posts a message such that each part of it is there once; what an earlier try has left on the server
 * is found by its marker. @throws what `deliverPost` throws.
 */
export async function deliverEntry(
  entry: OutboxEntry,
  place: Place,
  { mayBeThere }: { readonly mayBeThere: boolean },
  deps: EntryDeliveryDeps,
  signal: AbortSignal,
): Promise<Stored> {
  const { channelId, rootId } = place;
  const answerTo = namedByTime(entry.queuedAtMs, entry.id);
  const target = { channelId, rootId };
  const existing = mayBeThere
    ? await findReplyPosts(answerTo, target, deps, signal)
    : new Map<number, Post>();
  const { parts, files } = await toParts(entry, deps);
  const { notifies } = entry;
  const partsPlace = { target, answerTo, existing, notifies };
  const posted = await postParts(parts, partsPlace, deps, signal);
  if (files.length === 0) return { postIds: posted.postIds, problems: posted.problems };
  const attached = await deliverFiles(
    { paths: files, target: posted.target, answerTo, existing },
    {
      ...deps,
      fileBytesMax: (await deps.limits).fileBytesMax,
      allowFile: (path) => Promise.resolve({ kind: "allowed", realPath: path }), // Copies of ours.
    },
    signal,
  );
  return {
    postIds: [...posted.postIds, ...attached.postIds],
    problems: [...posted.problems, ...attached.problems],
  };
}

/** The texts of its posts, and the files to post below them. */
async function toParts(
  entry: OutboxEntry,
  { ownFolder, redact, ...deps }: EntryDeliveryDeps,
): Promise<{ readonly parts: readonly string[]; readonly files: readonly string[] }> {
  const limits = await deps.limits;
  const text = cleanText(redact(entry.text)); // Others, too, write into the outbox.
  if (isInvisible(text)) return { parts: [], files: entry.files };
  const split = (whole: string, runesMax: number) => {
    const harmless = entry.notifies === true ? whole : defuseMentions(whole);
    const parts = splitPost(harmless, runesMax).map((part) => part.text);
    return entry.notifies === true ? parts : parts.map(defusePost);
  };
  const parts = split(text, limits.runesMax);
  if (parts.length <= PARTS_MAX || !limits.filesEnabled) return { parts, files: entry.files };
  const [beginning = ""] = split(text, limits.runesMax - WHOLE_TEXT_NOTE.length);
  await mkdir(ownFolder, { recursive: true, mode: 0o700 });
  const path = join(ownFolder, "message.md");
  await writeFile(path, text, { mode: 0o600 });
  return { parts: [beginning + WHOLE_TEXT_NOTE], files: [path, ...entry.files] };
}

interface PartsPlace {
  readonly target: ReplyTarget;
  readonly answerTo: string;
  readonly existing: ReadonlyMap<number, Post>;
  readonly notifies: boolean | undefined;
}

async function postParts(
  parts: readonly string[],
  { target, answerTo, existing, notifies }: PartsPlace,
  deps: EntryDeliveryDeps,
  signal: AbortSignal,
): Promise<Stored & { readonly target: ReplyTarget }> {
  const postIds: string[] = [];
  let place = target;
  for (const [index, text] of parts.entries()) {
    const there = existing.get(index)?.id;
    if (there !== undefined) {
      postIds.push(there);
      continue;
    }
    const part = { answerTo, index, text, notifies };
    let outcome = await deliverPost({ ...part, target: place }, deps, signal);
    if (outcome.kind === "root_gone") {
      place = { ...place, rootId: "" };
      outcome = await deliverPost({ ...part, target: place }, deps, signal);
    }
    if (outcome.kind === "root_gone") throw new Error("a flat post has no thread to be gone");
    postIds.push(outcome.postId);
  }
  const problems = place.rootId === target.rootId ? [] : [ROOT_GONE_PROBLEM];
  return { postIds, problems, target: place };
}
