import { connect } from "../../mattermost/connection.ts";
import { silentLog } from "../../runtime/log.ts";
import { withinTime } from "../../runtime/within_time.ts";
import type { KnownBot } from "./account_checks.ts";
import { type Check, failure, failureOf, ok, skipped } from "./check.ts";
import type { DoctorInput } from "./doctor_input.ts";

const NAME = "echo";
/** A post is told on the socket at once, or never. */
const ECHO_MS_MAX = 8_000;
const TEXT = "hermes doctor tries whether this post is heard. It is deleted at once.";

/**
 * Posts into the bot's direct channel with itself and waits until the socket tells of it: a socket can
 * be open and deaf. The post is deleted.
 */
export async function checkEcho(
  bot: KnownBot | undefined,
  { clock, random }: DoctorInput,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  if (bot === undefined) return skipped([NAME], "The bot could not log in");
  const { api, me, server: { network, serverUrl }, token } = bot;
  const startedAtMs = clock.nowMs();
  const message = `${TEXT} (${random.id()})`;
  let postId: string | undefined;
  const deps = { serverUrl, token, openSocket: network.openSocket, clock, log: silentLog };
  const listen = async (limited: AbortSignal) => {
    const request = { resume: undefined, endBefore: undefined };
    const byHeader = { ...deps, socketAuthentication: "header" } as const;
    for await (const item of connect(request, byHeader, limited)) {
      if (item.kind === "hello") {
        // Not cut short by the limit: what may be stored has to be known, to be deleted.
        const { id: channelId } = await api.createDirectChannel([me.id, me.id], signal);
        const pendingPostId = `${me.id}:${random.id()}`;
        const post = { channelId, rootId: "", message, pendingPostId };
        postId = (await api.createPost(post, signal)).id;
      }
      const event = item.kind === "event" ? item.event : undefined;
      if (event?.kind === "posted" && event.post.message === message) return true;
    }
    return false;
  };
  try {
    const heard = await withinTime(listen, { msMax: ECHO_MS_MAX, clock }, signal);
    if (heard.kind === "done" && heard.value) {
      const ms = clock.nowMs() - startedAtMs;
      return [ok(NAME, `A post of the bot to itself was heard on the socket after ${ms} ms`)];
    }
    return [failure(
      NAME,
      postId === undefined
        ? "No post could be tried: the socket did not open"
        : "A post of the bot was stored, and the socket did not tell of it",
      "Look into the log of the server: it is overloaded, or something on the way holds events back.",
    )];
  } catch (error) {
    signal.throwIfAborted();
    return [failureOf(NAME, error)];
  } finally {
    // What cannot be deleted stays where nobody but the bot looks, and says what it is.
    if (postId !== undefined) await api.deletePost(postId, signal).catch(() => {});
  }
}
