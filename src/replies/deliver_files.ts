import { openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { HermesError } from "../errors.ts";
import type { Post } from "../mattermost/types.ts";
import { untilAnswered } from "../mattermost/until_answered.ts";
import { FileError } from "../runtime/file_error.ts";
import { deliverPost, type DeliveryDeps, type ReplyTarget } from "./deliver_post.ts";

/** Most files of one post. Source: model.PostMaxFiles. */
const FILES_PER_POST = 10;
/** Most files of one answer. */
const FILES_MAX = 50;
/** Parts of an answer from this number on are posts with files. */
export const FILE_PART_MIN = 1_000;
/** How long one upload is tried for. */
const UPLOAD_MS_MAX = 300_000;

/** Whether a file may be sent, and where it really is. */
export type AllowFile = (path: string) => Promise<
  | { readonly kind: "allowed"; readonly realPath: string }
  | { readonly kind: "refused"; readonly reason: string }
>;

export interface FilesToSend {
  readonly paths: readonly string[];
  readonly target: ReplyTarget;
  /** The post that is being answered. */
  readonly answerTo: string;
  /** Posts of the same answer from before a restart, by index: their files are not sent again. */
  readonly existing: ReadonlyMap<number, Post>;
}

export interface FileDeliveryDeps extends DeliveryDeps {
  readonly allowFile: AllowFile;
  /** Largest file that the server takes. */
  readonly fileBytesMax: number;
}

export interface DeliveredFiles {
  readonly postIds: readonly string[];
  /** One sentence for each file that was not sent. */
  readonly problems: readonly string[];
}

/** Posts files below an answer, ten to a post; each is there once, or its absence is told. */
export async function deliverFiles(
  files: FilesToSend,
  deps: FileDeliveryDeps,
  signal: AbortSignal,
): Promise<DeliveredFiles> {
  const postIds: string[] = [];
  const problems: string[] = [];
  const paths = files.paths.slice(0, FILES_MAX);
  if (paths.length < files.paths.length) {
    problems.push(`I sent the first ${FILES_MAX} of ${files.paths.length} files.`);
  }
  for (let start = 0; start < paths.length; start += FILES_PER_POST) {
    const index = FILE_PART_MIN + start / FILES_PER_POST;
    const existing = files.existing.get(index);
    if (existing !== undefined) {
      postIds.push(existing.id);
      continue;
    }
    const group = paths.slice(start, start + FILES_PER_POST);
    const uploaded = new Map<string, string>();
    for (const path of group) {
      const result = await upload(path, files.target.channelId, deps, signal);
      if (result.kind === "uploaded") uploaded.set(result.fileId, basename(path));
      else problems.push(`I could not send ${JSON.stringify(basename(path))}: ${result.reason}.`);
    }
    if (uploaded.size === 0) continue;
    const postId = await post([...uploaded.keys()], index, files, deps, signal);
    postIds.push(postId);
    problems.push(...await findDropped(postId, uploaded, deps, signal));
  }
  return { postIds, problems };
}

type Upload =
  | { readonly kind: "uploaded"; readonly fileId: string }
  /** Goes on after a colon. */
  | { readonly kind: "failed"; readonly reason: string };

async function upload(
  path: string,
  channelId: string,
  deps: FileDeliveryDeps,
  signal: AbortSignal,
): Promise<Upload> {
  try {
    const allowed = await deps.allowFile(path);
    if (allowed.kind === "refused") return { kind: "failed", reason: allowed.reason };
    const { size } = await stat(allowed.realPath).catch((error) => {
      throw new FileError("read", path, error);
    });
    if (size === 0) return { kind: "failed", reason: "it is empty" };
    if (size > deps.fileBytesMax) {
      const megabytes = Math.floor(deps.fileBytesMax / 1_048_576);
      return { kind: "failed", reason: `the server takes files of ${megabytes} MiB at most` };
    }
    const file = { channelId, name: basename(path), content: await openAsBlob(allowed.realPath) };
    const send = () => deps.api.uploadFile(file, signal);
    const { id } = await untilAnswered(send, { msMax: UPLOAD_MS_MAX }, deps, signal);
    return { kind: "uploaded", fileId: id };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HermesError)) throw error;
    deps.log("warn", "reply.file_not_sent", { code: error.code, error: error.message });
    return { kind: "failed", reason: error.message };
  }
}

/** In the thread, or flat where the thread has no first post any more. */
async function post(
  fileIds: readonly string[],
  index: number,
  { target, answerTo }: FilesToSend,
  deps: DeliveryDeps,
  signal: AbortSignal,
): Promise<string> {
  const part = { target, answerTo, index, text: "", fileIds };
  const outcome = await deliverPost(part, deps, signal);
  if (outcome.kind === "delivered") return outcome.postId;
  const flat = await deliverPost({ ...part, target: { ...target, rootId: "" } }, deps, signal);
  if (flat.kind === "delivered") return flat.postId;
  throw new Error("a flat post has no thread that could be gone");
}

/** A server drops files that it cannot attach, and says so only by what the post holds then. */
async function findDropped(
  postId: string,
  uploaded: ReadonlyMap<string, string>,
  deps: DeliveryDeps,
  signal: AbortSignal,
): Promise<string[]> {
  const read = () => deps.api.getPost(postId, signal);
  const { file_ids: kept } = await untilAnswered(read, { msMax: UPLOAD_MS_MAX }, deps, signal);
  return [...uploaded].filter(([fileId]) => !kept.includes(fileId))
    .map(([, name]) => `The server did not take ${JSON.stringify(name)}.`);
}
