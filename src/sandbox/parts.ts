import type { Clock } from "../runtime/clock.ts";
import type { Changes } from "./changes.ts";
import type { Channels } from "./channels.ts";
import type { Faults } from "./faults.ts";
import type { Hub } from "./hub.ts";
import type { PendingPosts } from "./pending_posts.ts";
import type { Posting } from "./posting.ts";
import type { Reactions } from "./reactions.ts";
import type { ServerSettings } from "./settings.ts";
import type { TriggerSigner } from "./trigger_signer.ts";
import type { World } from "./world.ts";

/** The parts of the sandbox that requests, sockets and people work on. */
export interface SandboxParts {
  readonly world: World;
  readonly hub: Hub;
  readonly posting: Posting;
  readonly reactions: Reactions;
  readonly channels: Channels;
  readonly pendingPosts: PendingPosts;
  readonly settings: ServerSettings;
  readonly faults: Faults;
  readonly changes: Changes;
  readonly signer: TriggerSigner;
  /** What the server calls itself: `SiteURL`. */
  readonly siteUrl: () => string;
  readonly clock: Clock;
  /** Aborted when the sandbox closes. */
  readonly signal: AbortSignal;
}
