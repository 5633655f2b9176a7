/** What stands in for the answer of a REST call. */
export type RestAnswer =
  /** The rate limiter of the server: plain text; `doubled` sends each header twice. */
  | { kind: "rate_limited"; retryAfterS: number; doubled?: boolean }
  /** A page, as a proxy in front of the server sends it. */
  | { kind: "html"; status: number; headers?: Readonly<Record<string, string>> }
  | { kind: "redirect"; location: string }
  /** An error of the server with this id. */
  | { kind: "error"; status: number; id: string }
  /** Any other body, whole or broken. */
  | { kind: "body"; status: number; contentType: string; text: string }
  /** No answer for this long by the clock; then the real one. */
  | { kind: "delay"; durationMs: number }
  /** The connection ends without an answer. */
  | { kind: "reset" };

export interface RestFault {
  /** Any method without it. */
  method?: string;
  /** Tried against the path below `/api/v4`; any path without it. */
  path?: RegExp;
  /** How many requests it answers before it is used up; all of them without it. */
  times?: number;
  answer: RestAnswer;
}

/** What goes wrong with one creation of a post; each entry of `Faults.creates` is used once. */
export type CreateFault =
  | { kind: "none" }
  /** The post is stored and published, then the server says 500 and forgets the pending id. */
  | { kind: "save_then_fail" }
  /** Nothing is stored; the pending id is free again. */
  | { kind: "fail" }
  /** Stored and published; the answer comes after this long by the clock. */
  | { kind: "save_then_hang"; durationMs: number }
  /** Stored after this long, then answered. Repeats meanwhile get 500 `pending`. */
  | { kind: "hang_then_save"; durationMs: number }
  /** Stored and published; the connection ends without an answer. */
  | { kind: "save_then_reset" }
  /** Somebody else's post comes back, as after a guessed pending id. */
  | { kind: "foreign"; postId: string };

/** What can go wrong, all of it seen on or read from real servers. A test sets what it needs. */
export interface Faults {
  /** First match wins. */
  rest: RestFault[];
  /** Used up one by one, in the order of the creations. */
  creates: CreateFault[];
  /** When the author's own `posted` event comes, seen from the answer to the creation. */
  echo: "before_answer" | "after_answer";
  /** So many stored posts are never published: the server logs an error and goes on. */
  suppressPosted: number;
  /** `all` lists every mentioned user for everybody, as servers before 9.3 do. */
  mentions: "per_recipient" | "all_ids";
  /** Ids of a new post that fail to attach; they are dropped silently. */
  fileIdsDropped: number;
  /** Refuses `PUT /posts/{id}/patch`. */
  patch: { status: number; id: string } | undefined;
  /** Most rows of `since=`; which ones is arbitrary. */
  sinceRowsMax: number;
  /** The channel list ends in an error after so many channels. */
  channelListBreaksAfter: number | undefined;
  /** All new posts have the time of the clock, also several in one millisecond. */
  sameMillisecond: boolean;
  /** What an upgrade gets instead of 101. */
  upgrade:
    | { status: number; headers?: Readonly<Record<string, string>>; body?: string }
    | undefined;
  /**
   * What a proxy in front of the server does to an upgrade. Without its two headers it reaches the
   * server as a plain request; without `Authorization` as one of nobody.
   */
  proxy: "faithful" | "drops_upgrade" | "drops_authorization";
  /** Every request is sent to the same path at this address, as from http to https. */
  movedTo: string | undefined;
  /** What happens to a resume that the server could grant. */
  resume: "granted" | "refused" | "messages_lost" | "closed_at_once";
  /** `swallowed` pings are read and not answered. */
  pings: "answered" | "swallowed";
  /** `never`: authenticated sockets stay silent. `after_reply`: a challenge is answered first. */
  hello: "first" | "after_reply" | "never";
}

export function noFaults(): Faults {
  return {
    rest: [],
    creates: [],
    echo: "before_answer",
    suppressPosted: 0,
    mentions: "per_recipient",
    fileIdsDropped: 0,
    patch: undefined,
    sinceRowsMax: 1000,
    channelListBreaksAfter: undefined,
    sameMillisecond: false,
    upgrade: undefined,
    proxy: "faithful",
    movedTo: undefined,
    resume: "granted",
    pings: "answered",
    hello: "first",
  };
}
