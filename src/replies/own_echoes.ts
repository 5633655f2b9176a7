import type { Post } from "../mattermost/types.ts";

/** What we need to know of a post of ours that the server has. */
export type StoredPost = Pick<Post, "id" | "message" | "create_at">;

/**
 * Posts of ours that the socket has shown, by the pending id they were sent with. The echo mostly
 * comes before the answer to the request, and sometimes it is all that comes.
 */
export class OwnEchoes {
  /** `undefined` while the echo has not come. Only what is being sent is held. */
  readonly #posts = new Map<string, StoredPost | undefined>();

  /** Must be called before sending. */
  expect(pendingPostId: string): void {
    if (!this.#posts.has(pendingPostId)) this.#posts.set(pendingPostId, undefined);
  }

  /** Takes note of a post of ours that the socket showed. */
  note(post: StoredPost & { readonly pending_post_id: string }): void {
    if (this.#posts.has(post.pending_post_id)) this.#posts.set(post.pending_post_id, post);
  }

  /** The stored post, or `undefined` while the socket has not shown it. */
  find(pendingPostId: string): StoredPost | undefined {
    return this.#posts.get(pendingPostId);
  }

  forget(pendingPostId: string): void {
    this.#posts.delete(pendingPostId);
  }
}
