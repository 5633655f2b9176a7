/** What an administrator can set, as far as a bot notices it. */
export interface ServerSettings {
  /** Longest message in code points: `MaxPostSize` of the client config. */
  messageRunesMax: number;
  /** How long a post can be edited; -1 is for ever. `PostEditTimeLimit`. */
  postEditTimeLimitS: number;
  /** Whether clients should show who types: `EnableUserTypingMessages`. */
  userTypingMessages: boolean;
  /** Whether connecting and disconnecting send `status_change`: `EnableUserStatuses`. */
  userStatuses: boolean;
  /** Whether tokens of people work; those of bots always do. `EnableUserAccessTokens`. */
  userAccessTokens: boolean;
  /** Whether people without a second factor are refused. Bots are not asked for one. */
  enforceMfa: boolean;
  /** Whether people may be found by their e-mail address: `ShowEmailAddress`. */
  emailAddresses: boolean;
  /** `RestrictDirectMessage`: whom one may write to. */
  directMessages: "any" | "team";
  /** `CollapsedThreads`: with `disabled` there are no followers and no `thread_updated`. */
  collapsedThreads: "always_on" | "disabled";
  fileAttachments: boolean;
  fileBytesMax: number;
  /** The rate limiter's burst; without it there is no limiter. `RateLimitSettings.MaxBurst`. */
  rateBurst: number | undefined;
  /** The recordings say: more than 300 085 and less than 810 100 bytes. */
  bodyBytesMax: number;
  /** Addresses of its own network that the server may call: `AllowedUntrustedInternalConnections`. */
  internalConnections: readonly string[];
  /** Language of the words in errors; their ids never change. */
  locale: "en" | "de";
}

export function defaultSettings(): ServerSettings {
  return {
    messageRunesMax: 16_383,
    postEditTimeLimitS: -1,
    userTypingMessages: true,
    userStatuses: true,
    userAccessTokens: true,
    enforceMfa: false,
    emailAddresses: true,
    directMessages: "any",
    collapsedThreads: "always_on",
    fileAttachments: true,
    fileBytesMax: 104_857_600,
    rateBurst: undefined,
    bodyBytesMax: 800_000,
    internalConnections: [],
    locale: "en",
  };
}
