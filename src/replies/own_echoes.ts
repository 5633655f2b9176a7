/**
 * Posts of ours that the socket has shown, by the pending id they were sent with. The echo mostly
 * comes before the answer to the request, and sometimes it is all that comes.
 */
export class OwnEchoes {
  /** Pending id -> post id, or `""` while the echo has not come. Only what is being sent is held. */
  readonly #postIds = new Map<string, string>();

  /** Must be called before sending. */
  expect(pendingPostId: string): void {
    if (!this.#postIds.has(pendingPostId)) this.#postIds.set(pendingPostId, "");
  }

  /** Takes note of a post of ours that the socket showed. */
  note(post: { readonly id: string; readonly pending_post_id: string }): void {
    if (this.#postIds.has(post.pending_post_id)) this.#postIds.set(post.pending_post_id, post.id);
  }

  /** The stored post, or `undefined` while the socket has not shown it. */
  find(pendingPostId: string): string | undefined {
    return this.#postIds.get(pendingPostId) || undefined;
  }

  forget(pendingPostId: string): void {
    this.#postIds.delete(pendingPostId);
  }
}
