/** What the bot says about its home channel. */

export const HOW_TO_SET_HOME =
  "`!sethome` makes this channel my home, `!sethome thread` this thread.";
export const NO_THREAD_HERE =
  "This is no thread. Write `!sethome thread` in one, or `!sethome` here.";

export function homeSetText(
  what: "channel" | "thread" | "dm",
  shadowedBy: string | undefined,
): string {
  const place = {
    channel: "This channel is my home now",
    thread: "This thread is my home now",
    dm: "My home is this direct message channel now",
  }[what];
  const until = shadowedBy === undefined
    ? ""
    : ` But \`${shadowedBy}\` is set in the environment of the gateway: after the next start that counts.`;
  return `🏠 ${place}: scheduled messages and notices come here.${until}`;
}

export const NO_HOME_HINT =
  "_(No home channel is set, where I would post scheduled messages and notices. " +
  "Write `!sethome` where you want them.)_";

/** `reason` goes on after a colon. */
export function homeLostText(reason: string): string {
  return `⚠️ I cannot post in my home channel: ${reason}. ` +
    "Write `!sethome` where you want scheduled messages and notices from now on.";
}
